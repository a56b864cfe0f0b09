import { BarChart, MapChart, PieChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'preact/hooks';
import { DARK, LIGHT, type Theme } from './options.ts';

use([
  AriaComponent,
  BarChart,
  PieChart,
  MapChart,
  GridComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
]);

const DARKNESS = matchMedia('(prefers-color-scheme: dark)');
const CONTRAST = matchMedia('(prefers-contrast: more)');

const wanted = (): Theme => ({ ...(DARKNESS.matches ? DARK : LIGHT), hasPatterns: CONTRAST.matches });

/** The theme that the user's system asks for. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(wanted);
  useEffect(() => {
    const changed = () => setTheme(wanted());
    const queries = [DARKNESS, CONTRAST];
    for (const query of queries) query.addEventListener('change', changed);
    return () => {
      for (const query of queries) query.removeEventListener('change', changed);
    };
  }, []);
  return theme;
}

/** A part of a chart that was clicked. */
export interface ChartClick {
  name: string;
  seriesName: string;
  dataIndex: number;
}

/** Whether there is a place to draw in: a map without one cannot be computed. */
const hasRoom = ({ clientWidth, clientHeight }: HTMLElement): boolean => clientWidth > 0 && clientHeight > 0;

/**
 * Draws a chart that fills its place. Whoever cannot see it gets its label; the values are in the legend or list next to it.
 * @param onPick called with the part that was clicked, and where
 */
export function Chart({
  label,
  option,
  onPick,
}: {
  label: string;
  option: EChartsCoreOption;
  onPick: (part: ChartClick, at: { x: number; y: number }) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | undefined>(undefined);
  const latest = useRef(option);
  latest.current = option;
  const picked = useRef(onPick);
  picked.current = onPick;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', ({ name, seriesName = '', dataIndex, event }) => {
      const { left, top } = element.getBoundingClientRect();
      picked.current(
        { name, seriesName, dataIndex },
        { x: left + (event?.offsetX ?? 0), y: top + (event?.offsetY ?? 0) },
      );
    });
    const observer = new ResizeObserver(() => {
      if (!hasRoom(element)) return;
      made.resize();
      if (made.getOption() === undefined) made.setOption(latest.current);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    if (place.current && hasRoom(place.current)) chart.current?.setOption(option, { notMerge: true });
  }, [option]);
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}
