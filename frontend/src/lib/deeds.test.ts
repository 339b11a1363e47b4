import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted, lineOf, markOf, type Standing } from './deeds.ts';
import { uuid7 } from './uuid7.ts';

test('two doors of one warning are two forms; a page fetched anew shows the same ones', () => {
  const form = (id: string, household: string) => markOf('/field/calls/7/round/', [['csrfmiddlewaretoken', id], ['id', id], ['household', household]], 'id');
  assert.equal(form('1', '12'), form('2', '12'));
  assert.notEqual(form('1', '12'), form('1', '13'));
});

test('a photograph is made smaller, never larger, in its proportions', () => {
  assert.deepEqual(fitted(4096, 3072), [2048, 1536]);
  assert.deepEqual(fitted(1000, 2048), [1000, 2048]);
  assert.deepEqual(fitted(20_000, 3), [2048, 1]);
});

test('the line says what is most urgent', () => {
  const fine: Standing = { isPhone: true, isAnybodys: true, waits: 0, refused: 0, differs: 0, others: 0, isSignedOut: false, isAway: false, contactAt: 0 };
  assert.equal(lineOf(fine), 'sent');
  assert.equal(lineOf({ ...fine, isAway: true }), 'away');
  assert.equal(lineOf({ ...fine, isAway: true, waits: 2 }), 'waits');
  assert.equal(lineOf({ ...fine, isSignedOut: true, waits: 2 }), 'signed-out');
  assert.equal(lineOf({ ...fine, differs: 1, waits: 2 }), 'differs');
  assert.equal(lineOf({ ...fine, refused: 1, differs: 1, isSignedOut: true }), 'refused');
});

test('ids are of version 7 and sort by their moment', () => {
  const zero = new Uint8Array(10);
  const early = uuid7(1_700_000_000_000, zero.fill(255));
  const late = uuid7(1_700_000_000_001, zero.fill(0));
  assert.match(early, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(early < late);
  assert.equal(late.slice(0, 13), '018bcfe5-6801');
});
