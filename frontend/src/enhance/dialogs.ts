/**
 * Dialogs: opening, closing, and asking before something is done.
 *
 * ```html
 * <button data-opens="record-knock">…</button> <dialog id="record-knock">…</dialog>
 * <button data-confirm="Everybody in the place will be told. Go on?">…</button>
 * ```
 *
 * A link may carry both `href` and `data-opens`: without script it leads to the page.
 */
import { make, words } from './page.ts';

/** Ask a question; true when the answer is yes. Escape and a click outside are a no. */
export function askFirst(question: string, isDanger: boolean): Promise<boolean> {
  const yes = make('button', { class: `button ${isDanger ? 'button-danger' : 'button-primary'}`, value: 'yes' }, words().confirm);
  const no = make('button', { class: 'button', value: 'no', autofocus: '' }, words().cancel);
  const dialog = make(
    'dialog',
    { class: 'dialog', 'aria-label': question },
    make('form', { method: 'dialog' }, make('div', { class: 'body' }, make('p', {}, question)), make('div', { class: 'foot' }, no, yes)),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close('no');
    });
    dialog.showModal();
  });
}

const agreed = new WeakSet<Element>();

function holdBack(event: Event, asked: HTMLElement, again: () => void): void {
  if (agreed.delete(asked)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const isDanger = asked.classList.contains('button-danger');
  void askFirst(asked.dataset['confirm'] ?? '', isDanger).then((isYes) => {
    if (!isYes) return;
    agreed.add(asked);
    again();
  });
}

export function startDialogs(): void {
  document.addEventListener(
    'click',
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const asked = target?.closest<HTMLElement>('[data-confirm]:not(form)');
      if (asked) holdBack(event, asked, () => asked.click());
    },
    { capture: true },
  );
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset['confirm']) return;
      const submitter = event.submitter;
      holdBack(event, form, () => form.requestSubmit(submitter));
    },
    { capture: true },
  );
  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>('[data-opens]');
    const dialog = document.getElementById(opener?.dataset['opens'] ?? '');
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (target?.closest('[data-closes]')) target.closest('dialog')?.close();
  });
}
