/** The page of what is kept on this phone. It names nobody by itself: the worker fills it in for whoever uses the phone. */
import type { Shown } from '../field_worker.ts';
import { askFirst } from '../enhance/dialogs.ts';
import { make, toast } from '../enhance/page.ts';
import type { Standing } from '../lib/deeds.ts';
import { ask, converse, keepsAnything, markPhone, onNews, say, type Listed } from './asking.ts';
import { clock } from './line.ts';

const LONG = 120_000;

function button(text: string, act: () => void, kind = ''): HTMLButtonElement {
  const made = make('button', { type: 'button', class: `button button-small ${kind}`.trim() }, text);
  made.addEventListener('click', act);
  return made;
}

function actsOn(deed: Shown): (HTMLButtonElement | HTMLAnchorElement)[] {
  const aside = button(say('put_aside'), () => {
    void askFirst(say('put_aside_ask'), true).then(async (isYes) => {
      if (!isYes) return;
      await ask({ kind: 'aside', id: deed.id });
      await draw();
    });
  });
  if (deed.state === 'differs') {
    const look = make('a', { class: 'button button-small button-primary', href: deed.reply?.address || deed.content.page }, say('look'));
    return [look];
  }
  if (deed.state !== 'refused') return [];
  const correct = make('a', { class: 'button button-small button-primary', href: `${deed.content.page}#deed=${deed.id}` }, say('correct'));
  const isAdvice = (deed.reply?.again ?? []).length > 0;
  const again = button(isAdvice ? say('again_anyway') : say('again'), () => void ask({ kind: 'again', id: deed.id }).then(draw));
  return [correct, again, aside];
}

const TONES = { waits: 'attention', taken: 'good', refused: 'bad', differs: 'attention' } as const;

function row(deed: Shown): HTMLElement {
  const name = make('span', { class: 'name', translate: 'no' }, make('span', { class: 'clamp' }, deed.content.label, deed.content.about ? ` · ${deed.content.about}` : ''));
  const times = [say('done_at', { time: clock(deed.doneAt) }), deed.answeredAt ? say('answered_at', { time: clock(deed.answeredAt) }) : ''];
  const files = deed.content.files.length > 0 ? say('with_files', { n: deed.content.files.length }) : '';
  name.append(make('span', { class: 'faint' }, [...times, files].filter(Boolean).join(' · ')));
  const item = make('li', { class: 'errand', 'data-deed-row': deed.id, 'data-deed-state': deed.state }, name);
  item.append(make('span', { class: `state state-${TONES[deed.state]}` }, say(`state_${deed.state}`)));
  if (deed.reply?.sentence) item.append(make('p', { class: 'deed-reply' }, deed.reply.sentence));
  const acts = actsOn(deed);
  if (acts.length > 0) item.append(make('div', { class: 'actions' }, ...acts));
  return item;
}

function fill(id: string, rows: readonly HTMLElement[], empty: string): void {
  const place = document.getElementById(id);
  place?.replaceChildren(...(rows.length > 0 ? rows : [make('li', { class: 'quiet' }, empty)]));
}

async function draw(): Promise<void> {
  const listed = (await keepsAnything()) ? await ask<Listed>({ kind: 'list' }) : null;
  for (const part of document.querySelectorAll<HTMLElement>('[data-when-phone]')) part.hidden = !listed?.standing.isPhone;
  for (const part of document.querySelectorAll<HTMLElement>('[data-when-no-phone]')) part.hidden = listed?.standing.isPhone === true;
  for (const part of document.querySelectorAll<HTMLElement>('[data-when-signed-out]')) part.hidden = !(listed?.standing.isPhone && listed.standing.isSignedOut);
  const others = document.querySelector<HTMLElement>('[data-when-others]');
  if (others) {
    others.hidden = !listed?.standing.others;
    others.textContent = say('others', { n: listed?.standing.others ?? 0 });
  }
  if (!listed) return;
  const contact = document.querySelector('[data-contact]');
  if (contact) contact.textContent = say('contact', { time: clock(listed.standing.contactAt) });
  fill('kept-deeds', listed.deeds.map(row), say('no_deeds'));
  const pages = [...listed.pages].sort((a, b) => a.address.localeCompare(b.address));
  const link = (one: Listed['pages'][number]): HTMLElement => make('li', { class: 'errand' }, make('span', { class: 'name', translate: 'no' }, make('a', { href: one.address }, one.title || one.address)), make('span', { class: 'faint' }, say('kept_at', { time: clock(one.at) })));
  fill('kept-pages', pages.map(link), say('no_pages'));
}

function startButtons(place: HTMLElement): void {
  const refresh = place.querySelector<HTMLButtonElement>('[data-kept-refresh]');
  refresh?.addEventListener('click', () => {
    refresh.setAttribute('aria-busy', 'true');
    void converse({ kind: 'refresh' }, (said) => (said as { isRefreshed?: boolean } | null)?.isRefreshed === true, LONG).then((how) => {
      const isDone = how === 'said';
      refresh.removeAttribute('aria-busy');
      toast(say(isDone && navigator.onLine ? 'refreshed' : 'not_refreshed'), isDone && navigator.onLine ? 'good' : 'attention');
      return draw();
    });
  });
  place.querySelector('[data-kept-wipe]')?.addEventListener('click', () => {
    void askFirst(say('wipe_ask'), true).then(async (isYes) => {
      if (!isYes) return;
      const left = await ask<Standing>({ kind: 'wipe' });
      if (left) markPhone(left);
      await draw();
    });
  });
}

export function startList(): void {
  const place = document.getElementById('field-kept');
  if (!place) return;
  const missing = place.querySelector<HTMLElement>('[data-when-missing]');
  if (missing) missing.hidden = place.dataset['missing'] !== 'yes';
  startButtons(place);
  void draw();
  onNews(() => void draw());
}
