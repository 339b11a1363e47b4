/**
 * Islands: places where a script draws what HTML cannot.
 *
 * ```html
 * <script type="application/json" id="map-props">{…}</script>
 * <div data-island="map" data-props="map-props">shown until then, and without script</div>
 * ```
 *
 * The code of an island is fetched when its element comes near the screen.
 */

export type Mount = (element: HTMLElement, props: unknown) => void | Promise<void>;

const ISLANDS: Readonly<Record<string, () => Promise<Mount>>> = {
  map: async () => (await import('./map/map_ui.ts')).mount,
  chart: async () => (await import('./chart/chart_ui.ts')).mount,
};

async function mount(element: HTMLElement): Promise<void> {
  const fetchIsland = ISLANDS[element.dataset['island'] ?? ''];
  const text = document.getElementById(element.dataset['props'] ?? '')?.textContent;
  if (fetchIsland === undefined || !text) return;
  const draw = await fetchIsland();
  await draw(element, JSON.parse(text));
  element.dataset['mounted'] = 'true';
}

const seen = new WeakSet<Element>();

/** Draw every island below `root`, once, as it comes near. */
export function mountIslands(root: ParentNode): void {
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watch.unobserve(target);
        void mount(target as HTMLElement);
      }
    },
    { rootMargin: '300px' },
  );
  for (const element of root.querySelectorAll('[data-island]')) {
    if (seen.has(element)) continue;
    seen.add(element);
    watch.observe(element);
  }
}
