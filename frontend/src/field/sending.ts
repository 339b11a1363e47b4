/** The outbox: keeps a deed before anything is sent, sends in order, remembers what the node answered. */
import { freshId } from '../lib/uuid7.ts';
import { doneAt, fieldsOf, moved, nextOf, nextPiece, toDrop, type Pair, type Reading, type Said as Word } from '../lib/outbox.ts';
import {
  all, change, got, one, seal, sealJson, unseal, unsealJson, who,
  type Attached, type Content, type Deed, type Phone, type Reply, type StoredFile,
} from './store.ts';
import { introduce, tell, type Said } from './talking.ts';

const BOOT = freshId();

/** What a page hands over; the file's bytes come along. */
export interface Given {
  readonly content: Omit<Content, 'files'>;
  readonly files: readonly { readonly field: string; readonly name: string; readonly file: Blob }[];
  /** A refused deed whose place this one takes; its files come along where the form brings none. */
  readonly replaces?: string;
}

function reading(ahead: number | null): Reading {
  return { wall: Date.now(), even: performance.now(), boot: BOOT, ahead };
}

/** Keep a deed with its files, or nothing of it, and give it its id. Rejects with QuotaExceededError when the phone is full. */
export async function take(person: string, given: Given): Promise<string> {
  const id = freshId();
  const files: Attached[] = [];
  const sealed: StoredFile[] = [];
  for (const { field, name, file } of given.files) {
    const upload = freshId();
    files.push({ field, upload, name, type: file.type, size: file.size });
    sealed.push({ id: upload, deed: id, ...(await seal(person, await file.arrayBuffer())) });
  }
  const old = given.replaces ? await one<Deed>('deeds', given.replaces) : undefined;
  for (const file of old ? (await unsealJson<Content>(person, old.content)).files : []) {
    const stored = files.some((own) => own.field === file.field) ? undefined : await one<StoredFile>('files', file.upload);
    if (!stored) continue;
    const upload = freshId(); // an upload is the deed's, and is forgotten with it
    files.push({ ...file, upload });
    sealed.push({ ...stored, id: upload, deed: id });
  }
  const fields = fieldsOf(given.content.fields, given.content.idField, id);
  const content = await sealJson(person, { ...given.content, fields, files } satisfies Content);
  await change(['phones', 'deeds', 'files'], async (store) => {
    const phone = (await got(store('phones').get(person))) as Phone | undefined;
    if (!phone) throw new DOMException('', 'NotFoundError');
    const deed: Deed = { id, person, number: phone.next, state: 'waits', done: reading(phone.ahead), content };
    await got(store('deeds').add(deed));
    for (const file of sealed) await got(store('files').add(file));
    await got(store('phones').put({ ...phone, next: phone.next + 1 }));
    if (old) await leave(store, old, 'again');
  });
  return id;
}

type Stores = (name: 'deeds' | 'files') => IDBObjectStore;

async function leave(store: Stores, deed: Deed, word: Word): Promise<void> {
  if (moved(deed.state, word) !== 'gone') return;
  await got(store('deeds').delete(deed.id));
  await dropFiles(store, deed.id);
}

async function dropFiles(store: Stores, deed: string): Promise<void> {
  const files = (await got(store('files').getAll())) as StoredFile[];
  for (const file of files) if (file.deed === deed) await got(store('files').delete(file.id));
}

/** Let a person put aside what was answered. */
export async function putAside(id: string): Promise<void> {
  await change(['deeds', 'files'], async (store) => {
    const deed = (await got(store('deeds').get(id))) as Deed | undefined;
    if (deed) await leave(store, deed, 'aside');
  });
}

/** Send a refused deed once more, with what the node said it lacked. */
export async function sendAgain(person: string, id: string): Promise<void> {
  const deed = await one<Deed>('deeds', id);
  if (deed?.state !== 'refused') return;
  const { files: _kept, ...content } = await unsealJson<Content>(person, deed.content);
  const more = deed.reply ? ((await unsealJson<Reply>(person, deed.reply)).again ?? []) : [];
  const names = new Set(more.map(([name]) => name));
  const fields = content.fields.filter(([name]) => !names.has(name));
  await take(person, { content: { ...content, fields: [...fields, ...more] }, files: [], replaces: id });
}

