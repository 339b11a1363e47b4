/**
 * What a map of units is made of, without a page: props, bounds, counts, styles.
 */
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

export type Tone = 'good' | 'attention' | 'bad' | 'info' | 'idle';
export type Pattern = 'solid' | 'stripes' | 'dots' | 'cross' | 'none';
export type Bounds = readonly [west: number, south: number, east: number, north: number];

export interface UnitState {
  readonly key: string;
  readonly word: string;
  readonly tone: Tone;
  readonly pattern: Pattern;
}

export interface UnitProperties {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly note?: string;
}

export type Units = FeatureCollection<Geometry, UnitProperties>;

/** What a mark is drawn as; see mark_signs. */
export type MarkSign = 'red' | 'orange' | 'yellow' | 'blue' | 'waiting' | 'judged' | 'aside' | 'well' | 'silent' | 'stuck' | 'doubtful';

export interface MarkState {
  readonly key: string;
  readonly word: string;
  readonly sign: MarkSign;
}

/** Something at a point over the units. `count` of more than one is written beside it. */
export interface MarkProperties extends UnitProperties {
  readonly count?: number;
}

export type Marks = FeatureCollection<Geometry, MarkProperties>;

/** Data in the page, or the address of it on the same host. */
export type Source = { readonly data: FeatureCollection } | { readonly url: string };

export interface MapProps {
  readonly units: { readonly data: Units } | { readonly url: string };
  readonly river?: Source;
  readonly streets?: Source;
  readonly buildings?: Source;
  readonly states: readonly UnitState[];
  readonly live?: string;
  readonly every?: number;
  readonly bounds?: Bounds;
  /** Points over the units, each with the sign of its state. */
  readonly marks?: { readonly data: Marks } | { readonly url: string };
  readonly marked?: readonly MarkState[];
  /** Whether an area can be drawn on it, for the form beside it. */
  readonly draws?: boolean;
  /** Whether a border or a line of the form beside it is edited on it. */
  readonly edits?: 'ring' | 'line';
}

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Every position of a geometry, however deeply it is nested. */
export function* positions(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positions(part);
    return;
  }
  const open: unknown[] = [geometry.coordinates];
  while (open.length > 0) {
    const part = open.pop();
    if (!Array.isArray(part)) continue;
    if (typeof part[0] === 'number') yield part as Position;
    else open.push(...(part as unknown[]));
  }
}

/** The box round some features; null when there is nothing in them. */
export function boundsOf(features: readonly Feature[]): Bounds | null {
  let west = Infinity;
  let south = Infinity;
  let east = -Infinity;
  let north = -Infinity;
  for (const feature of features) {
    for (const [lon = Number.NaN, lat = Number.NaN] of positions(feature.geometry)) {
      west = Math.min(west, lon);
      south = Math.min(south, lat);
      east = Math.max(east, lon);
      north = Math.max(north, lat);
    }
  }
  return Number.isFinite(west + south + east + north) ? [west, south, east, north] : null;
}

/** How many units are in each state, in the order of the legend; states that nobody has stay at zero. */
export function countStates(units: Units, states: readonly { readonly key: string }[]): ReadonlyMap<string, number> {
  const counts = new Map(states.map((state) => [state.key, 0]));
  for (const { properties } of units.features) {
    counts.set(properties.state, (counts.get(properties.state) ?? 0) + 1);
  }
  return counts;
}

/** The unit after or before another one, in the order of the data; the first when none is chosen. */
export function stepUnit(units: Units, chosen: string | null, step: 1 | -1): string | null {
  const ids = units.features.map((feature) => feature.properties.id);
  if (ids.length === 0) return null;
  const here = chosen === null ? -1 : ids.indexOf(chosen);
  if (here < 0) return ids[step === 1 ? 0 : ids.length - 1] ?? null;
  return ids[(here + step + ids.length) % ids.length] ?? null;
}

/** What is said about one unit: its name, the word of its state, its note. */
export function describe(unit: UnitProperties, states: readonly { readonly key: string; readonly word: string }[]): string {
  const word = states.find((state) => state.key === unit.state)?.word;
  return [unit.name, word, unit.note].filter(Boolean).join(' · ');
}

type SignColour = 'sign-edge' | 'red' | 'on-red' | 'orange' | 'on-orange' | 'yellow' | 'on-yellow' | 'blue' | 'on-blue';

export type Colours = Readonly<Record<'ground' | 'ink' | 'surface' | 'river' | 'street' | 'building' | 'focus' | 'line-strong' | SignColour | Tone, string>>;

/** Name of the image with the pattern of a state; images are drawn when the map asks for them. */
export const patternName = (key: string): string => `state-${key}`;

/** Name of the image with the sign of a mark. */
export const signName = (key: string): string => `mark-${key}`;

