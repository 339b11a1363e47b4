/**
 * What a resident's device keeps for the hour in which the node cannot be
 * reached: which pages, how many, and how a kept page says that it is one.
 * Knows neither network nor storage.
 */

/** So many pages are kept; the ones longest not seen go first. */
export const KEPT_PAGES = 30;

const KEPT = /^\/($|places\/|alerts\/|bulletins\/|questions\/)/;
const NEVER = /\/ask\/$|\.atom$|\.cap$/;

/** Whether a page may be kept: those for everybody; never one that belongs to a person, a desk or a form. */
export function isKept(path: string): boolean {
  return KEPT.test(path) && !NEVER.test(path);
}

/** Whether a file of the front end may be kept for good: its name changes with its content. */
export function isAsset(path: string): boolean {
  return path.startsWith('/static/');
}

/** Whether a page is that of a place, to which one is led when another page was not kept. */
export function isPlace(path: string): boolean {
  return /^\/($|places\/[^/]+\/$)/.test(path);
}

/** Whether an answer is one of the node itself, and not of what stands before it. */
export function isAnswer(status: number): boolean {
  return status > 0 && status < 500;
}

/** Let the line show that says from when a kept page is; it stands in the page already, with its moment. */
export function sayKept(html: string): string {
  return html.replace(/(<div class="banner banner-offline" id="kept"[^>]*?) hidden>/, '$1>');
}

/** Name the pages to forget: all beyond the number kept, the first in the list first. */
export function toForget(addresses: readonly string[]): readonly string[] {
  return addresses.slice(0, Math.max(0, addresses.length - KEPT_PAGES));
}