async function upload(phone: Phone, file: Attached): Promise<Said['trouble']> {
  const stored = await one<StoredFile>('files', file.upload);
  if (!stored) return null; // the node will say that it lacks it
  const bytes = await unseal(phone.person, stored);
  const address = `/field/uploads/${file.upload}/`;
  let said = await tell(phone, address);
  let have = said.trouble === null ? Number(said.body['have']) : 0;
  if (said.trouble !== null && said.trouble !== 'stranger') return said.trouble;
  for (let piece = nextPiece(have, file.size); piece; piece = nextPiece(have, file.size)) {
    const [from, to] = piece;
    said = await tell(phone, `${address}?from=${from}&of=${file.size}`, { method: 'PUT', body: bytes.slice(from, to), headers: { 'Content-Type': 'application/octet-stream' } });
    const reached = Number(said.body['have']);
    if (said.trouble === 'stranger') await introduce(phone, phone.name);
    if (said.trouble !== null && !(said.status === 409 && reached >= 0)) return said.trouble;
    if (!(reached >= 0) || reached === have) return 'busy'; // no headway: not again at once
    have = reached;
  }
  return null;
}

async function post(phone: Phone, ready: readonly (readonly [Deed, Content])[]): Promise<Said> {
  const now = reading((await one<Phone>('phones', phone.person))?.ahead ?? null);
  const deeds = ready.map(([deed, { address, fields, files, shownAt }]) => ({
    id: deed.id, number: deed.number, address, fields, files, shown_at: shownAt,
    done_at: new Date(doneAt(deed.done, now)).toISOString(),
  }));
  const body = JSON.stringify({ phone: phone.phone, sent_at: new Date(now.wall).toISOString(), deeds });
  return tell(phone, '/field/deeds/', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
}

async function answer(deed: Deed, outcome: Word, reply: Reply): Promise<boolean> {
  const sealed = await sealJson(deed.person, reply);
  return change(['deeds', 'files'], async (store) => {
    const state = moved(deed.state, outcome);
    if (state === 'gone' || state === deed.state) return false;
    await got(store('deeds').put({ ...deed, state, reply: sealed, answeredAt: Date.now() } satisfies Deed));
    if (state === 'taken') await dropFiles(store, deed.id);
    return true;
  });
}

const WORDS = new Set<unknown>(['taken', 'refused', 'differs', 'waits']);

/** Hand over what is ready; true when at least one deed was answered, and so the next ones may go. */
async function handOver(phone: Phone, ready: readonly (readonly [Deed, Content])[]): Promise<boolean> {
  const said = await post(phone, ready);
  if (said.trouble === 'refused') {
    // The node cannot read one of them: find out which, so that it does not stop the others for ever.
    if (ready.length > 1) return (await handOver(phone, ready.slice(0, 1))) && handOver(phone, ready.slice(1));
    return answer(ready[0]![0], 'refused', { sentence: String(said.body['sentence'] ?? ''), address: ready[0]![1].page });
  }
  if (said.trouble === 'stranger') return introduce(phone, phone.name);
  return said.trouble === null && hear(said.body['deeds']);
}

/** Take in what the node says of deeds, in a batch or later, when a difference was decided; true when that is news. */
export async function hear(said: unknown): Promise<boolean> {
  let isNews = false;
  for (const each of (Array.isArray(said) ? said : []) as Record<string, unknown>[]) {
    const deed = WORDS.has(each['outcome']) ? await one<Deed>('deeds', String(each['id'])) : undefined;
    if (!deed) continue;
    const reply: Reply = { sentence: String(each['sentence'] ?? ''), address: String(each['address'] ?? ''), again: (each['again'] ?? []) as Pair[] };
    isNews = (await answer(deed, each['outcome'] as Word, reply)) || isNews;
  }
  return isNews;
}

/** Collect what can go now: attachments first, and nothing past a deed whose attachment did not get through. */
async function prepare(phone: Phone): Promise<(readonly [Deed, Content])[]> {
  const ready: (readonly [Deed, Content])[] = [];
  for (const deed of nextOf(await all<Deed>('deeds'), phone.person)) {
    const content = await unsealJson<Content>(phone.person, deed.content);
    for (const file of content.files) if ((await upload(phone, file)) !== null) return ready;
    ready.push([deed, content]);
  }
  return ready;
}

/** Send all that waits, as long as the node takes it. One sender at a time over all windows and workers. */
export async function send(): Promise<void> {
  await navigator.locks.request('renwang-field-outbox', async () => {
    for (let isOn = true; isOn; ) {
      const now = await who();
      const phone = now && (await one<Phone>('phones', now.person));
      if (!phone) return;
      const ready = await prepare(phone);
      isOn = ready.length > 0 && (await handOver(phone, ready));
    }
  });
  const gone = toDrop(await all<Deed>('deeds'), Date.now());
  for (const deed of gone) await putAside(deed.id);
}
