/** Draws the pattern of a state: on the map and, the same, in its legend. */
import type { Colours, Pattern, Tone } from './map_data.ts';

const SIZE = 24;

const DRAWN: Readonly<Record<Pattern, (pen: CanvasRenderingContext2D) => void>> = {
  none: () => undefined,
  solid(pen) {
    pen.globalAlpha = 0.35;
    pen.fillRect(0, 0, SIZE, SIZE);
  },
  stripes(pen) {
    for (let at = -SIZE; at <= SIZE; at += SIZE / 2) {
      pen.moveTo(at, SIZE);
      pen.lineTo(at + SIZE, 0);
    }
    pen.stroke();
  },
  dots(pen) {
    for (const [x, y] of [
      [6, 6],
      [18, 18],
    ] as const) {
      pen.moveTo(x + 2.5, y);
      pen.arc(x, y, 2.5, 0, 2 * Math.PI);
    }
    pen.fill();
  },
  cross(pen) {
    for (const slope of [1, -1]) {
      for (let at = -SIZE; at <= 2 * SIZE; at += SIZE / 2) {
        pen.moveTo(at, 0);
        pen.lineTo(at + slope * SIZE, SIZE);
      }
    }
    pen.stroke();
  },
};

/** Draw one tile of a pattern over a pale ground of its tone. Repeats without a seam. */
export function drawPattern(canvas: HTMLCanvasElement, pattern: Pattern, tone: Tone, colours: Colours): ImageData | null {
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return null;
  pen.fillStyle = colours[tone];
  pen.strokeStyle = colours[tone];
  pen.lineWidth = 2.5;
  pen.globalAlpha = 0.16;
  pen.fillRect(0, 0, SIZE, SIZE);
  pen.globalAlpha = 0.75;
  pen.beginPath();
  DRAWN[pattern](pen);
  return pen.getImageData(0, 0, SIZE, SIZE);
}
