import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addedAfter, asFeatures, drawnOn, type Edited, moved, readParts, step, without, writeParts } from './editing_data.ts';

const square: Edited = { kind: 'ring', parts: [[[0, 0], [1, 0], [1, 1], [0, 1]]], chosen: null };

test('a border reads as it was written, in parts', () => {
  const two = { ...square, parts: [...square.parts, [[2, 2], [3, 2], [3, 3]]] };
  assert.deepEqual(readParts(writeParts(two)), two.parts);
});

test('a line that is no position is passed over', () => {
  assert.deepEqual(readParts('1, 2\nnorth\n3，4'), [[[1, 2], [3, 4]]]);
});

test('points are moved, added and taken away, and a ring keeps three', () => {
  assert.deepEqual(moved(square, [0, 1], [2, 0]).parts[0]?.[1], [2, 0]);
  const more = addedAfter(square, [0, 3], [0, 0.5]);
  assert.equal(more.parts[0]?.length, 5);
  assert.deepEqual(more.chosen, [0, 4]);
  const three = without(square, [0, 0]);
  assert.equal(three.parts[0]?.length, 3);
  assert.equal(without(three, [0, 0]), three);
});

test('one walks through the points in a circle', () => {
  assert.deepEqual(step(square, 1), [0, 0]);
  assert.deepEqual(step({ ...square, chosen: [0, 3] }, 1), [0, 0]);
  assert.deepEqual(step(square, -1), [0, 3]);
  assert.equal(step({ ...square, parts: [] }, 1), null);
});

test('every edge has a place to add a point, the closing one too', () => {
  const kinds = asFeatures(square).features.map((one) => one.properties?.['is'] as string);
  assert.equal(kinds.filter((is) => is === 'middle').length, 4);
  assert.equal(kinds.filter((is) => is === 'point').length, 4);
});

test('a line grows by a point and shrinks to nothing', () => {
  const none: Edited = { kind: 'line', parts: [], chosen: null };
  const line = drawnOn(drawnOn(none, [0, 0]), [1, 1]);
  assert.deepEqual(line.parts, [[[0, 0], [1, 1]]]);
  assert.deepEqual(without(without(line, [0, 1]), [0, 0]).parts, []);
});
