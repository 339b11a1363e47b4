/**
 * Drawing an area on the map: what is drawn is written into the fields of the
 * form beside it, where one could also have typed it.
 *
 * ```html
 * <textarea data-draws="polygon">…  <input data-draws="centre">  <input data-draws="radius">
 * ```
 */
import { type GeoJSONSource, type Map as Canvas, type MapMouseEvent } from 'maplibre-gl';
import { make, words } from '../../enhance/page.ts';
import { EMPTY } from './map_data.ts';
import { asFeatures, asFields, type Drawn, withPoint } from './drawing_data.ts';

const field = (name: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`[data-draws="${name}"]`);

/** Put the buttons for drawing under a map, and draw what is clicked. */
export function startDrawing(canvas: Canvas, element: HTMLElement, colour: string): void {
  let drawn: Drawn | null = null;
  const buttons = make('div', { class: 'actions', role: 'group' });

  const show = (): void => {
    if (canvas.getSource('drawn') === undefined) {
      canvas.addSource('drawn', { type: 'geojson', data: EMPTY });
      canvas.addLayer({ id: 'drawn-area', type: 'fill', source: 'drawn', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.25 } });
      canvas.addLayer({ id: 'drawn-line', type: 'line', source: 'drawn', paint: { 'line-color': colour, 'line-width': 3 } });
      canvas.addLayer({ id: 'drawn-points', type: 'circle', source: 'drawn', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-radius': 5 } });
    }
    canvas.getSource<GeoJSONSource>('drawn')?.setData(drawn === null ? EMPTY : asFeatures(drawn));
  };
  const write = (): void => {
    const said = asFields(drawn ?? { kind: 'polygon', points: [] });
    for (const [name, value] of Object.entries(said)) {
      const input = field(name);
      if (input) input.value = value;
    }
    const datum = document.querySelector<HTMLInputElement>('input[name="datum"][value="wgs84"]');
    if (datum) datum.checked = true;
  };
  const begin = (kind: Drawn['kind'] | null) => (): void => {
    drawn = kind === null ? null : { kind, points: [] };
    for (const button of buttons.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset['kind'] === kind));
    canvas.getCanvas().style.cursor = kind === null ? '' : 'crosshair';
    write();
    show();
  };
  for (const [kind, label] of [['polygon', words().draw_polygon], ['circle', words().draw_circle], [null, words().draw_clear]] as const) {
    const button = make('button', { type: 'button', class: 'button button-small', 'data-kind': kind ?? '' }, label);
    button.addEventListener('click', begin(kind));
    buttons.append(button);
  }
  canvas.on('click', (event: MapMouseEvent) => {
    if (drawn === null) return;
    drawn = withPoint(drawn, [event.lngLat.lng, event.lngLat.lat]);
    write();
    show();
  });
  canvas.on('styledata', () => {
    if (drawn !== null && canvas.isStyleLoaded()) show();
  });
  element.append(buttons);
}
