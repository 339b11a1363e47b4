/**
 * The colours of every theme, and the pairs of them that ever meet.
 *
 * One source for three readers: the build turns it into CSS custom properties,
 * the contrast test checks every pair in every theme, and the reference page
 * prints it. A new pairing on a screen belongs into `PAIRS` first.
 */

const light = {
  ground: '#f4f7f5',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#ebf0ed',
  hover: '#eef3f0',
  line: '#dbe3df',
  'line-strong': '#7b8984',
  ink: '#13211d',
  'ink-2': '#3f4f4a',
  'ink-3': '#586761',
  accent: '#0a6b5c',
  'accent-strong': '#064f44',
  'accent-soft': '#ddf1eb',
  'on-accent': '#ffffff',
  focus: '#6a35d6',
  good: '#17703a',
  'good-soft': '#e2f4e8',
  attention: '#7d4a00',
  'attention-soft': '#fff0d2',
  bad: '#ad1f1f',
  'bad-soft': '#fde9e7',
  info: '#1c559e',
  'info-soft': '#e4eefb',
  idle: '#4d5955',
  'idle-soft': '#e9eeeb',
  danger: '#b3261e',
  'danger-strong': '#8c1a14',
  'on-danger': '#ffffff',
  red: '#cf1124',
  'on-red': '#ffffff',
  'red-soft': '#fde6e6',
  'red-ink': '#9c0c1b',
  orange: '#f58220',
  'on-orange': '#241200',
  'orange-soft': '#ffeedd',
  'orange-ink': '#863c00',
  yellow: '#ffd326',
  'on-yellow': '#221a00',
  'yellow-soft': '#fff7d1',
  'yellow-ink': '#655000',
  blue: '#1766cf',
  'on-blue': '#ffffff',
  'blue-soft': '#e3eefc',
  'blue-ink': '#134f9f',
  unknown: '#636f6b',
  'on-unknown': '#ffffff',
  'unknown-soft': '#e9eeeb',
  'unknown-ink': '#47524e',
  'sign-edge': '#13211d',
  emergency: '#a90e1d',
  'on-emergency': '#ffffff',
  exercise: '#53237f',
  'on-exercise': '#ffffff',
  'exercise-soft': '#f1e8fa',
  rail: '#10231e',
  'rail-hover': '#1c352e',
  'rail-current': '#24473d',
  'rail-ink': '#d5e3dd',
  'rail-ink-2': '#9db5ac',
  'rail-mark': '#5fdcc0',
  river: '#cfe3ee',
  street: '#d5dcd8',
  building: '#d9dfdc',
} as const;

export type ColourName = keyof typeof light;
export type Palette = Record<ColourName, string>;

const dark: Palette = {
  ground: '#0d1412',
  surface: '#141d1a',
  raised: '#1b2623',
  sunken: '#0a100e',
  hover: '#1d2926',
  line: '#293631',
  'line-strong': '#71827b',
  ink: '#e9f1ed',
  'ink-2': '#b9c7c1',
  'ink-3': '#97a7a0',
  accent: '#54d3b8',
  'accent-strong': '#86e5d0',
  'accent-soft': '#12372f',
  'on-accent': '#03211a',
  focus: '#bda2ff',
  good: '#76d695',
  'good-soft': '#12301d',
  attention: '#f2bd62',
  'attention-soft': '#372708',
  bad: '#ff9b92',
  'bad-soft': '#3d1614',
  info: '#8fc0ff',
  'info-soft': '#13294a',
  idle: '#afbcb6',
  'idle-soft': '#222d29',
  danger: '#e4483d',
  'danger-strong': '#f06a60',
  'on-danger': '#170202',
  red: '#e5243a',
  'on-red': '#ffffff',
  'red-soft': '#3f1118',
  'red-ink': '#ffa1a8',
  orange: '#f58220',
  'on-orange': '#241200',
  'orange-soft': '#3a2208',
  'orange-ink': '#ffb679',
  yellow: '#ffd326',
  'on-yellow': '#221a00',
  'yellow-soft': '#352c05',
  'yellow-ink': '#ffe070',
  blue: '#2f7fe6',
  'on-blue': '#000c1f',
  'blue-soft': '#0f2848',
  'blue-ink': '#95c4ff',
  unknown: '#8d9a95',
  'on-unknown': '#0b100e',
  'unknown-soft': '#222d29',
  'unknown-ink': '#b9c7c1',
  'sign-edge': '#e9f1ed',
  emergency: '#c01527',
  'on-emergency': '#ffffff',
  exercise: '#7a45b0',
  'on-exercise': '#ffffff',
  'exercise-soft': '#2b1a3f',
  rail: '#080d0b',
  'rail-hover': '#16211d',
  'rail-current': '#1d312a',
  'rail-ink': '#d5e3dd',
  'rail-ink-2': '#93a9a1',
  'rail-mark': '#5fdcc0',
  river: '#17303c',
  street: '#2a3632',
  building: '#25302c',
};

