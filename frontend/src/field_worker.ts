/**
 * The service worker of the field door: keeps pages for the hour without a
 * network, keeps deeds until the node has answered them, and sends them.
 * Everything a window wants of it comes as a message with a port to answer on.
 */
import { isFile, isStale, LIST, mayKeep } from './lib/keeping.ts';
import { FILES, file, listPages, page, part, refresh } from './field/pages.ts';
import { putAside, send, sendAgain, take, type Given } from './field/sending.ts';
import { all, forgetPages, forgetPerson, makeKey, notePhone, one, put, unsealJson, who, type Content, type Deed, type Now, type Phone, type Reply } from './field/store.ts';
import { introduce, tell } from './field/talking.ts';
import type { Standing } from './lib/deeds.ts';
import type { ServiceWorker } from './lib/service_worker.ts';

/** What a window may ask. */
export type Message =
  | { readonly kind: 'contact'; readonly person: string; readonly language: string; readonly token: string }
  | { readonly kind: 'let-in'; readonly person: string; readonly language: string; readonly token: string; readonly name: string }
  | { readonly kind: 'take'; readonly given: Given }
  | { readonly kind: 'standing' | 'list' | 'send' | 'refresh' | 'wipe' }
  | { readonly kind: 'deed' | 'aside' | 'again'; readonly id: string };

/** A deed as a window shows it. */
export interface Shown {
  readonly id: string;
  readonly state: Deed['state'];
  readonly doneAt: number;
  readonly answeredAt: number | null;
  readonly content: Content;
  readonly reply: Reply | null;
}

const worker = self as unknown as ServiceWorker<Message>;
const news = new BroadcastChannel('renwang-field');

async function standing(): Promise<Standing> {
  const now = await who();
  const phone = now && (await one<Phone>('phones', now.person));
  const deeds = await all<Deed>('deeds');
  const count = (state: Deed['state']): number => deeds.filter((deed) => deed.person === now?.person && deed.state === state).length;
  return {
    isPhone: phone !== undefined,
    isAnybodys: (await all<Phone>('phones')).length > 0,
    waits: count('waits'), refused: count('refused'), differs: count('differs'),
    others: deeds.filter((deed) => deed.person !== now?.person && deed.state === 'waits').length,
    isSignedOut: now?.isSignedOut ?? true, isAway: now?.isAway ?? false,
    contactAt: phone?.contactAt ?? 0,
  };
}

async function tellWindows(): Promise<void> {
  news.postMessage(await standing());
}

async function shown(deed: Deed): Promise<Shown> {
  const content = await unsealJson<Content>(deed.person, deed.content);
  const reply = deed.reply ? await unsealJson<Reply>(deed.person, deed.reply) : null;
  return { id: deed.id, state: deed.state, doneAt: deed.done.wall, answeredAt: deed.answeredAt ?? null, content, reply };
}

async function list(): Promise<{ deeds: Shown[]; pages: { address: string; title: string; at: number }[]; standing: Standing }> {
  const now = await who();
  const deeds = (await all<Deed>('deeds')).filter((deed) => deed.person === now?.person);
  deeds.sort((a, b) => b.number - a.number);
  const pages = now && !now.isSignedOut ? await listPages(now.person) : [];
  return { deeds: await Promise.all(deeds.map(shown)), pages, standing: await standing() };
}

async function trySending(): Promise<void> {
  await send().catch(() => undefined);
  const left = await standing();
  // Where there is Background Sync the browser wakes the worker when any network returns.
  if (left.waits > 0) await worker.registration.sync?.register('renwang-field').catch(() => undefined);
  news.postMessage(left);
}

/** A page came from the node: somebody is signed in, and it is he whose things may be shown from now on. */
async function meet(met: { person: string; language: string; token: string }): Promise<void> {
  const before = await who();
  if (before && before.person !== met.person) await forgetPages(before.person);
  const now: Now = { person: met.person, language: met.language, token: met.token, isSignedOut: false, isAway: false };
  await put('meta', now, 'now');
  await notePhone(met.person, { contactAt: Date.now() });
  if (before?.language !== met.language) await notePhone(met.person, { packAt: 0 });
}

