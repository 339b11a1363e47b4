import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEPT_PAGES, isAnswer, isAsset, isKept, isPlace, sayKept, toForget } from './cached.ts';

test('pages for everybody are kept', () => {
  for (const path of ['/', '/places/U1/', '/places/U1/bulletins/', '/alerts/x/', '/bulletins/RWB-1/', '/questions/RWQ-1/']) {
    assert.ok(isKept(path), path);
  }
});

test('what belongs to a person, a desk or a form is never kept', () => {
  for (const path of ['/asked/', '/asked/0f/', '/places/U1/ask/', '/desk/', '/field/', '/account/login/', '/api/v1/alerts', '/alerts.atom', '/places/U1/alerts.atom', '/alerts/x.cap', '/find']) {
    assert.ok(!isKept(path), path);
  }
});

test('files of the front end and pages of places are told apart', () => {
  assert.ok(isAsset('/static/dist/assets/main.js'));
  assert.ok(!isAsset('/residents.js'));
  assert.ok(isPlace('/') && isPlace('/places/U1/') && !isPlace('/places/U1/bulletins/') && !isPlace('/bulletins/x/'));
});

test('an answer of the proxy that the node is away is none of the node', () => {
  assert.ok(isAnswer(200) && isAnswer(404));
  assert.ok(!isAnswer(502) && !isAnswer(0));
});

test('a kept page says so, and nothing else in it changes', () => {
  const page = '<p hidden>a</p><div class="banner banner-offline" id="kept" role="status" hidden><p>As of 14:05</p></div><b hidden>';
  assert.equal(sayKept(page), '<p hidden>a</p><div class="banner banner-offline" id="kept" role="status"><p>As of 14:05</p></div><b hidden>');
  assert.equal(sayKept('<p hidden>'), '<p hidden>');
});

test('the pages longest not seen are forgotten', () => {
  const pages = Array.from({ length: KEPT_PAGES + 2 }, (_, at) => `/${at}`);
  assert.deepEqual(toForget(pages), ['/0', '/1']);
  assert.deepEqual(toForget(['/']), []);
});
