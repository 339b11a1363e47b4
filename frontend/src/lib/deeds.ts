/**
 * What a page of the field door makes of a form and of the state of the phone.
 * Knows neither network nor storage; it is told what stands in the form.
 */

import type { Pair } from './outbox.ts';

/** What tells one form of a page from the others: where it goes and what it carries unseen. */
export function markOf(address: string, unseen: readonly Pair[], idField: string): string {
  const rest = unseen.filter(([name]) => name !== 'csrfmiddlewaretoken' && name !== idField);
  return [address, ...rest.map(([name, value]) => `${name}=${value}`).sort()].join('\n');
}

/** The longer side of a photograph, in pixels, as it is sent. */
export const LARGEST = 2048;

/** Width and height of a photograph that is not larger than is sent; its proportions stay. */
export function fitted(width: number, height: number, largest: number = LARGEST): readonly [number, number] {
  const factor = Math.min(1, largest / Math.max(width, height, 1));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}

export interface Standing {
  /** Let in for whoever uses this browser now; and for anybody at all. */
  readonly isPhone: boolean;
  readonly isAnybodys: boolean;
  readonly waits: number;
  readonly refused: number;
  readonly differs: number;
  readonly others: number;
  readonly isSignedOut: boolean;
  readonly isAway: boolean;
  readonly contactAt: number;
}

export type Line = 'refused' | 'differs' | 'signed-out' | 'waits' | 'away' | 'sent';

/** The one thing that the line at the top of every page says, the most urgent first. */
export function lineOf(standing: Standing): Line {
  if (standing.refused > 0) return 'refused';
  if (standing.differs > 0) return 'differs';
  if (standing.isSignedOut) return 'signed-out';
  if (standing.waits > 0) return 'waits';
  return standing.isAway ? 'away' : 'sent';
}
