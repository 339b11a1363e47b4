import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyTrouble } from './key_troubles.ts';

test('each exception of the browser has its sentence', () => {
  assert.equal(keyTrouble(new DOMException('', 'NotAllowedError')), 'key_refused');
  assert.equal(keyTrouble(new DOMException('', 'InvalidStateError')), 'key_known');
  assert.equal(keyTrouble(new DOMException('', 'SecurityError')), 'key_unsafe');
  assert.equal(keyTrouble(new TypeError('navigator.credentials is undefined')), 'key_unable');
});

test('what nobody knows is said in general', () => {
  for (const odd of [new Error('Unable to fetch'), null, undefined, 'no', 7]) {
    assert.equal(keyTrouble(odd), 'key_trouble');
  }
});
