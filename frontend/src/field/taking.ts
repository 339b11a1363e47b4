/**
 * Takes a form marked `data-deed` before it is sent, and has it kept and sent by the worker.
 *
 * ```html
 * <form method="post" data-deed="id" action="…"><input type="hidden" name="id" value="…">…</form>
 * ```
 *
 * With a network it leads where the plain form would have led. Where the
 * worker does not answer, the plain form is sent.
 */
import type { Message, Shown } from '../field_worker.ts';
import type { Pair } from '../lib/outbox.ts';
import { markOf, type Standing } from '../lib/deeds.ts';
import { make, toast, type Tone } from '../enhance/page.ts';
import { ask, converse, door, isPhone, onNews, say, type Listed } from './asking.ts';
import { shrink } from './photographs.ts';

type Given = Extract<Message, { kind: 'take' }>['given'];

const KEPT = 60_000; // milliseconds for a slow phone to encrypt and write a large photograph
const ANSWER = 8_000; // milliseconds that somebody waits for the node before he may go on
const SAID = 'renwang-said';

const addressOf = (form: HTMLFormElement): string => {
  const url = new URL(form.getAttribute('action') || location.href, location.href);
  return url.pathname + url.search;
};
const unseenOf = (form: HTMLFormElement): Pair[] => [...form.querySelectorAll<HTMLInputElement>('input[type="hidden"]')].map((one) => [one.name, one.value]);
const isOpen = (form: HTMLFormElement): boolean => form.querySelector('textarea, select, input:not([type="hidden"])') !== null;
const markOfForm = (form: HTMLFormElement): string => markOf(addressOf(form), unseenOf(form), form.dataset['deed'] ?? '');
const pairsOf = (form: HTMLFormElement, pressed: HTMLElement | null): Pair[] => {
  const pairs = [...new FormData(form)].flatMap(([name, value]): Pair[] => (typeof value === 'string' ? [[name, value]] : []));
  return pressed instanceof HTMLButtonElement && pressed.name ? [...pairs, [pressed.name, pressed.value]] : pairs;
};

async function given(form: HTMLFormElement, pressed: HTMLElement | null): Promise<Given> {
  const files: { field: string; name: string; file: Blob }[] = [];
  for (const [field, file] of new FormData(form)) {
    if (file instanceof File && file.size > 0) files.push({ field, name: file.name, file: await shrink(file) });
  }
  const about =
    form.querySelector('textarea')?.value ||
    form.closest('li, .warning-sheet, .card')?.querySelector('.name, h2, h3')?.textContent ||
    document.querySelector('.fieldbar .title')?.textContent ||
    '';
  const content = {
    address: addressOf(form), fields: pairsOf(form, pressed), shownAt: door()?.shown ?? null, page: location.pathname + location.search,
    label: pressed?.textContent?.trim() ?? '', about: about.trim().slice(0, 80), mark: markOfForm(form), idField: form.dataset['deed'] ?? '',
  };
  const replaces = form.dataset['replaces'];
  return { content, files, ...(replaces ? { replaces } : {}) };
}

function sendPlainly(form: HTMLFormElement, pressed: HTMLElement | null): void {
  form.dataset['plain'] = 'yes';
  form.requestSubmit(pressed);
}

/** Lead on, and say on the next page what came of it. */
function leadOn(address: string, text: string, tone: Tone): void {
  sessionStorage.setItem(SAID, JSON.stringify({ text, tone }));
  location.assign(address || location.href);
}

function callout(form: HTMLFormElement, text: string, ...more: readonly Node[]): void {
  form.querySelector(':scope > .deed-said')?.remove();
  const box = make('div', { class: 'callout callout-bad deed-said', role: 'alert', tabindex: '-1' }, make('div', { class: 'body' }, make('p', {}, text), ...more));
  form.prepend(box);
  box.focus();
}

function refuse(form: HTMLFormElement, pressed: HTMLElement | null, deed: Shown): void {
  form.dataset['replaces'] = deed.id;
  const again = deed.reply?.again ?? [];
  const button = make('button', { type: 'button', class: 'button' }, say('again_anyway'));
  button.addEventListener('click', () => {
    for (const [name, value] of again) form.append(make('input', { type: 'hidden', name, value }));
    form.requestSubmit(pressed);
  });
  callout(form, deed.reply?.sentence || say('refused'), ...(again.length > 0 ? [button] : []));
}

function full(form: HTMLFormElement, pressed: HTMLElement | null): void {
  const button = make('button', { type: 'button', class: 'button' }, say('send_plainly'));
  button.addEventListener('click', () => sendPlainly(form, pressed));
  callout(form, say('full'), button);
}

/** Say beside a form that what was done with it is kept; one that has nothing to fill in is done with. */
function note(form: HTMLFormElement, deed: Pick<Shown, 'id'>, label: string): void {
  const words = label ? say('kept_here', { act: label }) : say('kept_short');
  const mark = make('p', { class: 'deed-kept', 'data-deed-kept': deed.id }, words);
  if (isOpen(form)) form.before(mark);
  else form.replaceWith(mark);
}

