/** The pages that a phone keeps: fetched ahead, served when the node is away, wiped when they must go. */
import { LIST, filesIn, isFile, isNode, isPage, isStale, mayKeep, personOf, sayMissing, sayWhen, toForget, withoutSaid } from '../lib/keeping.ts';
import { all, change, forgetPages, forgetPerson, got, note, notePhone, one, pagesOf, seal, unseal, who, type Page, type Phone } from './store.ts';
import { hear } from './sending.ts';
import { introduce, tell } from './talking.ts';

export const FILES = 'field-files-1';
const PATIENCE = 5_000; // milliseconds until a kept page is shown in place of one that does not come
const FRESH_FOR = 15 * 60_000; // milliseconds until the node is asked again what to keep

const addressOf = (url: URL): string => url.pathname + url.search;
const isHtml = (type: string): boolean => type.startsWith('text/html');

async function write(person: string, address: string, answer: Response, named: boolean): Promise<string> {
  const type = answer.headers.get('Content-Type') ?? '';
  const html = isHtml(type) ? withoutSaid(await answer.text()) : '';
  const plain = html ? new TextEncoder().encode(html) : await answer.arrayBuffer();
  const sealed = await seal(person, plain);
  await change(['pages'], async (store) => {
    const old = (await got(store('pages').get([person, address]))) as Page | undefined;
    const page: Page = { ...sealed, address, person, type, at: Date.now(), named: named || (old?.named ?? false), isPicture: type.startsWith('image/') };
    await got(store('pages').put(page));
    const kept = (await got(store('pages').getAll(pagesOf(person)))) as Page[];
    for (const gone of toForget(kept)) await got(store('pages').delete([person, gone.address]));
  });
  return html;
}

/** Keep a page that somebody looks at, if it may be kept and is a page of the person who uses this phone. */
async function keepSeen(address: string, answer: Response): Promise<void> {
  const caching = answer.headers.get('Cache-Control');
  const type = answer.headers.get('Content-Type') ?? '';
  const now = await who();
  if (answer.redirected || !now || now.isSignedOut || !(await one<Phone>('phones', now.person))) return;
  if (isHtml(type)) {
    if (!isPage({ status: answer.status, type, caching })) return;
    const person = personOf(await answer.clone().text());
    if (person !== now.person) return void (person !== null && (await forgetPages(now.person)));
  } else if (answer.status !== 200 || (caching ?? '').includes('no-store')) return;
  await write(now.person, address, answer, false);
}

/** The page as it was kept; nothing where it was not, or too long ago. */
async function fromKept(url: URL): Promise<Response | null> {
  const now = await who();
  const phone = now && (await one<Phone>('phones', now.person));
  if (!phone || now.isSignedOut) return null;
  if (isStale(phone.contactAt, Date.now())) {
    await forgetPages(phone.person);
    return null;
  }
  const found = (await one<Page>('pages', [phone.person, addressOf(url)])) ?? (await one<Page>('pages', [phone.person, url.pathname]));
  if (!found) return null;
  const headers = { 'Content-Type': found.type, 'Cache-Control': 'no-store' };
  const plain = await unseal(phone.person, found);
  return new Response(isHtml(found.type) ? sayWhen(new TextDecoder().decode(plain)) : plain, { headers });
}

