import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATCH, MOVES, PIECE, SHOWN, SHOWN_FOR, doneAt, fieldsOf, moved, nextOf, nextPiece, toDrop, troubleOf, type Queued, type Reading, type Said, type State } from './outbox.ts';

const deed = (number: number, state: State = 'waits', person = 'a'): Queued => ({ id: `${person}${number}`, person, number, state });
const STATES = Object.keys(MOVES) as State[];
const SAID: readonly Said[] = ['waits', 'taken', 'refused', 'differs', 'again', 'aside'];

test('only a person makes a deed leave the phone that the node has not taken', () => {
  for (const state of STATES) {
    for (const said of SAID) {
      if (moved(state, said) === 'gone') assert.ok(said === 'aside' || said === 'again', `${state} ${said}`);
    }
  }
  assert.equal(moved('waits', 'aside'), 'waits');
});

test('an answer that comes twice, or late, changes nothing', () => {
  for (const said of ['taken', 'refused', 'differs'] as const) {
    assert.equal(moved('waits', said), said);
    for (const later of ['waits', said] as const) assert.equal(moved(said, later), said);
  }
  assert.equal(moved('taken', 'refused'), 'taken');
  assert.equal(moved('refused', 'taken'), 'refused');
  assert.equal(moved('waits', 'waits'), 'waits');
});

test('a difference is decided in the end', () => {
  assert.deepEqual((['taken', 'refused'] as const).map((said) => moved('differs', said)), ['taken', 'refused']);
});

test('deeds go out in the order in which they were done, one person’s only', () => {
  const all = [deed(3), deed(1), deed(2, 'refused'), deed(9, 'waits', 'b'), deed(4, 'taken')];
  assert.deepEqual(nextOf(all, 'a').map((one) => one.number), [1, 3]);
  assert.equal(nextOf(Array.from({ length: BATCH + 5 }, (_, at) => deed(at)), 'a').length, BATCH);
});

test('what was taken is shown for a day, and never more than so many', () => {
  const now = 10 * SHOWN_FOR;
  const taken = Array.from({ length: SHOWN + 3 }, (_, at) => ({ ...deed(at, 'taken'), answeredAt: now - at }));
  assert.deepEqual(toDrop(taken, now).map((one) => one.number), [SHOWN, SHOWN + 1, SHOWN + 2]);
  assert.equal(toDrop([{ ...deed(1, 'taken'), answeredAt: now - SHOWN_FOR - 1 }, deed(2), deed(3, 'refused')], now).length, 1);
});

const at = (wall: number, more: Partial<Reading> = {}): Reading => ({ wall, even: wall, boot: 'x', ahead: null, ...more });
const HOUR = 3_600_000;

test('a clock that nobody touched is believed', () => {
  assert.equal(doneAt(at(1000), at(HOUR)), 1000);
  assert.equal(doneAt(at(1000, { boot: 'x' }), at(HOUR, { boot: 'y', even: 5 })), 1000);
});

test('a clock that was set back in between is seen against what runs evenly', () => {
  // Done a minute ago by a clock three hours fast; then the clock was put right.
  assert.equal(doneAt(at(5 * HOUR, { even: 0 }), at(2 * HOUR + 60_000, { even: 60_000 })), 2 * HOUR);
});

test('a phone that slept has not had its clock set', () => {
  assert.equal(doneAt(at(0, { even: 0 }), at(8 * HOUR, { even: 60_000 })), 0);
});

test('a clock that was set between two meetings with the node is put right by the difference', () => {
  const done = at(HOUR, { ahead: 2 * HOUR, boot: 'x' });
  assert.equal(doneAt(done, at(4 * HOUR, { ahead: 0, boot: 'y' })), 3 * HOUR);
});

test('nothing was done later than now', () => {
  assert.equal(doneAt(at(9 * HOUR, { boot: 'x' }), at(HOUR, { boot: 'y' })), HOUR);
});

test('a deed carries its own id where the form has a field for one, and no token', () => {
  const pairs = [['csrfmiddlewaretoken', 't'], ['id', 'old'], ['kind', 'knock']] as const;
  assert.deepEqual(fieldsOf(pairs, 'id', 'new'), [['id', 'new'], ['kind', 'knock']]);
  assert.deepEqual(fieldsOf(pairs, '', 'new'), [['id', 'old'], ['kind', 'knock']]);
});

test('what a status means', () => {
  assert.equal(troubleOf(200), null);
  assert.deepEqual([401, 410, 413].map((status) => troubleOf(status)), ['signed-out', 'lost', 'refused']);
  assert.equal(troubleOf(409, 'other'), 'other');
  assert.deepEqual([troubleOf(409, 'ended'), troubleOf(404, 'unknown')], ['stranger', 'stranger']);
  assert.deepEqual([0, 403, 404, 409, 429, 500, 503].map((status) => troubleOf(status)), Array(7).fill('busy'));
});

test('an attachment goes on at what the node has', () => {
  assert.deepEqual(nextPiece(0, 10), [0, 10]);
  assert.deepEqual(nextPiece(PIECE, 2 * PIECE + 1), [PIECE, 2 * PIECE]);
  assert.equal(nextPiece(10, 10), null);
});