/** Read from across a room on a bright panel: deeper ground, stronger ink. */
const wall: Palette = {
  ...dark,
  ground: '#04090b',
  surface: '#0b1315',
  raised: '#121d20',
  sunken: '#020506',
  hover: '#152124',
  line: '#2d3d3f',
  'line-strong': '#7e9296',
  ink: '#ffffff',
  'ink-2': '#d3dfe0',
  'ink-3': '#abbcbe',
  accent: '#5fe6c8',
  'accent-strong': '#96f2dd',
  rail: '#020506',
  red: '#f0293f',
  'on-red': '#1c0003',
};

export const THEMES = { light, dark, wall } satisfies Record<string, Palette>;
export type ThemeName = keyof typeof THEMES;

/** Least contrast of text, of large text and of the edge of a control (WCAG 2.2, 1.4.3 and 1.4.11). */
export const TEXT = 4.5;
export const EDGE = 3;

type Pair = readonly [front: ColourName, back: ColourName, least: number];

const inkOn = (back: ColourName): readonly Pair[] => [
  ['ink', back, TEXT],
  ['ink-2', back, TEXT],
  ['ink-3', back, TEXT],
];

const GROUNDS = ['ground', 'surface', 'raised', 'sunken', 'hover'] as const;
const TONES = ['good', 'attention', 'bad', 'info', 'idle'] as const;
const WARNINGS = ['red', 'orange', 'yellow', 'blue', 'unknown'] as const;

/** Every pair of colours that a stylesheet puts together. */
export const PAIRS: readonly Pair[] = [
  ...GROUNDS.flatMap(inkOn),
  ...GROUNDS.map((back): Pair => ['accent', back, TEXT]),
  ...GROUNDS.map((back): Pair => ['focus', back, EDGE]),
  ...GROUNDS.map((back): Pair => ['sign-edge', back, EDGE]),
  ...TONES.map((tone): Pair => [tone, `${tone}-soft`, TEXT]),
  ...TONES.flatMap((tone): Pair[] => [
    [tone, 'surface', TEXT],
    [tone, 'ground', TEXT],
    ['ink', `${tone}-soft`, TEXT],
    ['ink-2', `${tone}-soft`, TEXT],
  ]),
  ...WARNINGS.flatMap((colour): Pair[] => [
    [`on-${colour}`, colour, TEXT],
    [`${colour}-ink`, `${colour}-soft`, TEXT],
    [`${colour}-ink`, 'surface', TEXT],
    ['ink', `${colour}-soft`, TEXT],
    ['ink-2', `${colour}-soft`, TEXT],
  ]),
  ['line-strong', 'surface', EDGE],
  ['line-strong', 'ground', EDGE],
  ['line-strong', 'raised', EDGE],
  ['accent', 'accent-soft', TEXT],
  ['accent-strong', 'accent-soft', TEXT],
  ['ink', 'accent-soft', TEXT],
  ['ink-2', 'accent-soft', TEXT],
  ['focus', 'accent-soft', EDGE],
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-strong', TEXT],
  ['on-danger', 'danger', TEXT],
  ['on-danger', 'danger-strong', TEXT],
  ['on-emergency', 'emergency', TEXT],
  ['on-exercise', 'exercise', TEXT],
  ['ink', 'exercise-soft', TEXT],
  ['rail-ink', 'rail', TEXT],
  ['rail-ink', 'rail-hover', TEXT],
  ['rail-ink', 'rail-current', TEXT],
  ['rail-ink-2', 'rail', TEXT],
  ['rail-ink-2', 'rail-hover', TEXT],
  ['rail-mark', 'rail', TEXT],
  ['rail-mark', 'rail-current', TEXT],
];

const declare = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value};`)
    .join('');

/** Write the colours as CSS: one block per theme, and `auto` following the device. */
export function tokensAsCss(): string {
  return [
    `@layer reset,tokens,base,components,layout,print;`,
    `@layer tokens{`,
    `:root{color-scheme:light;${declare(light)}}`,
    `:root[data-theme="dark"]{color-scheme:dark;${declare(dark)}}`,
    `:root[data-theme="wall"]{color-scheme:dark;${declare(wall)}}`,
    `@media (prefers-color-scheme:dark){:root[data-theme="auto"]{color-scheme:dark;${declare(dark)}}}`,
    `@media print{:root,:root[data-theme]{color-scheme:light;${declare(light)}}}`,
    // A part of a page may show another theme than the page: the reference page does.
    `.theme-light{color-scheme:light;${declare(light)}}`,
    `.theme-dark{color-scheme:dark;${declare(dark)}}`,
    `}`,
  ].join('\n');
}
