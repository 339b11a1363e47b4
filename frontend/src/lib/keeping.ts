/**
 * What a phone keeps of the field door for the hour without a network: which
 * pages, for how long, and how a kept page says that it is one.
 * Knows neither network nor storage.
 */

/** A phone that has not reached the node for so many milliseconds wipes the pages it keeps. */
export const KEPT_FOR = 7 * 24 * 3_600_000;

/** So many pages that were looked at, and pictures, are kept beyond those that the node names. */
export const SEEN_PAGES = 40;
export const SEEN_PICTURES = 60;

/** The page that shows what is kept; it names nobody and is kept as it is. */
export const LIST = '/field/kept/';

const NEVER = /^\/field\/(kept|live|pack|deeds|uploads|phones|looked|worker\.js|app\.webmanifest|files\.json)(\/|$)/;

/** Whether a page of this address may be kept. */
export function mayKeep(path: string): boolean {
  return path.startsWith('/field/') && !NEVER.test(path);
}

/** Whether a file belongs to the front end; its name changes with its content. */
export function isFile(path: string): boolean {
  return path.startsWith('/static/');
}

/** Whether an answer says what the page is now; a gateway that finds no node does not. */
export function isNode(status: number): boolean {
  return status < 500;
}

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly caching: string | null;
}

/** Whether an answer can be kept as a page of the field door. */
export function isPage({ status, type, caching }: Answer): boolean {
  return status === 200 && (type ?? '').startsWith('text/html') && !(caching ?? '').includes('no-store');
}

/** Whose page this is; null when it is nobody's of the field door. */
export function personOf(html: string): string | null {
  return /<div id="field-door"[^>]*? data-person="([^"]+)"/.exec(html)?.[1] ?? null;
}

/** Leave out what the last deed came to: it was said once, and a page is looked at again. */
export function withoutSaid(html: string): string {
  return html.replace(/<!--said-->[^]*?<!--\/said-->/, '');
}

/** Let the line show that says from when a kept page is; it stands in the page already, with its moment. */
export function sayWhen(html: string): string {
  return html
    .replace(/(<div class="banner banner-offline" id="kept"[^>]*?) hidden>/, '$1>')
    .replace('<div id="field-door"', '<div id="field-door" data-kept="yes"');
}

/** Let the list of what is kept say that it stands here for a page that is not. */
export function sayMissing(html: string): string {
  return html.replace('<div id="field-kept"', '<div id="field-kept" data-missing="yes"');
}

/** Addresses of the files of the front end that a page names. */
export function filesIn(html: string): string[] {
  const found = html.matchAll(/(?:src|href)="(\/static\/[^"#?]+)/g);
  return [...new Set([...found].map((one) => one[1] ?? ''))];
}

export interface Kept {
  readonly address: string;
  /** Named by the node, and so kept until the node does not name it any more. */
  readonly named: boolean;
  readonly isPicture: boolean;
  readonly at: number;
}

/** Name what to forget: pages and pictures beyond the number kept, those longest not seen first. */
export function toForget<One extends Kept>(kept: readonly One[]): One[] {
  const beyond = (isPicture: boolean, number: number): One[] =>
    kept
      .filter((one) => !one.named && one.isPicture === isPicture)
      .sort((a, b) => b.at - a.at)
      .slice(number);
  return [...beyond(false, SEEN_PAGES), ...beyond(true, SEEN_PICTURES)];
}

/** Whether what is kept has become too old without contact. */
export function isStale(contactAt: number, now: number): boolean {
  return now - contactAt > KEPT_FOR;
}
