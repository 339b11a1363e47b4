import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, type Colours, countStates, describe, EMPTY, type Marks, signName, stepUnit, styleOf, type UnitState, type Units } from './map_data.ts';

const STATES: readonly UnitState[] = [
  { key: 'covered', word: 'Covered', tone: 'good', pattern: 'solid' },
  { key: 'missing', word: 'Missing', tone: 'bad', pattern: 'cross' },
];

const UNITS: Units = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [[[106.5, 29.5], [106.6, 29.5], [106.6, 29.7], [106.5, 29.5]]] },
      properties: { id: 'a', name: '第一网格', state: 'covered', note: '300 / 300' },
    },
    { type: 'Feature', geometry: { type: 'Point', coordinates: [106.8, 29.4] }, properties: { id: 'b', name: '第二网格', state: 'missing' } },
    {
      type: 'Feature',
      geometry: { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [106.7, 29.45] }] },
      properties: { id: 'c', name: '第三网格', state: 'elsewhere' },
    },
  ],
};

const COLOURS = new Proxy({}, { get: () => '#000000' }) as Colours;

test('bounds hold every kind of geometry', () => {
  assert.deepEqual(boundsOf(UNITS.features), [106.5, 29.4, 106.8, 29.7]);
});

test('nothing has no bounds', () => {
  assert.equal(boundsOf(EMPTY.features), null);
  assert.equal(boundsOf([{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [] }, properties: null }]), null);
});

test('every state is counted, also the one that nobody has and the one nobody knows', () => {
  const counts = countStates({ ...UNITS, features: UNITS.features.slice(1) }, STATES);
  assert.deepEqual([...counts], [['covered', 0], ['missing', 1], ['elsewhere', 1]]);
});

test('walking through the units goes round', () => {
  assert.equal(stepUnit(UNITS, null, 1), 'a');
  assert.equal(stepUnit(UNITS, null, -1), 'c');
  assert.equal(stepUnit(UNITS, 'c', 1), 'a');
  assert.equal(stepUnit(UNITS, 'a', -1), 'c');
  assert.equal(stepUnit({ type: 'FeatureCollection', features: [] }, 'a', 1), null);
});

test('a unit is described in words', () => {
  const [first, , third] = UNITS.features.map((unit) => unit.properties);
  assert.equal(first && describe(first, STATES), '第一网格 · Covered · 300 / 300');
  assert.equal(third && describe(third, STATES), '第三网格');
});

test('the style fetches nothing from anywhere', () => {
  const style = styleOf(UNITS, { river: EMPTY, streets: EMPTY, buildings: EMPTY }, STATES, COLOURS);
  assert.equal(style.glyphs, undefined);
  assert.equal(style.sprite, undefined);
  assert.doesNotMatch(JSON.stringify(style), /https?:/);
});

test('marks stand over the units, each with the sign of its state', () => {
  const style = styleOf(UNITS, { river: EMPTY, streets: EMPTY, buildings: EMPTY }, [], COLOURS, EMPTY);
  assert.equal(style.layers.at(-1)?.id, 'marks');
  assert.equal(signName('red'), 'mark-red');
});

test('a mark is counted and described like a unit', () => {
  const marked = [{ key: 'red', word: 'Level 1 · red', sign: 'red' }] as const;
  const marks: Marks = {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [106.5, 29.5] }, properties: { id: 'm', name: '柳溪桥', state: 'red', note: '3', count: 3 } }],
  };
  assert.deepEqual([...countStates(marks, marked)], [['red', 1]]);
  assert.equal(describe(marks.features[0]!.properties, marked), '柳溪桥 · Level 1 · red · 3');
});

test('a map without a legend still has a style', () => {
  const style = styleOf(UNITS, { river: EMPTY, streets: EMPTY, buildings: EMPTY }, [], COLOURS);
  assert.ok(style.layers.length > 0);
});
