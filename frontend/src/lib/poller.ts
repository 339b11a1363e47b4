/**
 * Asks again and again without pressing: at its pace while answers come, ever
 * slower while they do not, not at all while nobody looks.
 *
 * Knows no network, page or clock; they are handed in.
 */

export type Answer = 'fresh' | 'same' | 'failed' | 'ended';
export type LiveState = 'live' | 'paused' | 'offline' | 'ended';

export interface World {
  /** Ask once. `ended` stops for good: the thing is over or the session is. */
  ask(): Promise<Answer>;
  /** Call back after some milliseconds; the result cancels. */
  wait(milliseconds: number, then: () => void): () => void;
  /** A number from 0 to 1, so that a thousand pages do not come back in the same second. */
  chance(): number;
  tell(state: LiveState): void;
}

const SLOWEST = 60_000;

/** Milliseconds until the next question, after so many failures in a row. */
export function nextDelay(every: number, failures: number, chance: number): number {
  const slow = Math.min(Math.max(every, SLOWEST), every * 2 ** Math.min(failures, 10));
  return Math.round(failures === 0 ? slow : slow * (0.75 + 0.5 * chance));
}

export class Poller {
  #cancel: (() => void) | null = null;
  #failures = 0;
  #isAsking = false;
  #isPaused = false;
  #state: LiveState = 'live';
  readonly #world: World;
  readonly #every: number;

  constructor(world: World, every: number) {
    this.#world = world;
    this.#every = every;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Wait one pace, then ask. */
  start(): void {
    this.#turn('live');
    this.#plan();
  }

  pause(): void {
    if (this.#state === 'ended') return;
    this.#isPaused = true;
    this.#stop();
    this.#turn('paused');
  }

  /** Ask at once, then go on at the usual pace: the page is looked at again, or is back on the network. */
  resume(): void {
    if (this.#state === 'ended') return;
    this.#isPaused = false;
    this.#stop();
    void this.#askNow();
  }

  end(): void {
    this.#stop();
    this.#turn('ended');
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #turn(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#world.tell(state);
  }

  #plan(): void {
    const delay = nextDelay(this.#every, this.#failures, this.#world.chance());
    this.#cancel = this.#world.wait(delay, () => void this.#askNow());
  }

  async #askNow(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const answer = await this.#world.ask().catch((): Answer => 'failed');
    this.#isAsking = false;
    if (this.#state === 'ended') return;
    if (answer === 'ended') {
      this.end();
      return;
    }
    this.#failures = answer === 'failed' ? this.#failures + 1 : 0;
    if (this.#isPaused) return;
    this.#turn(answer === 'failed' ? 'offline' : 'live');
    this.#stop();
    this.#plan();
  }
}
