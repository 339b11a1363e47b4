import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type LiveState, nextDelay, Poller, type World } from './poller.ts';

/** A world without clock: the test lets time pass by calling what waits. */
class StillWorld implements World {
  answers: Answer[] = [];
  told: LiveState[] = [];
  delays: number[] = [];
  asked = 0;
  #waiting: (() => void) | null = null;

  async ask(): Promise<Answer> {
    this.asked += 1;
    return this.answers.shift() ?? 'same';
  }

  wait(milliseconds: number, then: () => void): () => void {
    this.delays.push(milliseconds);
    this.#waiting = then;
    return () => {
      this.#waiting = null;
    };
  }

  chance(): number {
    return 0.5;
  }

  tell(state: LiveState): void {
    this.told.push(state);
  }

  async letTimePass(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('it asks at its pace while answers come', async () => {
  const world = new StillWorld();
  new Poller(world, 3000).start();
  await world.letTimePass();
  await world.letTimePass();
  assert.equal(world.asked, 2);
  assert.deepEqual(world.delays, [3000, 3000, 3000]);
});

test('it asks ever more slowly without connection and says so once', async () => {
  const world = new StillWorld();
  world.answers = ['failed', 'failed', 'failed', 'fresh'];
  new Poller(world, 3000).start();
  for (let n = 0; n < 4; n += 1) await world.letTimePass();
  assert.deepEqual(world.delays, [3000, 6000, 12_000, 24_000, 3000]);
  assert.deepEqual(world.told, ['offline', 'live']);
});

test('it never waits longer than a minute, or than its own pace', () => {
  assert.equal(nextDelay(3000, 30, 0.5), 60_000);
  assert.equal(nextDelay(300_000, 3, 0.5), 300_000);
});

test('it is silent while nobody looks and asks at once when somebody does', async () => {
  const world = new StillWorld();
  const poller = new Poller(world, 3000);
  poller.start();
  poller.pause();
  await world.letTimePass();
  assert.equal(world.asked, 0);
  poller.resume();
  await world.letTimePass();
  assert.equal(poller.state, 'live');
  assert.ok(world.asked >= 1);
});

test('what has ended is not asked about again', async () => {
  const world = new StillWorld();
  world.answers = ['ended'];
  const poller = new Poller(world, 3000);
  poller.start();
  await world.letTimePass();
  poller.resume();
  await world.letTimePass();
  assert.equal(world.asked, 1);
  assert.equal(poller.state, 'ended');
});
