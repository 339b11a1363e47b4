/**
 * What every enhancer needs of the page: its words, its language, its toasts.
 */
import type { SpanWords } from '../lib/spans.ts';

export interface Words {
  readonly spans: SpanWords;
  readonly cancel: string;
  readonly confirm: string;
  readonly close: string;
  readonly copied: string;
  readonly not_copied: string;
  readonly live: string;
  readonly paused: string;
  readonly offline: string;
  readonly trouble: string;
  readonly refused: string;
  readonly shortcuts: string;
  readonly shortcut_search: string;
  readonly shortcut_help: string;
  readonly shortcut_rows: string;
  readonly shortcut_open: string;
  readonly shortcut_go: string;
  readonly files_chosen: string;
  readonly signing_out: string;
  readonly map_refused: string;
  readonly map_area: string;
  readonly map_all: string;
  readonly map_in: string;
  readonly map_out: string;
  readonly draw_polygon: string;
  readonly draw_circle: string;
  readonly draw_clear: string;
  readonly edit_before: string;
  readonly edit_next: string;
  readonly edit_remove: string;
  readonly edit_undo: string;
  readonly edit_ring: string;
  readonly edit_line: string;
  readonly chart_refused: string;
  readonly key_refused: string;
  readonly key_known: string;
  readonly key_unsafe: string;
  readonly key_unable: string;
  readonly key_trouble: string;
}

/**
 * Milliseconds by which the node's zone is ahead of UTC, from the moment the
 * page was made at. What scripts write says the same hour as the rest of the page.
 */
export function zoneShift(): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(document.documentElement.dataset['now'] ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

let kept: Words | null = null;

/** The sentences of the page, from its `words` element. */
export function words(): Words {
  kept ??= JSON.parse(document.getElementById('words')?.textContent ?? '{}') as Words;
  return kept;
}

/** Make an element with attributes and children; text is never read as HTML. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export type Tone = 'good' | 'attention' | 'bad' | 'info';

const STAY = 6000;

/** Say something at the edge of the page for a while; what is bad stays until it is clicked away. */
export function toast(text: string, tone: Tone = 'info'): void {
  const place = document.getElementById('toasts');
  if (place === null) return;
  const close = make('button', { type: 'button', class: 'button button-quiet button-small', 'aria-label': words().close }, '×');
  const box = make('div', { class: `toast toast-${tone}` }, make('p', {}, text), close);
  close.addEventListener('click', () => box.remove());
  place.append(box);
  if (tone !== 'bad') window.setTimeout(() => box.remove(), STAY);
}

/**
 * Toasts: whoever dispatches `renwang:toast` on the document is heard, and what
 * arrives by htmx with `data-toast` is shown.
 *
 * ```html
 * <p data-toast="good">The knock was recorded.</p>
 * ```
 */
export function startToasts(): void {
  document.addEventListener('renwang:toast', (event) => {
    const { text, tone } = (event as CustomEvent<{ text: string; tone?: Tone }>).detail;
    toast(text, tone);
  });
  document.addEventListener('htmx:load', (event) => {
    const arrived = event.target;
    if (!(arrived instanceof HTMLElement)) return;
    const marked = arrived.matches('[data-toast]') ? [arrived] : arrived.querySelectorAll<HTMLElement>('[data-toast]');
    for (const element of marked) {
      toast(element.textContent?.trim() ?? '', element.dataset['toast'] as Tone);
      element.remove();
    }
  });
  document.addEventListener('htmx:responseError', (event) => {
    const status = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail.xhr?.status;
    toast(status === 403 ? words().refused : words().trouble, 'bad');
  });
  document.addEventListener('htmx:sendError', () => toast(words().trouble, 'bad'));
}
