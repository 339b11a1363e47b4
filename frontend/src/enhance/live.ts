/**
 * Live fragments: a part of the page asks whether anything is new.
 *
 * ```html
 * <div data-live="/desk/alerts/7/board" data-every="3" data-seq="4711">…{% live_mark %}</div>
 * ```
 *
 * Asks `?since=<seq>` with the last `ETag`. 304 and 204 change nothing; 200
 * replaces the contents and `X-Seq` becomes the next `since`; 410 ends it.
 * A hidden tab does not ask; without connection the pause grows and the part
 * says so. After new contents `renwang:fresh` is dispatched on the element.
 */
import { type Answer, type LiveState, Poller, type World } from '../lib/poller.ts';
import { toast, words, zoneShift } from './page.ts';

interface Htmx {
  process(element: Element): void;
}

/** A world for a poller: the page's clock and chance. */
export function pageWorld(ask: () => Promise<Answer>, tell: (state: LiveState) => void): World {
  return {
    ask,
    tell,
    chance: () => Math.random(),
    wait(milliseconds, then) {
      const timer = window.setTimeout(then, milliseconds);
      return () => window.clearTimeout(timer);
    },
  };
}

/** Let a poller rest while nobody looks and hurry when the network is back; stops with its element. */
export function tieToPage(poller: Poller, element: Element): void {
  const leave = new AbortController();
  const act = (): void => {
    if (!element.isConnected) {
      poller.end();
      leave.abort();
    } else if (document.hidden) poller.pause();
    else poller.resume();
  };
  document.addEventListener('visibilitychange', act, { signal: leave.signal });
  window.addEventListener('online', act, { signal: leave.signal });
}

/** Remember what a replacement would lose: the focus, unfolded parts, how far things were scrolled. */
function replaceGently(element: HTMLElement, html: string): void {
  const focused = element.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const open = [...element.querySelectorAll('details[id][open]')].map((part) => part.id);
  const scrolled = [...element.querySelectorAll('.table-scroll')].map((part) => part.scrollTop);
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  element.replaceChildren(fresh.content);
  for (const id of open) element.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '');
  element.querySelectorAll('.table-scroll').forEach((part, n) => {
    part.scrollTop = scrolled[n] ?? 0;
  });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function say(element: HTMLElement, state: LiveState, since: Date): void {
  element.dataset['liveState'] = state;
  const texts: Partial<Record<LiveState, string>> = {
    live: words().live,
    paused: words().paused,
    offline: words().offline.replace('{time}', new Date(since.getTime() + zoneShift()).toISOString().slice(11, 16)),
  };
  for (const mark of element.querySelectorAll<HTMLElement>('[data-live-mark]')) {
    mark.dataset['liveState'] = state;
    mark.textContent = texts[state] ?? '';
  }
}

function begin(element: HTMLElement): void {
  let tag: string | null = null;
  let heard = new Date();
  const ask = async (): Promise<Answer> => {
    if (!element.isConnected) return 'ended';
    const address = new URL(element.dataset['live'] ?? '', window.location.href);
    if (element.dataset['seq']) address.searchParams.set('since', element.dataset['seq']);
    const answer = await fetch(address, {
      headers: { 'X-Live': '1', ...(tag === null ? {} : { 'If-None-Match': tag }) },
    });
    if (answer.status === 304 || answer.status === 204) {
      heard = new Date();
      return 'same';
    }
    if (answer.status === 410) return 'ended';
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      toast(words().refused, 'bad');
      return 'ended';
    }
    if (!answer.ok) return 'failed';
    tag = answer.headers.get('ETag');
    const sequence = answer.headers.get('X-Seq');
    if (sequence !== null) element.dataset['seq'] = sequence;
    replaceGently(element, await answer.text());
    (window as { htmx?: Htmx }).htmx?.process(element);
    heard = new Date();
    say(element, 'live', heard);
    element.dispatchEvent(new CustomEvent('renwang:fresh', { bubbles: true }));
    return 'fresh';
  };
  const every = Number(element.dataset['every'] ?? '5') * 1000;
  const poller = new Poller(
    pageWorld(ask, (state) => say(element, state, heard)),
    every,
  );
  poller.start();
  tieToPage(poller, element);
}

const begun = new WeakSet<Element>();

/** Begin every live part below `root` that has not begun yet. */
export function startLive(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-live]')) {
    if (begun.has(element)) continue;
    begun.add(element);
    begin(element);
  }
}
