import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFeatures, asFields, metresBetween, withPoint } from './drawing_data.ts';

test('a degree of latitude is about 111 km', () => {
  assert.equal(Math.round(metresBetween([106, 29], [106, 30]) / 1000), 111);
});

test('a polygon is typed corner by corner and closed for the eye', () => {
  let drawn = withPoint({ kind: 'polygon', points: [] }, [106.5, 29.5]);
  drawn = withPoint(drawn, [106.6, 29.5]);
  assert.equal(asFeatures(drawn).features.at(-1)?.geometry.type, 'LineString');
  drawn = withPoint(drawn, [106.6, 29.6]);
  assert.equal(asFeatures(drawn).features.at(-1)?.geometry.type, 'Polygon');
  assert.equal(asFields(drawn).polygon.split('\n').length, 3);
});

test('a circle has a centre and a rim, and a third point begins it anew', () => {
  let drawn = withPoint({ kind: 'circle', points: [] }, [106.5, 29.5]);
  assert.equal(asFields(drawn).radius, '');
  drawn = withPoint(drawn, [106.5, 29.51]);
  assert.equal(asFields(drawn).centre, '106.500000, 29.500000');
  assert.equal(Math.round(Number(asFields(drawn).radius) / 100), 11);
  assert.equal(withPoint(drawn, [1, 1]).points.length, 1);
});
