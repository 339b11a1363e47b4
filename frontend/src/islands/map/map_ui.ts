/**
 * The map of units. Chooses and is chosen with the table beside it, says the
 * same in words under itself, and needs nothing from another host.
 *
 * With the focus on the map: arrows move, `+` and `-` zoom, `n` and `p` walk
 * through the units, `0` shows everything.
 */
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as Canvas, type MapLayerMouseEvent, NavigationControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { pageWorld, tieToPage } from '../../enhance/live.ts';
import { make, words } from '../../enhance/page.ts';
import { chooseUnit, onUnit } from '../../enhance/units.ts';
import { type Answer, Poller } from '../../lib/poller.ts';
import {
  boundsOf,
  type Colours,
  countStates,
  describe,
  EMPTY,
  type MapProps,
  type Marks,
  type Source,
  signName,
  stepUnit,
  styleOf,
  type UnitProperties,
  type Units,
} from './map_data.ts';
import { startDrawing } from './drawing_ui.ts';
import { startEditing } from './editing_ui.ts';
import { drawPattern } from './map_patterns.ts';
import { drawSign } from './mark_signs.ts';

setWorkerUrl(workerUrl);

const NAMES = [
  'ground', 'ink', 'surface', 'river', 'street', 'building', 'focus', 'line-strong', 'good', 'attention', 'bad', 'info', 'idle',
  'sign-edge', 'red', 'on-red', 'orange', 'on-orange', 'yellow', 'on-yellow', 'blue', 'on-blue',
] as const;

function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as unknown as Colours;
}

async function fetchData<Data extends FeatureCollection>(source: { data: Data } | { url: string }): Promise<Data> {
  if ('data' in source) return source.data;
  const answer = await fetch(source.url);
  if (!answer.ok) throw new Error(`${source.url}: ${answer.status}`);
  return (await answer.json()) as Data;
}

const fetchAround = (source: Source | undefined): Promise<FeatureCollection> =>
  source ? fetchData(source).catch(() => EMPTY) : Promise.resolve(EMPTY);

type Around = Readonly<Record<'river' | 'streets' | 'buildings', FeatureCollection>>;