async function letIn(met: { person: string; language: string; token: string; name: string }): Promise<boolean> {
  await meet(met);
  const known = await one<Phone>('phones', met.person);
  await makeKey(met.person);
  return introduce(known ?? { person: met.person, phone: crypto.randomUUID(), name: '', next: 1, contactAt: 0, ahead: null, packAt: 0 }, met.name);
}

/** Keep a deed, say so, then try to send it at once and say what became of it. */
async function keepAndSend(given: Given, port: MessagePort): Promise<void> {
  const now = await who();
  let id: string;
  try {
    if (!now) throw new DOMException('', 'NotFoundError');
    id = await take(now.person, given).catch(async (trouble: unknown) => {
      if (!isFull(trouble)) throw trouble;
      await forgetPages(now.person); // pages can be fetched again, what somebody did cannot
      return take(now.person, given);
    });
  } catch (trouble) {
    port.postMessage({ kept: false, isFull: isFull(trouble) });
    return;
  }
  port.postMessage({ kept: true, id });
  await tellWindows();
  await trySending();
  const deed = await one<Deed>('deeds', id);
  port.postMessage({ outcome: deed ? await shown(deed) : null });
}

function isFull(trouble: unknown): boolean {
  return trouble instanceof DOMException && trouble.name === 'QuotaExceededError';
}

/** Forget everything of the person who uses this phone, and the files when nobody is left. */
async function wipe(): Promise<void> {
  const now = await who();
  const phone = now && (await one<Phone>('phones', now.person));
  if (phone) await tell(phone, `/field/phones/${phone.phone}/end/`, { method: 'POST' });
  if (now) await forgetPerson(now.person);
  if ((await all<Phone>('phones')).length === 0) {
    await caches.delete(FILES);
    await worker.registration.unregister();
  }
}

async function answer(message: Message, port: MessagePort): Promise<void> {
  if (message.kind === 'take') return keepAndSend(message.given, port);
  const now = await who();
  if (message.kind === 'contact') await meet(message);
  if (message.kind === 'let-in') port.postMessage({ isLetIn: await letIn(message) });
  if (message.kind === 'aside') await putAside(message.id);
  if (message.kind === 'again' && now) await sendAgain(now.person, message.id);
  if (message.kind === 'wipe') await wipe();
  if (message.kind === 'deed') {
    const deed = await one<Deed>('deeds', message.id);
    port.postMessage(deed && deed.person === now?.person ? await shown(deed) : null);
  }
  port.postMessage(message.kind === 'list' ? await list() : await standing());
  if (message.kind !== 'standing' && message.kind !== 'list' && message.kind !== 'deed') await tellWindows();
  if (['contact', 'let-in', 'send', 'again', 'aside'].includes(message.kind)) await trySending();
  if (['contact', 'let-in', 'refresh'].includes(message.kind)) await refresh(message.kind !== 'contact').catch(() => undefined);
  if (message.kind === 'refresh' || message.kind === 'let-in') {
    port.postMessage({ isRefreshed: true });
    await tellWindows();
  }
}

async function begin(): Promise<void> {
  for (const phone of await all<Phone>('phones')) {
    if (isStale(phone.contactAt, Date.now())) await forgetPages(phone.person);
  }
  await worker.clients.claim();
}

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(begin()));
worker.addEventListener('sync', (event) => {
  if (event.tag === 'renwang-field') event.waitUntil(trySending());
});
worker.addEventListener('message', (event) => {
  const port = event.ports[0];
  if (port) event.waitUntil(answer(event.data, port).catch(() => port.postMessage(null)));
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (isFile(url.pathname)) event.respondWith(file(event, url));
  else if (event.request.mode === 'navigate' && (mayKeep(url.pathname) || url.pathname === LIST)) event.respondWith(page(event, url));
  else if (mayKeep(url.pathname) && (event.request.destination === 'image' || url.pathname.endsWith('.json'))) {
    event.respondWith(part(event, url, event.request.destination === 'image'));
  }
});
