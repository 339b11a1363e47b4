/**
 * A shape being drawn, without a page: corners of a polygon, or a centre and a point on the rim.
 */
import type { Feature, FeatureCollection, Position } from 'geojson';

export type Drawn = { readonly kind: 'polygon' | 'circle'; readonly points: readonly Position[] };

const EARTH_M = 6_371_008.8;
const CORNERS = 64;

/** Metres between two positions on a sphere of the Earth's mean radius. */
export function metresBetween([lon = 0, lat = 0]: Position, [lon2 = 0, lat2 = 0]: Position): number {
  const radians = Math.PI / 180;
  const across = Math.sin(((lon2 - lon) * radians) / 2) ** 2;
  const up = Math.sin(((lat2 - lat) * radians) / 2) ** 2;
  const half = up + Math.cos(lat * radians) * Math.cos(lat2 * radians) * across;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The rim of a circle, closed, for the eye only: the server draws the exact one. */
export function rim([lon = 0, lat = 0]: Position, radius: number): Position[] {
  const up = (radius / EARTH_M) * (180 / Math.PI);
  const across = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: CORNERS + 1 }, (_, at) => {
    const turn = (2 * Math.PI * at) / CORNERS;
    return [lon + across * Math.cos(turn), lat + up * Math.sin(turn)];
  });
}

/** Add a point; a circle has two, and a third begins it anew. */
export function withPoint(drawn: Drawn, point: Position): Drawn {
  const points = drawn.kind === 'circle' && drawn.points.length > 1 ? [] : drawn.points;
  return { kind: drawn.kind, points: [...points, point] };
}

/** What the map shows of it. */
export function asFeatures({ kind, points }: Drawn): FeatureCollection {
  const features: Feature[] = points.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }));
  const [first, second] = points;
  if (kind === 'circle' && first && second) {
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [rim(first, metresBetween(first, second))] } });
  } else if (kind === 'polygon' && first && points.length > 2) {
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[...points, first]] } });
  } else if (kind === 'polygon' && points.length === 2) {
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...points] } });
  }
  return { type: 'FeatureCollection', features };
}

const written = (point: Position): string => point.map((figure) => figure.toFixed(6)).join(', ');

/** What the fields of the form hold: the same that one could have typed. */
export function asFields({ kind, points }: Drawn): { readonly polygon: string; readonly centre: string; readonly radius: string } {
  const [first, second] = points;
  if (kind === 'polygon') return { polygon: points.map(written).join('\n'), centre: '', radius: '' };
  const radius = first && second ? String(Math.max(1, Math.round(metresBetween(first, second)))) : '';
  return { polygon: '', centre: first ? written(first) : '', radius };
}
