/**
 * The keyboard: `/` searches, `g` and a letter goes somewhere, `j` and `k` walk
 * through the rows of a table, Enter opens one, `?` lists all this.
 *
 * ```html
 * <input type="search" data-search="here"> <a data-go="w" href="/desk/alerts/">…</a>
 * <table data-rows><tr data-href="/desk/units/7">… <a href="tel:…" data-key="c">…</a></tr></table>
 * ```
 *
 * A letter in `data-key` presses that element: the one in the row where one
 * stands, else the first on the page.
 */
import { KeyReader } from '../lib/keys.ts';
import { make, words } from './page.ts';

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, select, textarea'));
}

function search(): boolean {
  const field =
    document.querySelector<HTMLInputElement>('main [data-search]') ?? document.querySelector<HTMLInputElement>('[data-search]');
  field?.focus();
  field?.select();
  return field !== null;
}

function goTo(letter: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`[data-go="${CSS.escape(letter)}"]`);
  link?.click();
  return link !== null;
}

function stepRow(step: 1 | -1): boolean {
  const table = document.activeElement?.closest('[data-rows]') ?? document.querySelector('main [data-rows]');
  const rows = [...(table?.querySelectorAll<HTMLElement>('tbody tr:is([data-href], [data-unit])') ?? [])];
  if (rows.length === 0) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
  next?.setAttribute('tabindex', '0');
  next?.focus();
  return true;
}

function openRow(row: HTMLElement): void {
  const link = row.querySelector<HTMLAnchorElement>('a[href]');
  const href = row.dataset['href'];
  if (link !== null) link.click();
  else if (href) window.location.assign(href);
}

function press(letter: string): boolean {
  if (!/^[a-z]$/.test(letter)) return false;
  const wanted = `[data-key="${letter}"]`;
  const element =
    document.activeElement?.closest('tr')?.querySelector<HTMLElement>(wanted) ?? document.querySelector<HTMLElement>(`main ${wanted}`);
  element?.click();
  return element !== null;
}

/** The letters that press something on this page, each with the words of what it presses. */
function pressed(): [string, string][] {
  const found = new Map<string, string>();
  for (const element of document.querySelectorAll<HTMLElement>('main [data-key]')) {
    const letter = element.dataset['key'] ?? '';
    if (!found.has(letter)) found.set(letter, element.title || (element.textContent?.trim() ?? ''));
  }
  return [...found];
}

function help(): boolean {
  const line = (keys: readonly string[], text: string): Node[] => [
    make('span', {}, ...keys.flatMap((key) => [make('kbd', {}, key), ' '])),
    make('span', {}, text),
  ];
  const places = [...document.querySelectorAll<HTMLElement>('[data-go]')].flatMap((link) =>
    line(['g', link.dataset['go'] ?? ''], words().shortcut_go.replace('{place}', link.textContent?.trim() ?? '')),
  );
  const dialog = make(
    'dialog',
    { class: 'dialog', 'aria-label': words().shortcuts },
    make('div', { class: 'head' }, make('h2', {}, words().shortcuts)),
    make(
      'div',
      { class: 'body' },
      make(
        'div',
        { class: 'shortcuts' },
        ...line(['/'], words().shortcut_search),
        ...line(['j', 'k'], words().shortcut_rows),
        ...line(['↵'], words().shortcut_open),
        ...pressed().flatMap(([letter, text]) => line([letter], text)),
        ...places,
        ...line(['?'], words().shortcut_help),
      ),
    ),
    make('form', { method: 'dialog', class: 'foot' }, make('button', { class: 'button' }, words().close)),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return true;
}

export function startKeyboard(): void {
  const reader = new KeyReader();
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.matches('tr')) {
      openRow(event.target);
      return;
    }
    const command = reader.read(event.key, event.timeStamp);
    if (command === null) {
      if (event.key !== 'g' && press(event.key)) event.preventDefault();
      return;
    }
    const isDone =
      command.kind === 'search'
        ? search()
        : command.kind === 'help'
          ? help()
          : command.kind === 'go'
            ? goTo(command.letter)
            : stepRow(command.step);
    if (isDone) event.preventDefault();
  });
}
