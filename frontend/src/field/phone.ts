/** Letting a phone work without a network, putting the door on its home screen, and wiping it on the way out. */
import { askFirst } from '../enhance/dialogs.ts';
import { toast, words } from '../enhance/page.ts';
import type { Standing } from '../lib/deeds.ts';
import { ask, canKeep, converse, door, isPhone, markPhone, say, startWorker } from './asking.ts';

const NOT_HERE = 'renwang-not-this-phone';
const LONG = 120_000; // milliseconds for fetching everything on a slow network

interface Installing extends Event {
  prompt(): Promise<unknown>;
}
let installing: Installing | null = null;

/** What its person reads in the list of his phones; the node says it better where this is empty. */
function nameOfDevice(): string {
  const hints = (navigator as { userAgentData?: { platform: string; brands: { brand: string }[] } }).userAgentData;
  const brand = hints?.brands.find((one) => !/not.?a.?brand/i.test(one.brand))?.brand;
  return hints && brand ? `${brand} · ${hints.platform}` : '';
}

async function letIn(card: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const here = door();
  if (!here) return;
  button.setAttribute('aria-busy', 'true');
  const said = card.querySelector('[role="status"]');
  if (said) said.textContent = say('setting_up');
  let isLetIn = false;
  try {
    await startWorker();
    await navigator.storage?.persist?.();
    const message = { kind: 'let-in', person: here.person, token: here.token, language: document.documentElement.lang, name: nameOfDevice() } as const;
    await converse(message, (heard) => {
      const news = heard as { isLetIn?: boolean; isRefreshed?: boolean } | null;
      isLetIn = news?.isLetIn ?? isLetIn;
      return news === null || news.isLetIn === false || news.isRefreshed === true;
    }, LONG);
  } catch {
    isLetIn = false;
  }
  button.removeAttribute('aria-busy');
  if (said) said.textContent = isLetIn ? '' : say('not_set_up');
  if (!isLetIn) return;
  markPhone({ isPhone: true, isAnybodys: true });
  card.hidden = true;
  toast(say('set_up'), 'good');
  document.dispatchEvent(new CustomEvent('renwang:phone'));
}

/** The card on the first page that offers to set this phone up. */
export function startCard(): void {
  const card = document.getElementById('phone-card');
  const here = door();
  if (!card || !here || here.isKept || !canKeep()) return;
  const isWanted = location.hash === '#phone-card';
  card.hidden = isPhone() || (localStorage.getItem(NOT_HERE) !== null && !isWanted);
  const button = card.querySelector<HTMLButtonElement>('[data-phone-set-up]');
  button?.addEventListener('click', () => void letIn(card, button));
  card.querySelector('[data-phone-not-here]')?.addEventListener('click', () => {
    localStorage.setItem(NOT_HERE, 'yes');
    card.hidden = true;
  });
}

async function leave(form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  const standing = await ask<Standing>({ kind: 'standing' });
  const open = (standing?.waits ?? 0) + (standing?.refused ?? 0);
  if (open > 0 && !(await askFirst(words().signing_out.replace('{n}', String(open)), true))) return;
  const left = await ask<Standing>({ kind: 'wipe' });
  if (left) markPhone(left);
  form.dataset['wiped'] = 'yes';
  form.requestSubmit(pressed);
}

/** Wipe this phone before its person signs out, wherever he does. */
function startLeaving(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.action.endsWith('/account/logout/')) return;
    if (!isPhone() || form.dataset['wiped'] === 'yes') return;
    event.preventDefault();
    void leave(form, event.submitter);
  });
}

/** Offer to put the door on the home screen where the browser can; elsewhere a sentence says how. */
function startInstalling(): void {
  const show = (): void => {
    const isThere = window.matchMedia('(display-mode: standalone)').matches;
    for (const part of document.querySelectorAll<HTMLElement>('[data-install]')) part.hidden = isThere || installing === null;
    for (const part of document.querySelectorAll<HTMLElement>('[data-install-by-hand]')) part.hidden = isThere || installing !== null;
  };
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installing = event as Installing;
    show();
  });
  window.addEventListener('appinstalled', () => {
    installing = null;
    show();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-install]')) void installing?.prompt();
  });
  show();
}

export function startPhone(): void {
  startLeaving();
  startInstalling();
}