/** One map on one page. */
class UnitMap {
  private readonly element: HTMLElement;
  private readonly props: MapProps;
  private units: Units;
  private readonly around: Around;
  private readonly marks: Marks;
  #chosen: string | null = null;
  #colours: Colours;
  readonly #canvas: Canvas;
  readonly #legend = make('ul', { class: 'legend' });
  readonly #hint = make('p', { class: 'hint', 'aria-live': 'polite', hidden: '' });
  readonly #life = new AbortController();
  readonly #calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  constructor(element: HTMLElement, props: MapProps, units: Units, around: Around, marks: Marks) {
    this.element = element;
    this.props = props;
    this.units = units;
    this.around = around;
    this.marks = marks;
    this.#colours = coloursOf(element);
    const place = make('div', { class: 'canvas' });
    element.replaceChildren(make('div', { class: 'map' }, place, this.#legend));
    const bounds = props.bounds ?? boundsOf([...units.features, ...marks.features]) ?? [73, 18, 135, 54];
    this.#canvas = new Canvas({
      container: place,
      style: this.#style(),
      bounds: [...bounds],
      // A single point has no extent to fit.
      fitBoundsOptions: { padding: 28, maxZoom: 16 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      localIdeographFontFamily: getComputedStyle(element).fontFamily,
      locale: {
        'Map.Title': words().map_area,
        'NavigationControl.ZoomIn': words().map_in,
        'NavigationControl.ZoomOut': words().map_out,
      },
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    place.append(this.#hint);
    // Whoever takes a picture of the page waits for this.
    void this.#canvas.once('idle', () => place.setAttribute('data-drawn', ''));
    this.#canvas.touchZoomRotate.disableRotation();
    this.#canvas.setMissingStyleImageResolver((id) => this.#addImage(id));
    this.#canvas.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.#canvas.addControl(this.#everythingButton(), 'top-right');
    this.#listen();
    this.#writeLegend();
    this.#keepLive();
    if (props.draws) startDrawing(this.#canvas, element, this.#colours.focus);
    if (props.edits) startEditing(this.#canvas, element, props.edits, this.#colours.focus, this.#colours.surface);
  }

  #style(): ReturnType<typeof styleOf> {
    return styleOf(this.units, this.around, this.props.states, this.#colours, this.marks);
  }

  /** What one walks through and chooses: the marks where there are any to show, else the units. */
  get #things(): Marks {
    return this.props.marks ? this.marks : this.units;
  }

  #addImage(id: string): void {
    if (!id.startsWith('mark-')) return this.#addPattern(id);
    const sign = this.props.marked?.find((known) => signName(known.key) === id)?.sign;
    const image = sign && drawSign(document.createElement('canvas'), sign, this.#colours);
    if (image && !this.#canvas.hasImage(id)) this.#canvas.addImage(id, image, { pixelRatio: 2 });
  }

  #addPattern(id: string): void {
    const key = id.replace(/^state-/, '');
    const state = this.props.states.find((known) => known.key === key);
    const image = drawPattern(document.createElement('canvas'), state?.pattern ?? 'none', state?.tone ?? 'idle', this.#colours);
    if (image !== null && !this.#canvas.hasImage(id)) this.#canvas.addImage(id, image, { pixelRatio: 2 });
  }

  #everythingButton(): { onAdd: () => HTMLElement; onRemove: () => void } {
    const button = make('button', { type: 'button', title: words().map_all, 'aria-label': words().map_all, class: 'map-all' }, '⤢');
    const group = make('div', { class: 'maplibregl-ctrl maplibregl-ctrl-group' }, button);
    button.addEventListener('click', () => this.#showEverything());
    return { onAdd: () => group, onRemove: () => group.remove() };
  }

  #showEverything(): void {
    const bounds = boundsOf([...this.units.features, ...this.marks.features]);
    if (bounds) this.#canvas.fitBounds([...bounds], { padding: 28, maxZoom: 16, animate: !this.#calm });
  }

  #listen(): void {
    const signal = this.#life.signal;
    for (const layer of this.props.marks ? ['marks'] : ['units', 'units-points']) {
      this.#canvas.on('click', layer, (event: MapLayerMouseEvent) => {
        const id = event.features?.[0]?.properties['id'] as string | undefined;
        if (id) chooseUnit(id, 'map');
      });
      this.#canvas.on('mousemove', layer, (event: MapLayerMouseEvent) => {
        this.#canvas.getCanvas().style.cursor = 'pointer';
        const unit = event.features?.[0]?.properties as UnitProperties | undefined;
        if (unit) this.#say(this.#describe(unit));
      });
      this.#canvas.on('mouseleave', layer, () => {
        this.#canvas.getCanvas().style.cursor = '';
        this.#sayChosen();
      });
    }
    onUnit(({ id, from }) => this.#choose(id, from === 'table'), signal);
    this.#canvas.getCanvas().addEventListener('keydown', (event) => this.#onKey(event), { signal });
    document.addEventListener(
      'renwang:theme',
      () => {
        this.#colours = coloursOf(this.element);
        this.#canvas.setStyle(this.#style(), { diff: false });
        void this.#canvas.once('styledata', () => this.#mark(this.#chosen, true));
        this.#writeLegend();
      },
      { signal },
    );
  }

  #onKey(event: KeyboardEvent): void {
    const step = { n: 1, p: -1 }[event.key] as 1 | -1 | undefined;
    if (step) {
      const id = stepUnit(this.#things, this.#chosen, step);
      if (id !== null) {
        chooseUnit(id, 'map');
        this.#show(id);
      }
    } else if (event.key === '0') this.#showEverything();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #mark(id: string | null, chosen: boolean): void {
    if (id !== null) this.#canvas.setFeatureState({ source: this.props.marks ? 'marks' : 'units', id }, { chosen });
  }

  #choose(id: string, show: boolean): void {
    this.#mark(this.#chosen, false);
    this.#chosen = this.#things.features.some((unit) => unit.properties.id === id) ? id : null;
    this.#mark(this.#chosen, true);
    if (show && this.#chosen) this.#show(this.#chosen);
    this.#sayChosen();
  }

  #show(id: string): void {
    const bounds = boundsOf(this.#things.features.filter((unit) => unit.properties.id === id));
    if (bounds) this.#canvas.fitBounds([...bounds], { padding: 90, maxZoom: 16, animate: !this.#calm, duration: 500 });
  }

  #say(text: string): void {
    this.#hint.textContent = text;
    this.#hint.hidden = text === '';
  }

  #sayChosen(): void {
    const unit = this.#things.features.find(({ properties }) => properties.id === this.#chosen);
    this.#say(unit ? this.#describe(unit.properties) : '');
  }

  #describe(unit: UnitProperties): string {
    return describe(unit, this.props.marks ? (this.props.marked ?? []) : this.props.states);
  }

  #writeLegend(): void {
    const counts = countStates(this.units, this.props.states);
    const marked = this.props.marked ?? [];
    const marks = countStates(this.marks, marked);
    this.#legend.replaceChildren(
      ...marked
        .filter((state) => (marks.get(state.key) ?? 0) > 0)
        .map((state) => {
          const swatch = make('canvas', { 'aria-hidden': 'true', class: 'mark' });
          drawSign(swatch, state.sign, this.#colours);
          return make('li', {}, swatch, `${state.word} ${marks.get(state.key) ?? 0}`);
        }),
      ...this.props.states.map((state) => {
        const swatch = make('canvas', { 'aria-hidden': 'true' });
        drawPattern(swatch, state.pattern, state.tone, this.#colours);
        return make('li', {}, swatch, `${state.word} ${counts.get(state.key) ?? 0}`);
      }),
    );
  }

  #keepLive(): void {
    const live = this.props.live;
    if (!live) return;
    let tag: string | null = null;
    const ask = async (): Promise<Answer> => {
      if (!this.element.isConnected) {
        this.#life.abort();
        this.#canvas.remove();
        return 'ended';
      }
      const answer = await fetch(live, { headers: tag === null ? {} : { 'If-None-Match': tag } });
      if (answer.status === 304) return 'same';
      if (answer.redirected || answer.status === 410) return 'ended';
      if (!answer.ok) return 'failed';
      tag = answer.headers.get('ETag');
      this.units = (await answer.json()) as Units;
      this.#canvas.getSource<GeoJSONSource>('units')?.setData(this.units);
      this.#writeLegend();
      this.#sayChosen();
      return 'fresh';
    };
    const poller = new Poller(
      pageWorld(ask, (state) => {
        this.element.dataset['liveState'] = state;
      }),
      (this.props.every ?? 5) * 1000,
    );
    poller.start();
    tieToPage(poller, this.element);
  }
}

/** Draw the map, or say that it cannot be drawn and leave the table to speak. */
export async function mount(element: HTMLElement, given: unknown): Promise<void> {
  const props = given as MapProps;
  try {
    const [units, marks, river, streets, buildings] = await Promise.all([
      fetchData(props.units),
      props.marks ? fetchData(props.marks) : (EMPTY as Marks),
      fetchAround(props.river),
      fetchAround(props.streets),
      fetchAround(props.buildings),
    ]);
    new UnitMap(element, props, units, { river, streets, buildings }, marks);
  } catch (trouble) {
    element.replaceChildren(make('p', { class: 'empty', role: 'alert' }, words().map_refused));
    console.warn('map', trouble);
  }
}
