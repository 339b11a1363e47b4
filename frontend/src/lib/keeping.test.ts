import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEPT_FOR, SEEN_PAGES, SEEN_PICTURES, filesIn, isFile, isNode, isPage, isStale, mayKeep, personOf, sayMissing, sayWhen, toForget, withoutSaid } from './keeping.ts';

test('pages of the field door are kept, and of no other', () => {
  for (const path of ['/field/', '/field/calls/7/', '/field/cases/RW-1/', '/field/map/', '/field/map.json']) assert.ok(mayKeep(path), path);
  for (const path of ['/desk/', '/', '/account/login/', '/api/v1/cases', '/fields/']) assert.ok(!mayKeep(path), path);
});

test('what the phone and the node say to each other is never kept', () => {
  for (const path of ['/field/deeds/', '/field/uploads/x/', '/field/pack/', '/field/live/', '/field/looked/', '/field/worker.js']) {
    assert.ok(!mayKeep(path), path);
  }
});

test('a page that must not be stored is not, nor is a refusal', () => {
  const page = { status: 200, type: 'text/html; charset=utf-8', caching: null };
  assert.ok(isPage(page));
  assert.ok(!isPage({ ...page, caching: 'private, no-store' }));
  assert.ok(!isPage({ ...page, status: 403 }) && !isPage({ ...page, type: 'application/json' }) && !isPage({ ...page, type: null }));
});

test('files and answers of the node are told from others', () => {
  assert.ok(isFile('/static/dist/a.js') && !isFile('/field/worker.js'));
  assert.ok(isNode(404) && !isNode(502));
});

test('a page says whose it is', () => {
  assert.equal(personOf('<main></main><div id="field-door" hidden data-person="0f-1" data-shown="7">'), '0f-1');
  assert.equal(personOf('<div data-person="x">'), null);
});

test('a kept page says since when, and not what was said when it was made', () => {
  const html = '<div class="banner banner-offline" id="kept" role="status" hidden><p>x</p></div><div id="field-door" data-person="a"><!--said--><p>Done</p><!--/said--><p hidden>';
  const shown = sayWhen(withoutSaid(html));
  assert.equal(shown, '<div class="banner banner-offline" id="kept" role="status"><p>x</p></div><div id="field-door" data-kept="yes" data-person="a"><p hidden>');
});

test('the list says that it stands for another page', () => {
  assert.match(sayMissing('<div id="field-kept">'), /data-missing="yes"/);
});

test('the files a page needs are read from it, each once', () => {
  assert.deepEqual(filesIn('<link href="/static/a.css"><use href="/static/i.svg#x"/><use href="/static/i.svg#y"/><img src="/field/p/">'), ['/static/a.css', '/static/i.svg']);
});

test('what the node names stays; the rest is bounded', () => {
  const seen = Array.from({ length: SEEN_PAGES + 2 }, (_, at) => ({ address: `/${at}`, named: false, isPicture: false, at }));
  const named = Array.from({ length: 200 }, (_, at) => ({ address: `/n${at}`, named: true, isPicture: false, at: 0 }));
  const pictures = Array.from({ length: SEEN_PICTURES + 1 }, (_, at) => ({ address: `/p${at}`, named: false, isPicture: true, at }));
  assert.deepEqual(toForget([...named, ...seen, ...pictures]).map((one) => one.address), ['/1', '/0', '/p0']);
});

test('after seven days without contact everything kept is old', () => {
  assert.ok(!isStale(0, KEPT_FOR) && isStale(0, KEPT_FOR + 1));
});
