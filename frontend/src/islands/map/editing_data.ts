/**
 * A border or a line being edited, without a page: points chosen, moved, added
 * and taken away, with every step to be undone.
 */
import type { Feature, FeatureCollection, Position } from 'geojson';

export type Kind = 'ring' | 'line';
export type Place = readonly [part: number, at: number];

export interface Edited {
  readonly kind: Kind;
  /** Rings are open: their last point is joined to the first. */
  readonly parts: readonly (readonly Position[])[];
  readonly chosen: Place | null;
}

const DIGITS = 6;
const LEAST: Readonly<Record<Kind, number>> = { ring: 3, line: 0 };

/** Read what the list of points holds; a line that is no position is passed over, the server names it. */
export function readParts(text: string): Position[][] {
  const parts: Position[][] = [[]];
  for (const line of text.split(/\r?\n/)) {
    const figures = line.split(/[,，\s]+/).filter(Boolean).map(Number);
    if (line.trim() === '') parts.push([]);
    else if (figures.length === 2 && figures.every(Number.isFinite)) parts.at(-1)?.push(figures);
  }
  return parts.filter((part) => part.length > 0);
}

/** Write it as the list of points holds it. */
export const writeParts = ({ parts }: Edited): string =>
  parts.map((part) => part.map((point) => point.map((figure) => figure.toFixed(DIGITS)).join(', ')).join('\n')).join('\n\n');

const replaced = (edited: Edited, part: number, points: readonly Position[], chosen: Place | null): Edited => ({
  ...edited,
  parts: edited.parts.map((one, at) => (at === part ? points : one)).filter((one) => one.length > 0),
  chosen,
});

/** Move a point. */
export function moved(edited: Edited, [part, at]: Place, to: Position): Edited {
  const points = (edited.parts[part] ?? []).map((point, number) => (number === at ? to : point));
  return replaced(edited, part, points, [part, at]);
}

/** Put a point behind another one of its part. */
export function addedAfter(edited: Edited, [part, at]: Place, point: Position): Edited {
  const before = edited.parts[part] ?? [];
  return replaced(edited, part, [...before.slice(0, at + 1), point, ...before.slice(at + 1)], [part, at + 1]);
}

/** Draw a line on by a point. */
export function drawnOn(edited: Edited, point: Position): Edited {
  const points = [...(edited.parts[0] ?? []), point];
  return { ...edited, parts: [points], chosen: [0, points.length - 1] };
}

/** Take a point away; a ring keeps three. */
export function without(edited: Edited, [part, at]: Place): Edited {
  const before = edited.parts[part] ?? [];
  if (before.length <= LEAST[edited.kind]) return edited;
  const points = before.filter((_, number) => number !== at);
  return replaced(edited, part, points, points.length > 0 ? [part, Math.min(at, points.length - 1)] : null);
}

/** The point after or before the chosen one, over all parts. */
export function step(edited: Edited, by: 1 | -1): Place | null {
  const places = edited.parts.flatMap((points, part) => points.map((_, at): Place => [part, at]));
  if (places.length === 0) return null;
  const here = places.findIndex(([part, at]) => part === edited.chosen?.[0] && at === edited.chosen[1]);
  if (here < 0) return places[by === 1 ? 0 : places.length - 1] ?? null;
  return places[(here + by + places.length) % places.length] ?? null;
}

/** What the map shows: the shape, its points, and a place to add one in the middle of each edge. */
export function asFeatures({ kind, parts, chosen }: Edited): FeatureCollection {
  const features: Feature[] = [];
  parts.forEach((points, part) => {
    const [first] = points;
    if (first === undefined) return;
    const closed = kind === 'ring' ? [...points, first] : [...points];
    if (closed.length > 1) features.push({ type: 'Feature', properties: { is: 'edge' }, geometry: { type: 'LineString', coordinates: closed } });
    points.forEach((coordinates, at) => {
      const isChosen = chosen?.[0] === part && chosen[1] === at;
      features.push({ type: 'Feature', properties: { is: isChosen ? 'chosen' : 'point', part, at }, geometry: { type: 'Point', coordinates } });
      const next = closed[at + 1];
      if (next === undefined) return;
      const middle = [0, 1].map((axis) => ((coordinates[axis] ?? 0) + (next[axis] ?? 0)) / 2);
      features.push({ type: 'Feature', properties: { is: 'middle', part, at }, geometry: { type: 'Point', coordinates: middle } });
    });
  });
  return { type: 'FeatureCollection', features };
}
