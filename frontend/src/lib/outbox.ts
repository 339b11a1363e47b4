/**
 * The outbox of a phone: what can become of a deed, which go out next, and
 * when a deed really was done. Knows neither network nor storage.
 */

/** `waits` for a network; the other three are the node's answers. */
export type State = 'waits' | 'taken' | 'refused' | 'differs';

/** What the node or the person says about a deed. `again` means that another deed has taken its place. */
export type Said = State | 'again' | 'aside';

/**
 * What becomes of a deed; `gone` leaves nothing of it on the phone. What is not named here changes nothing.
 * A difference is decided by whoever is responsible for the place, and then taken or refused after all.
 */
export const MOVES: Readonly<Record<State, Readonly<Partial<Record<Said, State | 'gone'>>>>> = {
  waits: { taken: 'taken', refused: 'refused', differs: 'differs' },
  taken: { aside: 'gone' },
  refused: { again: 'gone', aside: 'gone' },
  differs: { taken: 'taken', refused: 'refused', aside: 'gone' },
};

/** Say what a deed is after something was said; an answer that arrives twice changes nothing. */
export function moved(state: State, said: Said): State | 'gone' {
  return MOVES[state][said] ?? state;
}

export interface Queued {
  readonly id: string;
  readonly person: string;
  readonly number: number;
  readonly state: State;
}

export type Pair = readonly [name: string, value: string];

/** The fields that a deed carries: all but the token, with the deed's own id where the form has a field for it. */
export function fieldsOf(pairs: readonly Pair[], idField: string, id: string): Pair[] {
  return pairs
    .filter(([name]) => name !== 'csrfmiddlewaretoken')
    .map(([name, value]) => (idField && name === idField ? [name, id] : [name, value]));
}

/** So many deeds go to the node at once. */
export const BATCH = 20;

/** Name the deeds to be sent next: one person's, in the order in which they were done. */
export function nextOf<Deed extends Queued>(deeds: readonly Deed[], person: string): Deed[] {
  return deeds
    .filter((deed) => deed.person === person && deed.state === 'waits')
    .sort((a, b) => a.number - b.number)
    .slice(0, BATCH);
}

/** So many milliseconds and deeds the phone still shows what the node has taken. */
export const SHOWN_FOR = 24 * 3_600_000;
export const SHOWN = 50;

/** Name the deeds that need not be shown any more: taken long ago, or behind many others. */
export function toDrop<Deed extends Queued & { readonly answeredAt?: number }>(deeds: readonly Deed[], now: number): Deed[] {
  const taken = deeds.filter((deed) => deed.state === 'taken').sort((a, b) => (b.answeredAt ?? 0) - (a.answeredAt ?? 0));
  return taken.filter((deed, at) => at >= SHOWN || now - (deed.answeredAt ?? 0) > SHOWN_FOR);
}

/** A moment by the phone's clock, with what is known of that clock. Milliseconds throughout. */
export interface Reading {
  readonly wall: number;
  /** Runs evenly, whoever sets the clock; counts from the start named `boot`. It may rest while the phone sleeps. */
  readonly even: number;
  readonly boot: string;
  /** By how much the node's clock was ahead when the two last met; null before they ever did. */
  readonly ahead: number | null;
}

const SET = 5_000; // less than this is no setting of a clock

/**
 * Say when a deed was done, by the clock as it goes now.
 *
 * A clock that was set in between has moved under the deed. That it went
 * backwards shows against what runs evenly; another distance from the node
 * shows both ways. That only more time passed than ran evenly is no sign: a
 * phone sleeps.
 */
export function doneAt(done: Reading, now: Reading): number {
  const even = done.boot === now.boot ? now.even - done.even : null;
  if (even !== null && now.wall - done.wall < even - SET) return now.wall - even;
  if (done.ahead !== null && now.ahead !== null && Math.abs(done.ahead - now.ahead) > SET) {
    return Math.min(now.wall, done.wall + done.ahead - now.ahead);
  }
  return Math.min(now.wall, done.wall);
}

/** What an HTTP status means for the sender; null for an answer that can be read. */
export type Trouble = 'signed-out' | 'other' | 'stranger' | 'lost' | 'busy' | 'refused' | null;

/** Read the status of an answer and why it is that. Zero stands for a redirect, and those are not for machines. */
export function troubleOf(status: number, why?: unknown): Trouble {
  if (status === 200) return null;
  if (status === 401) return 'signed-out';
  if (status === 409 && why === 'other') return 'other';
  // The node does not know this phone: it was set up anew from a copy, or the phone was ended there.
  if ((status === 409 && why === 'ended') || (status === 404 && why === 'unknown')) return 'stranger';
  if (status === 410) return 'lost';
  return status === 400 || status === 413 || status === 422 ? 'refused' : 'busy';
}

/** A piece of an attachment; small enough to get through a bad network between two losses. */
export const PIECE = 256 * 1024;

/** Where the next piece of an attachment begins and ends; null when everything is there. */
export function nextPiece(have: number, size: number): readonly [from: number, to: number] | null {
  return have >= size ? null : [have, Math.min(size, have + PIECE)];
}
