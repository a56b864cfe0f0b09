import type { EChartsCoreOption } from 'echarts/core';
import type { SeriesResult, ValuesResult } from '../../../datadog/evaluator/results.ts';
import { clock, date, day, short, time, whole } from '../shell/format.ts';

/** Charts as data. They are the same in the browser and in the pictures of the docs, so nothing here knows a document. */

/** What charts are drawn with. */
export interface Theme {
  ink: string;
  faint: string;
  line: string;
  land: string;
  /** Of a map: from few to many. */
  scale: readonly [string, string];
  /** Of series, in their order. */
  series: readonly string[];
  /** Whether areas also have patterns, for who asks for more contrast. */
  hasPatterns?: boolean;
}

/** Datadog's classic palette in its order, which can be distinguished on both backgrounds. */
const SERIES = [
  '#4e9dda',
  '#e38d2c',
  '#7b57c9',
  '#3aa76d',
  '#d6537a',
  '#c3a500',
  '#2f8f9d',
  '#9a6b4b',
  '#7d8ca3',
  '#b0578d',
];

export const LIGHT: Theme = {
  ink: '#24292f',
  faint: '#57606a',
  line: '#d0d7de',
  land: '#e4e8ec',
  scale: ['#b9dcf7', '#0b5394'],
  series: SERIES,
};

export const DARK: Theme = {
  ink: '#e6edf3',
  faint: '#9da7b3',
  line: '#3d444d',
  land: '#2d333b',
  scale: ['#1f4e79', '#8fd0ff'],
  series: SERIES,
};

/** The colour of a series by its place. */
export const seriesColour = ({ series }: Theme, index: number): string => series[index % series.length] ?? '';

/** Statuses and severities have the same colour everywhere, as in Datadog. */
const STATUS_COLOURS: Readonly<Record<string, string>> = {
  emergency: '#9b1c1c',
  alert: '#b42318',
  critical: '#d92d20',
  error: '#e5534b',
  high: '#e5534b',
  warn: '#d99a00',
  medium: '#d99a00',
  notice: '#4e9dda',
  low: '#4e9dda',
  info: '#7d8ca3',
  debug: '#9da7b3',
  ok: '#3aa76d',
};

/** Facets whose values are statuses or severities. */
const STATUS_FACET = /(^|[._])(status|severity)$/;

/** The colour of a value: its own if it is a status or severity, otherwise that of its place. */
export const valueColour = (theme: Theme, facet: string | undefined, name: string, index: number): string =>
  (STATUS_FACET.test(facet ?? '') ? STATUS_COLOURS[name.toLowerCase()] : undefined) ??
  seriesColour(theme, index);

const common = ({ hasPatterns = false }: Theme) => ({
  animation: false,
  textStyle: { fontFamily: 'system-ui, sans-serif' },
  aria: { enabled: hasPatterns, label: { enabled: false }, decal: { show: hasPatterns } },
});

/** The tooltip draws text only, never markup: names are values of records. */
const tooltip = (theme: Theme) => ({
  renderMode: 'richText' as const,
  confine: true,
  backgroundColor: theme.ink,
  borderWidth: 0,
  textStyle: { color: theme.land, fontSize: 11 },
});

const DAY_MS = 86_400_000;

/** Names of the bars: times within a day, days within a year, otherwise dates. */
function labelOf(starts: readonly number[], step: number): (start: number) => string {
  const isLong = (starts.at(-1) ?? 0) - (starts[0] ?? 0) > 300 * DAY_MS;
  if (isLong) return date;
  return (start) => (step >= DAY_MS || start % DAY_MS === 0 ? day(start) : clock(start));
}

/** Stacked bars. */
export function barsOption({ starts, step, series, facet }: SeriesResult, theme: Theme): EChartsCoreOption {
  const label = { color: theme.faint, fontSize: 10 };
  return {
    ...common(theme),
    grid: { left: 4, right: 8, top: 10, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      ...tooltip(theme),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (parts: { dataIndex: number; seriesName: string; value: number }[]) =>
        [
          `${time(starts[parts[0]?.dataIndex ?? 0] ?? 0)} UTC`,
          ...parts
            .filter(({ value }) => value > 0)
            .map(({ seriesName, value }) => `${seriesName}: ${whole(value)}`),
        ].join('\n'),
    },
    xAxis: {
      type: 'category',
      data: starts.map(labelOf(starts, step)),
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: { ...label, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      splitLine: { lineStyle: { color: theme.line } },
      axisLabel: { ...label, formatter: (value: number) => short(value) },
    },
    series: series.map(({ name, counts }, index) => ({
      type: 'bar',
      name,
      stack: 'all',
      data: counts,
      barCategoryGap: '12%',
      itemStyle: { color: valueColour(theme, facet, name, index) },
    })),
  };
}

/** A ring with the share of each value. */
export function ringOption({ values, facet }: ValuesResult, theme: Theme): EChartsCoreOption {
  return {
    ...common(theme),
    tooltip: {
      ...tooltip(theme),
      formatter: ({ name, value, percent }: { name: string; value: number; percent: number }) =>
        `${name}\n${whole(value)} (${percent} %)`,
    },
    series: [
      {
        type: 'pie',
        radius: ['52%', '86%'],
        label: { show: false },
        labelLine: { show: false },
        itemStyle: { borderWidth: 1, borderColor: theme.land },
        data: values.map(({ value, count }, index) => ({
          name: value,
          value: count,
          itemStyle: { color: valueColour(theme, facet, value, index) },
        })),
      },
    ],
  };
}

/** The name under which the map of the world is registered. */
export const WORLD = 'world';

/** Countries coloured by how often they occur; the values are ISO codes. */
export function worldOption(
  { values }: ValuesResult,
  theme: Theme,
  nameOf: (code: string) => string,
): EChartsCoreOption {
  const most = Math.max(...values.map(({ count }) => count), 1);
  return {
    ...common(theme),
    tooltip: {
      ...tooltip(theme),
      formatter: ({ name, value }: { name: string; value: number }) =>
        Number.isNaN(value) ? nameOf(name) : `${nameOf(name)}: ${whole(value)}`,
    },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: most,
      calculable: false,
      orient: 'horizontal',
      left: 0,
      bottom: 0,
      itemHeight: 80,
      itemWidth: 8,
      text: [short(most), '0'],
      textStyle: { color: theme.faint, fontSize: 10 },
      inRange: { color: [...theme.scale] },
    },
    series: [
      {
        type: 'map',
        map: WORLD,
        roam: false,
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        itemStyle: { areaColor: theme.land, borderColor: theme.line, borderWidth: 0.5 },
        emphasis: { label: { show: false } },
        selectedMode: false,
        data: values.map(({ value, count }) => ({ name: value, value: count })),
      },
    ],
  };
}