/** The colour of a state's outline; a state that the legend does not know is idle. */
function outline(states: readonly UnitState[], colours: Colours): LayerSpecification['paint'] {
  const cases = states.flatMap((state) => [state.key, colours[state.tone]]);
  const colour = cases.length > 0 ? ['match', ['get', 'state'], ...cases, colours.idle] : colours.idle;
  return { 'line-color': colour, 'line-width': 1.5 } as LayerSpecification['paint'];
}

/** Put the whole style together; there are no tiles, no sprites and no fonts to fetch. */
export function styleOf(
  units: Units,
  around: Readonly<Record<'river' | 'streets' | 'buildings', FeatureCollection>>,
  states: readonly UnitState[],
  colours: Colours,
  marks: FeatureCollection = EMPTY,
): StyleSpecification {
  const isPoint = ['==', ['geometry-type'], 'Point'];
  const isArea = ['in', ['geometry-type'], ['literal', ['Polygon', 'MultiPolygon']]];
  const known = states.map((state) => state.key);
  const pattern = ['match', ['get', 'state'], known.length > 0 ? known : [''], ['concat', 'state-', ['get', 'state']], patternName('')];
  const chosen = (yes: number, no: number): unknown[] => ['case', ['boolean', ['feature-state', 'chosen'], false], yes, no];
  const layers = [
    { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
    {
      id: 'units',
      type: 'fill',
      source: 'units',
      filter: isArea,
      paint: { 'fill-pattern': pattern },
    },
    {
      id: 'river-area',
      type: 'fill',
      source: 'river',
      filter: isArea,
      paint: { 'fill-color': colours.river },
    },
    {
      id: 'river',
      type: 'line',
      source: 'river',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.river, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2, 17, 22] },
    },
    {
      id: 'streets',
      type: 'line',
      source: 'streets',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': colours.street, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.5, 17, 7] },
    },
    {
      id: 'buildings',
      type: 'fill',
      source: 'buildings',
      minzoom: 13,
      filter: isArea,
      paint: { 'fill-color': colours.building, 'fill-outline-color': colours['line-strong'] },
    },
    { id: 'units-edge', type: 'line', source: 'units', filter: isArea, paint: outline(states, colours) },
    {
      id: 'units-chosen',
      type: 'line',
      source: 'units',
      filter: isArea,
      paint: { 'line-color': colours.focus, 'line-width': chosen(5, 0), 'line-opacity': chosen(1, 0) },
    },
    {
      id: 'units-points',
      type: 'circle',
      source: 'units',
      filter: isPoint,
      paint: {
        'circle-radius': chosen(11, 7),
        'circle-color': (outline(states, colours) as Record<string, unknown>)['line-color'],
        'circle-stroke-color': ['case', ['boolean', ['feature-state', 'chosen'], false], colours.focus, colours.surface],
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'units-names',
      type: 'symbol',
      source: 'units',
      layout: {
        'text-field': ['case', ['has', 'note'], ['concat', ['get', 'name'], '\n', ['get', 'note']], ['get', 'name']],
        'text-size': 13,
        'text-padding': 6,
        'text-offset': ['case', isPoint, ['literal', [0, 1.4]], ['literal', [0, 0]]],
      },
      paint: { 'text-color': colours.ink, 'text-halo-color': colours.surface, 'text-halo-width': 2 },
    },
    {
      id: 'marks-chosen',
      type: 'circle',
      source: 'marks',
      paint: {
        'circle-radius': chosen(24, 0),
        'circle-color': colours.focus,
        'circle-opacity': chosen(0.25, 0),
        'circle-stroke-color': colours.focus,
        'circle-stroke-width': chosen(3, 0),
      },
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': ['concat', signName(''), ['get', 'state']],
        'icon-size': 0.9,
        // An instrument and the signal that it raised lie at one point: the pin stands above, the sign hangs below.
        'icon-anchor': ['match', ['get', 'state'], ['well', 'silent', 'stuck', 'doubtful'], 'bottom', 'top'],
        'icon-allow-overlap': true,
        'text-field': ['case', ['>', ['coalesce', ['get', 'count'], 1], 1], ['to-string', ['get', 'count']], ''],
        'text-size': 14,
        'text-anchor': 'left',
        'text-offset': [1.3, 1.2],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colours.ink, 'text-halo-color': colours.surface, 'text-halo-width': 2.5 },
    },
  ];
  return {
    version: 8,
    sources: {
      units: { type: 'geojson', data: units, promoteId: 'id' },
      river: { type: 'geojson', data: around.river },
      streets: { type: 'geojson', data: around.streets },
      buildings: { type: 'geojson', data: around.buildings },
      marks: { type: 'geojson', data: marks, promoteId: 'id' },
    },
    layers: layers as unknown as LayerSpecification[],
  };
}
