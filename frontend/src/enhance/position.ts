/**
 * A form takes the position of the phone, when somebody presses for it.
 *
 * ```html
 * <div data-position data-position-taken="Position taken" data-position-none="No position">
 *   <input type="hidden" name="lon"><input type="hidden" name="lat">
 *   <button type="button" data-position-take>Take my position</button><span role="status"></span>
 * </div>
 * ```
 *
 * Never by itself, and never again afterwards. What a browser gives is WGS-84.
 */
const PATIENCE = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 };

function take(part: HTMLElement): void {
  const said = part.querySelector('[role="status"]');
  const say = (text: string | undefined): void => {
    if (said) said.textContent = text ?? '';
  };
  const put = (name: string, value: number): void => {
    const input = part.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (input) input.value = value.toFixed(6);
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put('lon', coords.longitude);
      put('lat', coords.latitude);
      say(`${part.dataset['positionTaken'] ?? ''} ±${Math.round(coords.accuracy)} m`);
    },
    () => say(part.dataset['positionNone']),
    PATIENCE,
  );
}

/** Let every button that takes a position do so. */
export function startPosition(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest('[data-position-take]');
    const part = button?.closest<HTMLElement>('[data-position]');
    if (part) {
      event.preventDefault();
      take(part);
    }
  });
}
