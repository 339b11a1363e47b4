import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyReader } from './keys.ts';

test('g and a letter lead somewhere', () => {
  const reader = new KeyReader();
  assert.equal(reader.read('g', 0), null);
  assert.deepEqual(reader.read('w', 400), { kind: 'go', letter: 'w' });
});

test('a g that was pressed long ago is forgotten', () => {
  const reader = new KeyReader();
  reader.read('g', 0);
  assert.deepEqual(reader.read('j', 5000), { kind: 'row', step: 1 });
});

test('after g even j is a place', () => {
  const reader = new KeyReader();
  reader.read('g', 0);
  assert.deepEqual(reader.read('j', 100), { kind: 'go', letter: 'j' });
});

test('keys that mean nothing are left to the page', () => {
  assert.equal(new KeyReader().read('x', 0), null);
});
