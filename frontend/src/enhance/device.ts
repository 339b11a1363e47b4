/**
 * What the device can do for a page: copy, print, another theme, files dropped
 * on a form, menus that close when one looks away, the navigation on a phone.
 *
 * ```html
 * <button data-copy="138 0000 0001">…</button> <button data-print>…</button>
 * <form data-theme-switch>…</form> <div data-drop><input type="file"><p data-drop-names></p></div>
 * ```
 */
import { toast, words } from './page.ts';

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(words().copied, 'good');
  } catch {
    // A page without https may not use the clipboard.
    toast(words().not_copied, 'attention');
  }
}

/** Change the theme at once and let the server remember it; without script the same form does both. */
function startThemes(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-theme-switch]')) return;
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    event.preventDefault();
    document.documentElement.dataset['theme'] = pressed.value;
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-theme-switch] button')) {
      button.setAttribute('aria-pressed', String(button.value === pressed.value));
    }
    document.dispatchEvent(new CustomEvent('renwang:theme'));
    void fetch(form.action, { method: 'POST', body: new FormData(form, pressed), redirect: 'manual' });
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    document.dispatchEvent(new CustomEvent('renwang:theme'));
  });
}

function nameFiles(input: HTMLInputElement): void {
  const place = input.closest('[data-drop]')?.querySelector('[data-drop-names]');
  const names = [...(input.files ?? [])].map((file) => file.name).join(', ');
  if (place) place.textContent = names ? words().files_chosen.replace('{names}', names) : '';
}

function startDrops(): void {
  const zoneOf = (event: Event): HTMLElement | null =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-drop]') : null;
  document.addEventListener('dragover', (event) => {
    const zone = zoneOf(event);
    if (zone === null) return;
    event.preventDefault();
    zone.dataset['over'] = 'true';
  });
  document.addEventListener('dragleave', (event) => {
    const zone = zoneOf(event);
    if (zone !== null) delete zone.dataset['over'];
  });
  document.addEventListener('drop', (event) => {
    const zone = zoneOf(event);
    const input = zone?.querySelector<HTMLInputElement>('input[type="file"]');
    const files = event.dataTransfer?.files;
    if (!zone || !input || !files) return;
    event.preventDefault();
    delete zone.dataset['over'];
    input.files = files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  document.addEventListener('change', (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.type === 'file') nameFiles(input);
  });
}

function startMenus(): void {
  const close = (but: Element | null): void => {
    for (const menu of document.querySelectorAll('details[data-menu][open]')) {
      if (menu !== but) menu.removeAttribute('open');
    }
  };
  document.addEventListener('click', (event) => {
    close(event.target instanceof Element ? event.target.closest('details[data-menu]') : null);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = document.activeElement?.closest('details[data-menu][open]');
    close(null);
    menu?.querySelector('summary')?.focus();
    if (window.location.hash === '#rail') window.location.hash = '#main';
  });
}

export function startDevice(): void {
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const copied = target?.closest<HTMLElement>('[data-copy]')?.dataset['copy'];
    if (copied) void copy(copied);
    if (target?.closest('[data-print]')) window.print();
  });
  startThemes();
  startDrops();
  startMenus();
}
