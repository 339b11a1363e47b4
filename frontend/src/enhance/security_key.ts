/** A security key that did not work says so in the page, beside the button that was pressed. */
import { keyTrouble } from '../lib/key_troubles.ts';
import { make, words } from './page.ts';

const BUTTONS = '#mfa_webauthn_authenticate, #mfa_webauthn_reauthenticate, #mfa_webauthn_add';

/** Listen for what the sign-in library would only write into the console. */
export function startSecurityKey(): void {
  document.addEventListener('allauth.error', (event) => {
    const { tags, exception } = (event as CustomEvent<{ tags: readonly string[]; exception: unknown }>).detail;
    if (!tags.includes('webauthn')) return;
    event.preventDefault();
    say(words()[keyTrouble(exception)]);
  });
}

function say(sentence: string): void {
  document.getElementById('key-trouble')?.remove();
  const box = make('div', { id: 'key-trouble', class: 'callout callout-bad', role: 'alert' }, make('div', { class: 'body' }, make('p', {}, sentence)));
  const button = document.querySelector(BUTTONS);
  if (button !== null) button.before(box);
  else document.querySelector('main')?.prepend(box);
}
