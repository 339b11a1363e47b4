/**
 * What a phone keeps, in IndexedDB: deeds and their files, pages, and for each
 * person one key that script can use and cannot read out. Everything that
 * somebody wrote or saw is sealed with it (AES-GCM, 256 bits).
 */
import type { Pair, Reading, State } from '../lib/outbox.ts';

export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** A file of a deed; it goes up under its own id before the deed is sent. */
export interface Attached {
  readonly field: string;
  readonly upload: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** What a deed says; sealed at rest. */
export interface Content {
  readonly address: string;
  readonly fields: readonly Pair[];
  readonly files: readonly Attached[];
  readonly shownAt: number | null;
  /** The page it was done on, what it is called there, and which form it was. */
  readonly page: string;
  readonly label: string;
  readonly about: string;
  readonly mark: string;
  readonly idField: string;
}

/** What the node answered; sealed at rest. */
export interface Reply {
  readonly sentence: string;
  readonly address: string;
  readonly again?: readonly Pair[];
}

export interface Deed {
  readonly id: string;
  readonly person: string;
  readonly number: number;
  readonly state: State;
  readonly done: Reading;
  readonly content: Sealed;
  readonly reply?: Sealed;
  readonly answeredAt?: number;
}

export interface StoredFile extends Sealed {
  readonly id: string;
  readonly deed: string;
}

export interface Page extends Sealed {
  readonly address: string;
  readonly person: string;
  readonly type: string;
  readonly at: number;
  readonly named: boolean;
  readonly isPicture: boolean;
}

/** What is known of one person's phone. */
export interface Phone {
  readonly person: string;
  readonly phone: string;
  /** What its person reads in the list of his phones. */
  readonly name: string;
  readonly next: number;
  readonly contactAt: number;
  readonly ahead: number | null;
  readonly packAt: number;
}

/** Who uses this phone now, in which language, and how the node took it last. */
export interface Now {
  readonly person: string;
  readonly language: string;
  readonly token: string;
  readonly isSignedOut: boolean;
  readonly isAway: boolean;
}

const STORES = { meta: undefined, keys: undefined, phones: 'person', deeds: 'id', files: 'id', pages: ['person', 'address'] } as const;
export type Store = keyof typeof STORES;

export const NAME = 'renwang-field';
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        asked.result.createObjectStore(name, keyPath === undefined ? {} : { keyPath: keyPath as string | string[] });
      }
    };
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = null;
      };
      asked.result.onclose = () => {
        opened = null;
      };
      resolve(asked.result);
    };
  });
  opened.catch(() => {
    opened = null;
  });
  return opened;
}

/** Wait for what one request brings. */
export function got<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Change several stores at once or none. It is on the disk when this returns.
 * `change` may wait for nothing but `got`. Rejects with QuotaExceededError when the phone is full.
 */
export async function change<T>(stores: readonly Store[], deed: (store: (name: Store) => IDBObjectStore) => Promise<T>): Promise<T> {
  const transaction = (await open()).transaction(stores, 'readwrite', { durability: 'strict' });
  const over = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'));
  });
  over.catch(() => undefined); // heard below, once `deed` is through
  try {
    const result = await deed((name) => transaction.objectStore(name));
    await over;
    return result;
  } catch (trouble) {
    await over;
    throw trouble;
  }
}

async function reading(name: Store): Promise<IDBObjectStore> {
  return (await open()).transaction(name).objectStore(name);
}

export async function one<T>(name: Store, key: IDBValidKey): Promise<T | undefined> {
  return (await got((await reading(name)).get(key))) as T | undefined;
}

export async function all<T>(name: Store, within?: IDBKeyRange): Promise<T[]> {
  return (await got((await reading(name)).getAll(within))) as T[];
}

export async function put(name: Store, value: unknown, key?: IDBValidKey): Promise<void> {
  await change([name], async (store) => got(store(name).put(value, key)));
}

/** All pages of one person. */
export function pagesOf(person: string): IDBKeyRange {
  return IDBKeyRange.bound([person], [person, []]);
}

/** Make the key of a person who lets this phone in. Nothing else makes one: what was wiped stays unreadable. */
export async function makeKey(person: string): Promise<void> {
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await change(['keys'], async (store) => {
    if (!(await got(store('keys').get(person)))) await got(store('keys').put(made, person));
  });
}

async function keyOf(person: string): Promise<CryptoKey> {
  const key = await one<CryptoKey>('keys', person);
  if (!key) throw new DOMException('', 'NotFoundError');
  return key;
}

export async function seal(person: string, plain: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(person), plain);
  return { iv, data };
}

export async function unseal(person: string, sealed: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, await keyOf(person), sealed.data);
}

export async function sealJson(person: string, value: unknown): Promise<Sealed> {
  return seal(person, new TextEncoder().encode(JSON.stringify(value)));
}

export async function unsealJson<T>(person: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await unseal(person, sealed))) as T;
}

export const who = (): Promise<Now | undefined> => one<Now>('meta', 'now');

/** Change what is known about who uses this phone; nothing where nobody does. */
export async function note(part: Partial<Now>): Promise<void> {
  const known = await who();
  if (!known || Object.entries(part).every(([key, value]) => known[key as keyof Now] === value)) return;
  await change(['meta'], async (store) => {
    const now = (await got(store('meta').get('now'))) as Now | undefined;
    if (now) await got(store('meta').put({ ...now, ...part }, 'now'));
  });
}

export async function notePhone(person: string, part: Partial<Phone>): Promise<void> {
  await change(['phones'], async (store) => {
    const phone = (await got(store('phones').get(person))) as Phone | undefined;
    if (phone) await got(store('phones').put({ ...phone, ...part }));
  });
}

/** Forget the pages of one person; his deeds and his key stay. */
export async function forgetPages(person: string): Promise<void> {
  await change(['pages'], async (store) => got(store('pages').delete(pagesOf(person))));
}

/** Forget everything of one person. What was sealed cannot be read any more, wherever a copy of it lies. */
export async function forgetPerson(person: string): Promise<void> {
  await change(['meta', 'keys', 'phones', 'deeds', 'files', 'pages'], async (store) => {
    const deeds = (await got(store('deeds').getAll())) as Deed[];
    const own = new Set(deeds.filter((deed) => deed.person === person).map((deed) => deed.id));
    const files = (await got(store('files').getAll())) as StoredFile[];
    for (const file of files) if (own.has(file.deed)) store('files').delete(file.id);
    for (const id of own) store('deeds').delete(id);
    store('pages').delete(pagesOf(person));
    store('phones').delete(person);
    store('keys').delete(person);
    const now = (await got(store('meta').get('now'))) as Now | undefined;
    if (now?.person === person) await got(store('meta').delete('now'));
  });
}
