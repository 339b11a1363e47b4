import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast } from '../lib/contrast.ts';
import { PAIRS, THEMES, tokensAsCss } from './tokens.ts';

for (const [theme, palette] of Object.entries(THEMES)) {
  test(`every declared pair of the ${theme} theme can be told apart`, () => {
    const weak = PAIRS.map(([front, back, least]) => ({
      pair: `${front} on ${back}`,
      ratio: contrast(palette[front], palette[back]),
      least,
    })).filter(({ ratio, least }) => ratio < least);
    assert.deepEqual(weak, []);
  });
}

test('contrast is 21 between black and white and 1 between equals', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#0a6b5c', '#0a6b5c'), 1);
});

test('a colour that is no colour is refused', () => {
  assert.throws(() => contrast('red', '#ffffff'), TypeError);
});

test('the device decides only where the page says auto', () => {
  assert.match(tokensAsCss(), /prefers-color-scheme:dark\)\{:root\[data-theme="auto"\]/);
});
