/** What a chart over time is made of, without a page. */

export type Point = readonly [at: number, value: number];

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface ChartProps {
  readonly lines: readonly Line[];
  readonly unit?: string;
  readonly step?: boolean;
  readonly live?: string;
  readonly every?: number;
}

export interface LineLook {
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly symbol: 'circle' | 'rect' | 'triangle' | 'diamond';
}

const LOOKS: readonly LineLook[] = [
  { dash: 'solid', symbol: 'circle' },
  { dash: 'dashed', symbol: 'rect' },
  { dash: 'dotted', symbol: 'triangle' },
  { dash: 'solid', symbol: 'diamond' },
];

/** How a line is told from the others without its colour. */
export const lookOf = (position: number): LineLook => LOOKS[position % LOOKS.length] as LineLook;

/** Points in order of time, without repetitions; of two values at one moment the later one stands. */
export function inOrder(points: readonly Point[]): Point[] {
  return [...new Map(points.map((point) => [point[0], point])).values()].sort((one, other) => one[0] - other[0]);
}

/**
 * Thin a long line so that it is drawn quickly: the first, the last, the
 * lowest and the highest point of every stretch stay.
 */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most || most < 4) return points;
  const stretch = Math.ceil(points.length / Math.floor(most / 4));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const low = part.reduce((best, point) => (point[1] < best[1] ? point : best));
    const high = part.reduce((best, point) => (point[1] > best[1] ? point : best));
    kept.push(...inOrder([part[0] as Point, low, high, part[part.length - 1] as Point]));
  }
  return inOrder(kept);
}

/** The highest mark of the scale: a hundred for per cent, else left to the chart. */
export const topOf = (unit: string | undefined): number | undefined => (unit === '%' ? 100 : undefined);
