/** How a window of the field door asks its worker, and what it knows of the page it shows. */
import type { Message, Shown } from '../field_worker.ts';
import type { Standing } from '../lib/deeds.ts';

/** The sentences of the field door, from the `field-words` element. */
export type FieldWords = Readonly<Record<string, string>>;

let kept: FieldWords | null = null;

export function say(key: string, filled: Readonly<Record<string, string | number>> = {}): string {
  kept ??= JSON.parse(document.getElementById('field-words')?.textContent ?? '{}') as FieldWords;
  const text = (filled['n'] === 1 ? kept[`${key}_one`] : undefined) ?? kept[key] ?? '';
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(filled[name] ?? whole));
}

export interface Door {
  readonly person: string;
  readonly shown: number | null;
  readonly token: string;
  /** The page comes from what the phone has kept. */
  readonly isKept: boolean;
}

/** Whose page this is; null on a page of another door, and on those that name nobody. */
export function door(): Door | null {
  const { person, shown, token, kept: isKept } = document.getElementById('field-door')?.dataset ?? {};
  if (!person) return null;
  return { person, shown: shown ? Number(shown) : null, token: token ?? '', isKept: isKept === 'yes' };
}

const MARK = 'renwang-phone';

/** Whether this browser keeps things for whoever is signed in; known at once, before the worker is asked. */
export function isPhone(): boolean {
  return localStorage.getItem(MARK) === 'yes';
}

/**
 * Whether it keeps anything for anybody: what somebody else did here still has to go out when he comes back.
 * A browser that was killed may have lost the mark, not the worker.
 */
export async function keepsAnything(): Promise<boolean> {
  return localStorage.getItem(MARK) !== null || (await worker()) !== null;
}

export function markPhone({ isPhone: is, isAnybodys }: Pick<Standing, 'isPhone' | 'isAnybodys'>): void {
  if (is || isAnybodys) localStorage.setItem(MARK, is ? 'yes' : 'other');
  else localStorage.removeItem(MARK);
}

export function canKeep(): boolean {
  return 'serviceWorker' in navigator && 'indexedDB' in window && 'locks' in navigator && Boolean(crypto.subtle);
}

async function worker(): Promise<ServiceWorker | null> {
  const registration = await navigator.serviceWorker.getRegistration('/field/').catch(() => undefined);
  return registration?.active ?? null;
}

/** Begin the worker and wait until it can be asked. */
export async function startWorker(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' });
  const starting = registration.installing ?? registration.waiting;
  if (registration.active || !starting) return;
  await new Promise<void>((resolve) => {
    starting.addEventListener('statechange', () => starting.state === 'activated' && resolve());
  });
}

const PATIENCE = 20_000; // milliseconds until a worker that says nothing counts as absent

/** How a conversation ended: nobody was there, nothing more came in time, or all was said. */
export type Ended = 'absent' | 'silent' | 'said';

/** Ask the worker; every answer is handed to `heard` until that returns true. A number it returns is the new patience. */
export async function converse(message: Message, heard: (said: unknown) => boolean | number, patience = PATIENCE): Promise<Ended> {
  const asked = await worker();
  if (!asked) return 'absent';
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const end = (how: Ended): void => {
      window.clearTimeout(timer);
      port1.close();
      resolve(how);
    };
    let timer = window.setTimeout(end, patience, 'silent');
    port1.onmessage = (event) => {
      const more = heard(event.data);
      if (more === true) return end('said');
      if (more === false) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(end, more, 'silent');
    };
    asked.postMessage(message, [port2]);
  });
}

/** Ask the worker for one thing; null when it says nothing. */
export async function ask<T>(message: Message): Promise<T | null> {
  let said: T | null = null;
  await converse(message, (heard) => {
    said = heard as T | null;
    return true;
  });
  return said;
}

export interface Listed {
  readonly deeds: readonly Shown[];
  readonly pages: readonly { readonly address: string; readonly title: string; readonly at: number }[];
  readonly standing: Standing;
}

/** Hear whenever the worker says that something has changed. */
export function onNews(heard: (standing: Standing) => void): void {
  new BroadcastChannel('renwang-field').addEventListener('message', (event) => heard(event.data as Standing));
}
