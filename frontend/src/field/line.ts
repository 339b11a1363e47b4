/** The line that says on every page how it stands with what was done here, and the worker's waking up. */
import { nextDelay } from '../lib/poller.ts';
import { lineOf, type Standing } from '../lib/deeds.ts';
import { ask, door, markPhone, onNews, say } from './asking.ts';
import { zoneShift } from '../enhance/page.ts';

const EVERY = 5_000; // milliseconds; grows to a minute while nothing gets through

/** Hour and minute in the node's zone; with the day where that is not today. */
export function clock(at: number): string {
  const shifted = (moment: number): string => new Date(moment + zoneShift()).toISOString();
  const hour = shifted(at).slice(11, 16);
  return shifted(at).slice(0, 10) === shifted(Date.now()).slice(0, 10) ? hour : `${shifted(at).slice(5, 10)} ${hour}`;
}

export function show(standing: Standing): void {
  const line = document.getElementById('field-line');
  if (!line) return;
  line.hidden = !standing.isPhone;
  const key = lineOf(standing);
  line.dataset['line'] = key;
  const number = { refused: standing.refused, differs: standing.differs, waits: standing.waits, 'signed-out': standing.waits }[key as string] ?? 0;
  const place = line.querySelector('[data-line-words]');
  if (place) place.textContent = say(`line_${key.replace('-', '_')}`, { n: number, time: clock(standing.contactAt) });
}

/** Show the line, and let the worker send whenever there is a chance that it gets through. */
export async function startLine(): Promise<void> {
  let timer = 0;
  let failures = 0;
  const plan = (standing: Standing): void => {
    window.clearTimeout(timer);
    failures = standing.waits > 0 ? failures : 0;
    if (standing.waits === 0 || standing.isSignedOut || document.hidden) return;
    timer = window.setTimeout(push, nextDelay(EVERY, failures, Math.random()));
    failures += 1;
  };
  const hear = (standing: Standing | null): void => {
    if (!standing) return;
    markPhone(standing);
    show(standing);
    plan(standing);
  };
  const push = (): void => void ask<Standing>({ kind: 'send' }).then(hear);
  onNews(hear);
  window.addEventListener('online', () => {
    failures = 0;
    push();
  });
  document.addEventListener('visibilitychange', () => !document.hidden && push());
  const here = door();
  // Only a page that comes from the node says who is signed in now.
  if (here && !here.isKept) hear(await ask<Standing>({ kind: 'contact', person: here.person, token: here.token, language: document.documentElement.lang }));
  else {
    hear(await ask<Standing>({ kind: 'standing' }));
    push();
  }
}