/** The list of what is kept, in place of a page that is not. */
async function missing(): Promise<Response> {
  const list = await (await caches.open(FILES)).match(LIST, { ignoreVary: true });
  if (!list) return Response.error();
  return new Response(sayMissing(await list.text()), { headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' } });
}

interface Asked {
  readonly request: Request;
  waitUntil(work: Promise<unknown>): void;
}

/** This phone was called lost: nothing of its person stays, and whoever holds it is led to signing in. */
async function wiped(): Promise<Response> {
  const now = await who();
  if (now) await forgetPerson(now.person);
  return Response.redirect('/account/login/', 302);
}

/** Where a page leads cannot be read; when it is to signing in, what is kept must go. */
async function askWhetherSignedIn(): Promise<void> {
  const now = await who();
  const phone = now && (await one<Phone>('phones', now.person));
  if (phone) await tell(phone, '/field/pack/');
}

/** The network first, what was kept where it does not answer in time. */
export async function page(asked: Asked, url: URL): Promise<Response> {
  const isList = url.pathname === LIST;
  const fresh = fetch(asked.request, { cache: 'no-cache' }).then((answer) => {
    if (!isList && answer.status === 200) asked.waitUntil(keepSeen(addressOf(url), answer.clone()).catch(() => undefined));
    return answer;
  });
  asked.waitUntil(fresh.then((answer) => note({ isAway: !isNode(answer.status) }), () => note({ isAway: true })));
  const kept = async (): Promise<Response | null> => (isList ? ((await (await caches.open(FILES)).match(LIST, { ignoreVary: true })) ?? null) : fromKept(url));
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
  try {
    const answer = await Promise.race([fresh, late]);
    // A page that leads elsewhere is an answer too; the browser follows it.
    if (answer?.status === 410) return await wiped();
    if (answer?.type === 'opaqueredirect') asked.waitUntil(askWhetherSignedIn());
    if (answer && (answer.type === 'opaqueredirect' || isNode(answer.status))) return answer;
    return (await kept()) ?? (await fresh);
  } catch {
    return (await kept()) ?? missing();
  }
}

/** A picture or data of a page: pictures never change and come from what is kept. */
export async function part(asked: Asked, url: URL, isPicture: boolean): Promise<Response> {
  const kept = isPicture ? await fromKept(url) : null;
  if (kept) return kept;
  try {
    const answer = await fetch(asked.request);
    if (isNode(answer.status)) {
      if (answer.status === 200) asked.waitUntil(keepSeen(addressOf(url), answer.clone()).catch(() => undefined));
      return answer;
    }
    return (await fromKept(url)) ?? answer;
  } catch (away) {
    const last = await fromKept(url);
    if (last) return last;
    throw away;
  }
}

export async function file(asked: Asked, url: URL): Promise<Response> {
  const files = await caches.open(FILES);
  const kept = await files.match(url.href, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(asked.request);
  if (answer.status === 200) asked.waitUntil(files.put(url.href, answer.clone()).catch(() => undefined));
  return answer;
}

async function fetchAll(person: string, phone: Phone, addresses: readonly string[], files: Set<string>): Promise<boolean> {
  for (const address of addresses) {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin || !mayKeep(url.pathname)) continue;
    const answer = await fetch(url, { headers: { 'X-Keep': '1', 'X-Phone': phone.phone }, redirect: 'manual', cache: 'no-store' }).catch(() => null);
    if (!answer || !isNode(answer.status)) return false;
    if (answer.status !== 200 || (answer.headers.get('Cache-Control') ?? '').includes('no-store')) continue;
    const whose = isHtml(answer.headers.get('Content-Type') ?? '') ? personOf(await answer.clone().text()) : person;
    if (whose !== person) continue;
    for (const one of filesIn(await write(person, addressOf(url), answer, true))) files.add(one);
  }
  return true;
}

/** Keep the files of the front end that pages need, and drop those of an earlier build. */
async function keepFiles(named: ReadonlySet<string>): Promise<void> {
  const cache = await caches.open(FILES);
  await cache.add(new Request(LIST, { cache: 'no-cache' }));
  for (const address of named) {
    if (isFile(address) && !(await cache.match(address, { ignoreVary: true }))) await cache.add(address);
  }
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname !== LIST && !named.has(pathname)) await cache.delete(request);
  }
}

/** Fetch what the node says is to be kept, unless that was done a moment ago. */
export async function refresh(isAsked: boolean): Promise<void> {
  await navigator.locks.request('renwang-field-pack', { ifAvailable: true }, async (lock) => {
    const now = await who();
    const phone = now && (await one<Phone>('phones', now.person));
    if (!lock || !phone || (!isAsked && Date.now() - phone.packAt < FRESH_FOR)) return;
    const said = await tell(phone, '/field/pack/');
    if (said.trouble === 'stranger') await introduce(phone, phone.name); // the pages come next time
    if (said.trouble !== null) return;
    await hear(said.body['deeds']);
    const pages = [...((said.body['pages'] ?? []) as string[]), ...((said.body['data'] ?? []) as string[])];
    const front = (await (await fetch('/field/files.json', { cache: 'no-cache' })).json()) as { files: string[] };
    const files = new Set(front.files);
    if (!(await fetchAll(phone.person, phone, pages, files))) return;
    await keepFiles(files);
    await forgetUnnamed(phone.person, new Set(pages));
    await notePhone(phone.person, { packAt: Date.now() });
  });
}

/** What the node does not name any more is not this person's to keep. */
async function forgetUnnamed(person: string, named: ReadonlySet<string>): Promise<void> {
  await change(['pages'], async (store) => {
    const kept = (await got(store('pages').getAll(pagesOf(person)))) as Page[];
    for (const page of kept) if (page.named && !named.has(page.address)) await got(store('pages').delete([person, page.address]));
  });
}

/** Addresses and titles of the pages kept of a person, for him to choose from. */
export async function listPages(person: string): Promise<{ address: string; title: string; at: number }[]> {
  const pages = (await all<Page>('pages', pagesOf(person))).filter((one) => isHtml(one.type));
  return Promise.all(
    pages.map(async (one) => {
      const html = new TextDecoder().decode(await unseal(person, one));
      const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';
      return { address: one.address, title: title.split(' · ').slice(0, -1).join(' · '), at: one.at };
    }),
  );
}