async function act(form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  const taken = await given(form, pressed);
  let isKept = false;
  let deed: Shown | null = null;
  let id = '';
  let isFull = false;
  const heard = (said: unknown): boolean | number => {
    const news = said as { kept?: boolean; isFull?: boolean; id?: string; outcome?: Shown | null } | null;
    if (news?.kept === undefined) {
      deed = news?.outcome ?? null;
      return true;
    }
    isKept = news.kept;
    isFull = news.isFull ?? false;
    id = news.id ?? '';
    return !isKept || !navigator.onLine || ANSWER;
  };
  const how = await converse({ kind: 'take', given: taken }, heard, KEPT);
  const outcome = deed as Shown | null;
  if (isFull) return full(form, pressed);
  // Whether it was kept is not known: sent plainly as well, it could happen twice.
  if (!isKept && how === 'silent') return callout(form, say('unsure'));
  if (!isKept) return sendPlainly(form, pressed);
  if (outcome?.state === 'refused') return refuse(form, pressed, outcome);
  if (outcome?.state === 'taken') return leadOn(outcome.reply?.address ?? '', outcome.reply?.sentence ?? '', 'good');
  if (outcome?.state === 'differs') return leadOn(outcome.reply?.address ?? '', outcome.reply?.sentence || say('differs'), 'attention');
  toast(say('kept'), 'attention');
  note(form, { id }, taken.content.label);
  document.querySelector(`[data-deed-kept="${id}"]`)?.scrollIntoView({ block: 'center' });
  delete form.dataset['replaces'];
  form.reset();
}

function take(event: SubmitEvent): void {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.dataset['deed'] === undefined) return;
  if (!isPhone() || form.dataset['plain'] === 'yes') return;
  event.preventDefault();
  if (form.dataset['taking'] === 'yes') return; // a thumb that trembles presses once
  const pressed = event.submitter;
  form.dataset['taking'] = 'yes';
  pressed?.setAttribute('aria-busy', 'true');
  void act(form, pressed)
    .catch(() => callout(form, say('unsure')))
    .finally(() => {
      delete form.dataset['taking'];
      pressed?.removeAttribute('aria-busy');
    });
}

/** Show at each form what was done with it and still waits. */
export async function showKept(): Promise<void> {
  await correct();
  const listed = await ask<Listed>({ kind: 'list' });
  const waiting = listed?.deeds.filter((deed) => deed.state === 'waits') ?? [];
  const forms = [...document.querySelectorAll<HTMLFormElement>('form[data-deed]')];
  for (const deed of waiting) {
    if (document.querySelector(`[data-deed-kept="${deed.id}"]`)) continue;
    const form = forms.find((one) => markOfForm(one) === deed.content.mark);
    if (form) note(form, deed, deed.content.label);
  }
  const news = [...document.querySelectorAll<HTMLElement>('[data-deed-kept]')].flatMap((mark) => listed?.deeds.filter((deed) => deed.id === mark.dataset['deedKept'] && deed.state !== 'waits') ?? []);
  for (const deed of news) {
    document.querySelector(`[data-deed-kept="${deed.id}"]`)?.remove();
    toast(deed.reply?.sentence || say(`state_${deed.state}`), deed.state === 'taken' ? 'good' : 'attention');
  }
  if (news.length > 0 && !isBeingFilledIn(forms)) location.reload();
}

function isBeingFilledIn(forms: readonly HTMLFormElement[]): boolean {
  return forms.some((form) => [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input:not([type="hidden"]), textarea')].some((field) => (field instanceof HTMLInputElement && field.type === 'file' ? field.value !== '' : field.value !== field.defaultValue)));
}

/** Fill a refused deed into its form again, so that it can be put right: `#deed=<id>` in the address says which. */
async function correct(): Promise<void> {
  const id = /^#deed=([0-9a-f-]+)$/.exec(location.hash)?.[1];
  const deed = id ? await ask<Shown>({ kind: 'deed', id }) : null;
  if (deed?.state !== 'refused') return;
  history.replaceState(null, '', location.pathname + location.search);
  const forms = [...document.querySelectorAll<HTMLFormElement>('form[data-deed]')];
  const form = forms.find((one) => markOfForm(one) === deed.content.mark) ?? forms.find((one) => addressOf(one) === deed.content.address);
  if (!form) return toast(deed.reply?.sentence || say('refused'), 'bad');
  for (const [name, value] of deed.content.fields) {
    for (const field of form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = field.value === value;
      else if (field.type !== 'hidden' && field.tagName !== 'BUTTON') field.value = value;
    }
  }
  form.closest('details')?.setAttribute('open', '');
  refuse(form, null, deed);
}

/** Say what the deed before came to. */
function sayLast(): void {
  const said = sessionStorage.getItem(SAID);
  sessionStorage.removeItem(SAID);
  if (said === null) return;
  const { text, tone } = JSON.parse(said) as { text: string; tone: Tone };
  if (text) toast(text, tone);
}

export function startTaking(): void {
  sayLast();
  document.addEventListener('submit', take);
  onNews((standing: Standing) => {
    if (document.querySelector('[data-deed-kept]') || standing.waits > 0) void showKept();
  });
}
