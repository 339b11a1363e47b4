import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, lookOf, type Point, thin, topOf } from './chart_data.ts';

test('points are put in order and the later of two stands', () => {
  assert.deepEqual(inOrder([[3, 1], [1, 1], [3, 2]]), [[1, 1], [3, 2]]);
});

test('a short line is left alone', () => {
  const points: Point[] = [[1, 1], [2, 5]];
  assert.equal(thin(points, 100), points);
});

test('a long line keeps its ends and its peaks', () => {
  const points: Point[] = Array.from({ length: 10_000 }, (_, n) => [n, n === 4321 ? 900 : n % 7]);
  const thinned = thin(points, 400);
  assert.ok(thinned.length <= 400);
  assert.deepEqual(thinned[0], [0, 0]);
  assert.deepEqual(thinned.at(-1), points.at(-1));
  assert.ok(thinned.some(([, value]) => value === 900));
});

test('neighbouring lines never look alike', () => {
  assert.notDeepEqual(lookOf(0), lookOf(1));
  assert.notDeepEqual(lookOf(3), lookOf(4));
});

test('per cent end at a hundred', () => {
  assert.equal(topOf('%'), 100);
  assert.equal(topOf('min'), undefined);
});
