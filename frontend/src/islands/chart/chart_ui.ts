/** Lines over time, drawn as SVG so that they print and can be read at any size. The table under them stays. */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { pageWorld, tieToPage } from '../../enhance/live.ts';
import { make, words, zoneShift } from '../../enhance/page.ts';
import { type Answer, Poller } from '../../lib/poller.ts';
import { type ChartProps, inOrder, type Line, lookOf, thin, topOf } from './chart_data.ts';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const MOST_POINTS = 1200;
const LINE_COLOURS = ['accent', 'info', 'attention', 'bad'] as const;

function optionOf(lines: readonly Line[], props: ChartProps, style: CSSStyleDeclaration): EChartsCoreOption {
  const shift = zoneShift();
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    axisLabel: { color: colour('ink-2') },
    axisLine: { lineStyle: { color: colour('line-strong') } },
    splitLine: { lineStyle: { color: colour('line') } },
  };
  return {
    useUTC: true,
    animation: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    textStyle: { fontFamily: style.fontFamily },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour('ink') }, itemWidth: 34 },
    tooltip: {
      trigger: 'axis',
      backgroundColor: colour('raised'),
      borderColor: colour('line'),
      textStyle: { color: colour('ink') },
      valueFormatter: (value: unknown) => `${String(value)}${props.unit ?? ''}`,
    },
    xAxis: { type: 'time', ...axis, axisLabel: { ...axis.axisLabel, hideOverlap: true } },
    yAxis: {
      type: 'value',
      min: 0,
      max: topOf(props.unit),
      ...axis,
      axisLabel: { color: colour('ink-2'), formatter: `{value}${props.unit ?? ''}` },
    },
    series: lines.map((line, n) => {
      const look = lookOf(n);
      const points = thin(inOrder(line.points), MOST_POINTS).map(([at, value]) => [at + shift, value]);
      return {
        name: line.name,
        type: 'line',
        step: props.step ? 'end' : false,
        symbol: look.symbol,
        symbolSize: 6,
        showSymbol: points.length < 60,
        lineStyle: { type: look.dash, width: 2.5 },
        color: colour(LINE_COLOURS[n % LINE_COLOURS.length] as string),
        data: points,
      };
    }),
  };
}

/** Draw the chart above the table that stands between the tags. */
export function mount(element: HTMLElement, given: unknown): void {
  const props = given as ChartProps;
  let lines = props.lines;
  const place = make('div', { class: 'canvas', 'aria-hidden': 'true' });
  const table = [...element.childNodes];
  element.replaceChildren(make('div', { class: 'chart' }, place, ...table));
  const chart = init(place, null, { renderer: 'svg' });
  const draw = (): void => chart.setOption(optionOf(lines, props, getComputedStyle(element)), { notMerge: true });
  try {
    draw();
  } catch (trouble) {
    place.replaceChildren(words().chart_refused);
    console.warn('chart', trouble);
    return;
  }
  new ResizeObserver(() => chart.resize()).observe(place);
  document.addEventListener('renwang:theme', draw);
  const live = props.live;
  if (!live) return;
  let tag: string | null = null;
  const ask = async (): Promise<Answer> => {
    if (!element.isConnected) {
      document.removeEventListener('renwang:theme', draw);
      chart.dispose();
      return 'ended';
    }
    const answer = await fetch(live, { headers: tag === null ? {} : { 'If-None-Match': tag } });
    if (answer.status === 304) return 'same';
    if (answer.redirected || answer.status === 410) return 'ended';
    if (!answer.ok) return 'failed';
    tag = answer.headers.get('ETag');
    lines = ((await answer.json()) as { lines: readonly Line[] }).lines;
    draw();
    return 'fresh';
  };
  const poller = new Poller(
    pageWorld(ask, (state) => {
      element.dataset['liveState'] = state;
    }),
    (props.every ?? 15) * 1000,
  );
  poller.start();
  tieToPage(poller, element);
}
