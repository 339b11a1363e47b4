/** What a key means on a page: one key, or `g` and a letter within a moment. */

export type Command =
  | { readonly kind: 'search' }
  | { readonly kind: 'help' }
  | { readonly kind: 'row'; readonly step: 1 | -1 }
  | { readonly kind: 'go'; readonly letter: string };

const PATIENCE = 1500;

/** Reads keys one after another and remembers a `g` for a moment. Times are milliseconds. */
export class KeyReader {
  #went: number | null = null;

  /** Null: the key means nothing here and must be left to the page. */
  read(key: string, at: number): Command | null {
    const isGoing = this.#went !== null && at - this.#went <= PATIENCE;
    this.#went = null;
    if (isGoing && /^[a-z0-9]$/.test(key)) return { kind: 'go', letter: key };
    switch (key) {
      case 'g':
        this.#went = at;
        return null;
      case '/':
        return { kind: 'search' };
      case '?':
        return { kind: 'help' };
      case 'j':
        return { kind: 'row', step: 1 };
      case 'k':
        return { kind: 'row', step: -1 };
      default:
        return null;
    }
  }
}
