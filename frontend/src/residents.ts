/**
 * The service worker of the public door: the network first, and what was kept
 * when the network is away. It touches no other door.
 */
import { isAnswer, isAsset, isKept, isPlace, sayKept, toForget } from './lib/cached.ts';
import type { Fetching, ServiceWorker } from './lib/service_worker.ts';

const worker = self as unknown as ServiceWorker<unknown>;
const PAGES = 'residents-pages-1';
const FILES = 'residents-files-1';
const PATIENCE = 6_000; // milliseconds until a node that does not answer counts as away

async function keep(address: string, answer: Response): Promise<void> {
  const pages = await caches.open(PAGES);
  await pages.delete(address); // so that it moves to the end: keys are in the order of writing
  await pages.put(address, answer);
  const kept = (await pages.keys()).map((request) => request.url);
  await Promise.all(toForget(kept).map((one) => pages.delete(one)));
}

function mayKeep(answer: Response): boolean {
  const isPage = answer.headers.get('Content-Type')?.startsWith('text/html') ?? false;
  const isPrivate = answer.headers.get('Cache-Control')?.includes('no-store') ?? false;
  return answer.status === 200 && isPage && !isPrivate && !answer.redirected;
}

async function fromNetwork(request: Request): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    // Past the browser's own cache, or a page of half a minute ago would pass for the node's answer.
    return await fetch(request, { cache: 'no-cache', signal: patience.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function fromKept(url: URL): Promise<Response | undefined> {
  const pages = await caches.open(PAGES);
  const found = await pages.match(url.href, { ignoreVary: true });
  if (found) {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };
    return new Response(sayKept(await found.text()), { headers });
  }
  const places = (await pages.keys()).filter((one) => isPlace(new URL(one.url).pathname));
  const last = places.at(-1);
  return last && last.url !== url.href ? Response.redirect(last.url, 302) : undefined;
}

async function page(event: Fetching, url: URL): Promise<Response> {
  try {
    const answer = await fromNetwork(event.request);
    // A page that leads elsewhere is an answer too; the browser follows it.
    if (answer.type === 'opaqueredirect' || isAnswer(answer.status)) {
      if (isKept(url.pathname) && mayKeep(answer)) event.waitUntil(keep(url.href, answer.clone()));
      return answer;
    }
    return (await fromKept(url)) ?? answer;
  } catch (away) {
    const kept = await fromKept(url);
    if (kept) return kept;
    throw away;
  }
}

async function file(event: Fetching, url: URL): Promise<Response> {
  const files = await caches.open(FILES);
  const kept = await files.match(url.href, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(files.put(url.href, answer.clone()));
  return answer;
}

/** Keep what was loaded before the worker began: the page that brought it, and its files. */
async function keepFirst(addresses: readonly unknown[]): Promise<void> {
  for (const address of addresses) {
    const url = new URL(String(address), worker.location.href);
    if (url.origin !== worker.location.origin) continue;
    if (isAsset(url.pathname)) await (await caches.open(FILES)).add(url.href);
    if (!isKept(url.pathname)) continue;
    const answer = await fetch(url.href);
    if (mayKeep(answer)) await keep(url.href, answer);
  }
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('residents-') && name !== PAGES && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers()));
worker.addEventListener('message', (event) => {
  if (Array.isArray(event.data)) event.waitUntil(keepFirst(event.data));
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (isAsset(url.pathname)) event.respondWith(file(event, url));
  else if (event.request.mode === 'navigate' && isKept(url.pathname)) event.respondWith(page(event, url));
});
