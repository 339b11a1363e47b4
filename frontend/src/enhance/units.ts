/**
 * One unit chosen in two places: its row in a table and its shape on the map.
 *
 * ```html
 * <tr data-unit="0198…">…</tr>
 * ```
 *
 * Whoever chooses dispatches `renwang:unit` on the document; whoever shows
 * units listens. A row is chosen by a click beside its links, or by focus.
 */

export interface Choice {
  readonly id: string;
  readonly from: 'table' | 'map';
}

export function chooseUnit(id: string, from: Choice['from']): void {
  document.dispatchEvent(new CustomEvent<Choice>('renwang:unit', { detail: { id, from } }));
}

/** Call back when a unit was chosen anywhere; ends with the signal. */
export function onUnit(heard: (choice: Choice) => void, signal?: AbortSignal): void {
  document.addEventListener('renwang:unit', (event) => heard((event as CustomEvent<Choice>).detail), signal ? { signal } : {});
}

function rowOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>('tr[data-unit]') : null;
}

export function startUnits(): void {
  document.addEventListener('click', (event) => {
    const row = rowOf(event);
    const isControl = event.target instanceof Element && event.target.closest('a, button, input, label, summary');
    if (row?.dataset['unit'] && !isControl) chooseUnit(row.dataset['unit'], 'table');
  });
  document.addEventListener('focusin', (event) => {
    const row = rowOf(event);
    if (row === event.target && row?.dataset['unit']) chooseUnit(row.dataset['unit'], 'table');
  });
  onUnit(({ id, from }) => {
    for (const row of document.querySelectorAll<HTMLElement>('tr[data-unit]')) {
      const isChosen = row.dataset['unit'] === id;
      if (isChosen) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
      if (isChosen && from === 'map') row.scrollIntoView({ block: 'nearest' });
    }
  });
}
