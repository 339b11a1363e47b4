/**
 * Times that go on counting.
 *
 * ```html
 * <time datetime="2026-07-15T08:00:00+08:00" data-ago>3 minutes ago</time>
 * <span class="state" data-tone><time datetime="…" data-due>12 minutes left</time></span>
 * ```
 *
 * Counts by the server's clock: a phone whose clock is wrong says the same as
 * the others, because the page carries the moment at which it was made.
 */
import { ago, due } from '../lib/spans.ts';
import { words } from './page.ts';

const PACE = 15_000;

function tick(now: number): void {
  const spans = words().spans;
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-ago]')) {
    const said = ago(Date.parse(element.dateTime), now, spans);
    if (said !== null && element.textContent !== said) element.textContent = said;
  }
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-due]')) {
    const [said, isLate] = due(Date.parse(element.dateTime), now, spans);
    if (element.textContent !== said) element.textContent = said;
    const mark = element.closest('[data-tone]');
    mark?.classList.toggle('state-bad', isLate);
    mark?.classList.toggle('state-attention', !isLate);
  }
}

export function startTimes(): void {
  const made = Date.parse(document.documentElement.dataset['now'] ?? '');
  const ahead = Number.isNaN(made) ? 0 : Date.now() - made;
  // A page from the back-forward cache or a slow line is old, not ahead.
  const wrong = Math.abs(ahead) > 120_000 ? ahead : 0;
  window.setInterval(() => {
    if (!document.hidden) tick(Date.now() - wrong);
  }, PACE);
}
