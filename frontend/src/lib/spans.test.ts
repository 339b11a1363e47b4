import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ago, due, measure, type SpanWords } from './spans.ts';

interface Vectors {
  readonly words: SpanWords;
  readonly ago: readonly { seconds: number; says: string | null }[];
  readonly due: readonly { seconds: number; says: string; late: boolean }[];
}

// The tests run in `frontend/build`; the vectors are shared with pytest.
const path = new URL('../../../tests/frontend/vectors/ago.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
const NOW = Date.UTC(2026, 6, 15, 8, 0, 0);

test('the past is said as the server says it', () => {
  for (const { seconds, says } of vectors.ago) {
    assert.equal(ago(NOW - seconds * 1000, NOW, vectors.words), says, `${seconds} s ago`);
  }
});

test('deadlines are said as the server says them', () => {
  for (const { seconds, says, late } of vectors.due) {
    assert.deepEqual(due(NOW + seconds * 1000, NOW, vectors.words), [says, late], `in ${seconds} s`);
  }
});

test('a span is at least a minute', () => {
  assert.deepEqual(measure(0), ['minute', 1]);
});
