/**
 * Editing a border or a line on the map. The list of points in the form beside
 * it is the one truth: what is moved here is written there, and what is typed
 * there is shown here.
 *
 * With the focus on the map: `,` and `.` choose a point, Shift and arrows move
 * it, Delete takes it away, Ctrl+Z undoes.
 */
import { type GeoJSONSource, type Map as Canvas, type MapLayerMouseEvent, type MapLayerTouchEvent, type MapMouseEvent, type MapTouchEvent } from 'maplibre-gl';
import { make, words } from '../../enhance/page.ts';
import { addedAfter, asFeatures, drawnOn, type Edited, type Kind, moved, type Place, readParts, step, without, writeParts } from './editing_data.ts';
import { EMPTY } from './map_data.ts';

const KEPT = 200; // steps that can be undone
const NUDGE_PX = 4;

type Pressed = MapLayerMouseEvent | MapLayerTouchEvent;

/** Let what is written in the form be edited on the map. */
export function startEditing(canvas: Canvas, element: HTMLElement, kind: Kind, colour: string, ground: string): void {
  const list = document.querySelector<HTMLTextAreaElement>(`[data-draws="${kind}"]`);
  if (list === null) return;
  let edited: Edited = { kind, parts: readParts(list.value), chosen: null };
  const past: Edited[] = [];

  const show = (): void => {
    if (canvas.getSource('edited') === undefined) {
      canvas.addSource('edited', { type: 'geojson', data: EMPTY });
      canvas.addLayer({ id: 'edited-edge', type: 'line', source: 'edited', filter: ['==', ['get', 'is'], 'edge'], paint: { 'line-color': colour, 'line-width': 3 } });
      canvas.addLayer({ id: 'edited-middles', type: 'circle', source: 'edited', filter: ['==', ['get', 'is'], 'middle'], paint: { 'circle-color': ground, 'circle-radius': 5, 'circle-stroke-color': colour, 'circle-stroke-width': 1.5 } });
      canvas.addLayer({ id: 'edited-points', type: 'circle', source: 'edited', filter: ['in', ['get', 'is'], ['literal', ['point', 'chosen']]], paint: { 'circle-color': colour, 'circle-radius': ['match', ['get', 'is'], 'chosen', 10, 7], 'circle-stroke-color': ground, 'circle-stroke-width': 2 } });
    }
    canvas.getSource<GeoJSONSource>('edited')?.setData(asFeatures(edited));
  };
  const write = (): void => {
    list.value = writeParts(edited);
    const datum = document.querySelector<HTMLSelectElement>('select[name="datum"]');
    if (datum) datum.value = 'wgs84';
  };
  const change = (next: Edited, keep = true): void => {
    if (next === edited) return;
    if (keep) past.push(edited);
    if (past.length > KEPT) past.shift();
    edited = next;
    write();
    show();
  };
  const undo = (): void => {
    const before = past.pop();
    if (before) change(before, false);
  };
  const choose = (by: 1 | -1): void => {
    edited = { ...edited, chosen: step(edited, by) };
    const [part, at] = edited.chosen ?? [-1, -1];
    const point = edited.parts[part]?.[at];
    if (point && !canvas.getBounds().contains(point as [number, number])) canvas.panTo(point as [number, number]);
    show();
  };
  const remove = (): void => {
    if (edited.chosen) change(without(edited, edited.chosen));
  };

  const placeOf = (event: Pressed): Place | null => {
    const said = event.features?.[0]?.properties;
    return said ? [Number(said['part']), Number(said['at'])] : null;
  };
  const drag = (event: Pressed, place: Place): void => {
    event.preventDefault();
    const start = edited;
    const follow = ({ lngLat }: MapMouseEvent | MapTouchEvent): void => {
      edited = moved(edited, place, [lngLat.lng, lngLat.lat]);
      show();
    };
    const moves = event.type === 'touchstart' ? 'touchmove' : 'mousemove';
    const ends = event.type === 'touchstart' ? 'touchend' : 'mouseup';
    canvas.on(moves, follow);
    void canvas.once(ends, () => {
      canvas.off(moves, follow);
      if (edited !== start) past.push(start);
      write();
      show();
    });
  };
  for (const press of ['mousedown', 'touchstart'] as const) {
    canvas.on(press, 'edited-points', (event: Pressed) => {
      const place = placeOf(event);
      if (!place) return;
      edited = { ...edited, chosen: place };
      show();
      drag(event, place);
    });
    canvas.on(press, 'edited-middles', (event: Pressed) => {
      const place = placeOf(event);
      if (!place || event.defaultPrevented) return;
      change(addedAfter(edited, place, [event.lngLat.lng, event.lngLat.lat]));
      drag(event, [place[0], place[1] + 1]);
    });
  }
  if (kind === 'line') {
    canvas.on('click', (event: MapMouseEvent) => {
      const onPoint = canvas.queryRenderedFeatures(event.point, { layers: ['edited-points', 'edited-middles'].filter((id) => canvas.getLayer(id)) });
      if (onPoint.length === 0) change(drawnOn(edited, [event.lngLat.lng, event.lngLat.lat]));
    });
    canvas.getCanvas().style.cursor = 'crosshair';
  }

  const nudge = (right: number, down: number): void => {
    const place = edited.chosen;
    const point = place && edited.parts[place[0]]?.[place[1]];
    if (!point) return;
    const { x, y } = canvas.project(point as [number, number]);
    const { lng, lat } = canvas.unproject([x + right * NUDGE_PX, y + down * NUDGE_PX]);
    change(moved(edited, place, [lng, lat]));
  };
  const deeds: Readonly<Record<string, () => void>> = {
    ',': () => choose(-1),
    '.': () => choose(1),
    Delete: remove,
    Backspace: remove,
    'Shift+ArrowLeft': () => nudge(-1, 0),
    'Shift+ArrowRight': () => nudge(1, 0),
    'Shift+ArrowUp': () => nudge(0, -1),
    'Shift+ArrowDown': () => nudge(0, 1),
    'Ctrl+z': undo,
  };
  canvas.getCanvasContainer().addEventListener(
    'keydown',
    (event) => {
      const name = `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.key}`;
      const deed = deeds[name];
      if (deed === undefined) return;
      deed();
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  list.addEventListener('input', () => {
    past.push(edited);
    edited = { ...edited, parts: readParts(list.value), chosen: null };
    show();
  });

  const buttons = make('div', { class: 'actions', role: 'group' });
  for (const [label, deed] of [
    [words().edit_before, () => choose(-1)],
    [words().edit_next, () => choose(1)],
    [words().edit_remove, remove],
    [words().edit_undo, undo],
  ] as const) {
    const button = make('button', { type: 'button', class: 'button button-small' }, label);
    button.addEventListener('click', deed);
    buttons.append(button);
  }
  element.append(buttons, make('p', { class: 'quiet' }, kind === 'line' ? words().edit_line : words().edit_ring));
  canvas.on('styledata', () => {
    if (canvas.isStyleLoaded()) show();
  });
  void canvas.once('load', show);
}
