/**
 * How long ago, how long still: the same rule as `moments.py`, pinned with it
 * by `tests/frontend/vectors/ago.json`. Times are milliseconds.
 */

export type SpanUnit = 'minute' | 'hour' | 'day';
export type SpanPhrases = Readonly<Record<SpanUnit, readonly [one: string, many: string]>>;

export interface SpanWords {
  readonly now: string;
  readonly due: string;
  readonly past: SpanPhrases;
  readonly left: SpanPhrases;
  readonly late: SpanPhrases;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const SOON = 45;

/** Cut a span in seconds to its largest unit; at least one minute. */
export function measure(seconds: number): readonly [SpanUnit, number] {
  const span = Math.abs(seconds);
  if (span < HOUR) return ['minute', Math.max(1, Math.floor(span / MINUTE))];
  if (span < DAY) return ['hour', Math.floor(span / HOUR)];
  return ['day', Math.floor(span / DAY)];
}

function say(phrases: SpanPhrases, seconds: number): string {
  const [unit, n] = measure(seconds);
  const [one, many] = phrases[unit];
  return (n === 1 ? one : many).replace('{n}', String(n));
}

/** Null: more than a week ago, or in the future; the moment itself is said instead. */
export function ago(then: number, now: number, words: SpanWords): string | null {
  const seconds = (now - then) / 1000;
  if (seconds < -SOON || seconds >= WEEK) return null;
  return seconds < SOON ? words.now : say(words.past, seconds);
}

/** What a deadline still leaves or by how much it was missed, and whether it was. */
export function due(deadline: number, now: number, words: SpanWords): readonly [string, boolean] {
  const seconds = (deadline - now) / 1000;
  if (Math.abs(seconds) < SOON) return [words.due, seconds < 0];
  return [say(seconds > 0 ? words.left : words.late, seconds), seconds < 0];
}
