/** Why a security key did not work, by the name of the browser's exception. */

export type KeyTrouble = 'key_refused' | 'key_known' | 'key_unsafe' | 'key_unable' | 'key_trouble';

const TROUBLES: ReadonlyMap<string, KeyTrouble> = new Map([
  // Browsers tell a page no more than this of a cancelled, overdue or foreign key, and are right to.
  ['NotAllowedError', 'key_refused'],
  ['AbortError', 'key_refused'],
  ['InvalidStateError', 'key_known'],
  ['SecurityError', 'key_unsafe'],
  ['NotSupportedError', 'key_unable'],
  ['ConstraintError', 'key_unable'],
  ['TypeError', 'key_unable'], // no navigator.credentials at all
]);

/** Choose the sentence for an exception; one nobody knows gets a general one. */
export function keyTrouble(exception: unknown): KeyTrouble {
  const name = exception instanceof Object && 'name' in exception ? String(exception.name) : '';
  return TROUBLES.get(name) ?? 'key_trouble';
}
