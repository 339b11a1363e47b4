/**
 * Draws the sign of a mark: on the map and, the same, in its legend.
 *
 * The four warning colours have the shapes they have everywhere; an instrument is a pin,
 * and what is wrong with it is drawn inside. No two signs differ in colour only.
 */
import type { Colours, MarkSign } from './map_data.ts';

const BOX = 32;
const SCALE = 2;

type Colour = keyof Colours;

interface Drawn {
  readonly body: string;
  readonly fill: Colour;
  readonly on: Colour;
  readonly lines: string;
  readonly thin?: string;
  readonly dashed?: boolean;
}

const PIN = 'M16 31L6.500 17.500a11.500 11.500 0 1 1 19 0z';
const ROUND = 'M6 3h20a3 3 0 0 1 3 3v20a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z';

const SIGNS: Readonly<Record<MarkSign, Drawn>> = {
  red: {
    body: 'M9.700 1.500h12.600L30.500 9.700v12.600L22.300 30.500H9.700L1.500 22.300V9.700z',
    fill: 'red',
    on: 'on-red',
    lines: 'M16 10v7M16 21.700v.1',
    thin: 'M11.400 5.500h9.200L26.500 11.400v9.200L20.600 26.500h-9.200L5.500 20.600v-9.200z',
  },
  orange: {
    body: 'M16 2.500L31 29H1z',
    fill: 'orange',
    on: 'on-orange',
    lines: 'M16 12v7.500M16 24.700v.1',
    thin: 'M6.500 26l2.500-4.500M10.500 26l1.500-2.700M25.500 26L23 21.500M21.500 26L20 23.300',
  },
  yellow: { body: 'M16 1.200L30.800 16 16 30.800 1.200 16z', fill: 'yellow', on: 'on-yellow', lines: 'M16 9v8M16 22.200v.1M9.500 16v.1M22.500 16v.1' },
  blue: { body: 'M1.500 16a14.500 14.500 0 1 1 29 0a14.500 14.500 0 1 1-29 0z', fill: 'blue', on: 'on-blue', lines: 'M16 6.500v7M16 18v.1', thin: 'M7.500 22.500h17M10.500 26h11' },
  waiting: { body: ROUND, fill: 'surface', on: 'ink', lines: 'M11.800 12.200c.2-5.200 8.400-5 8.400 0 0 3.500-4.200 3.300-4.200 6.800M16 24v.1', dashed: true },
  judged: { body: ROUND, fill: 'idle', on: 'surface', lines: 'M9 16.500l5 5 9-11' },
  aside: { body: ROUND, fill: 'surface', on: 'idle', lines: 'M9.500 16h13' },
  well: { body: PIN, fill: 'good', on: 'surface', lines: 'M11 12.500l3.500 3.500 6.500-7.500' },
  silent: { body: PIN, fill: 'bad', on: 'surface', lines: 'M12 8l8 8M20 8l-8 8' },
  stuck: { body: PIN, fill: 'attention', on: 'surface', lines: 'M11.500 10h9M11.500 15h9' },
  doubtful: { body: PIN, fill: 'attention', on: 'surface', lines: 'M16 6.500v6.500M16 17.500v.1' },
};

/** Draw one sign with its edge, two pixels to each of its own. */
export function drawSign(canvas: HTMLCanvasElement, sign: MarkSign, colours: Colours): ImageData | null {
  const drawn = SIGNS[sign];
  canvas.width = canvas.height = (BOX + 4) * SCALE;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return null;
  pen.scale(SCALE, SCALE);
  pen.translate(2, 2);
  pen.lineJoin = pen.lineCap = 'round';
  const body = new Path2D(drawn.body);
  pen.lineWidth = 4;
  pen.strokeStyle = colours.surface;
  pen.stroke(body);
  pen.fillStyle = colours[drawn.fill];
  pen.fill(body);
  pen.lineWidth = 1.75;
  pen.strokeStyle = colours['sign-edge'];
  pen.setLineDash(drawn.dashed ? [4, 2.5] : []);
  pen.stroke(body);
  pen.setLineDash([]);
  pen.strokeStyle = colours[drawn.on];
  if (drawn.thin !== undefined) {
    pen.lineWidth = 1.5;
    pen.stroke(new Path2D(drawn.thin));
  }
  pen.lineWidth = 3;
  pen.stroke(new Path2D(drawn.lines));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
