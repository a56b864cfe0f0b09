import { BarChart, MapChart, PieChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'preact/hooks';
import { DARK, LIGHT, type Theme } from './options.ts';

use([BarChart, PieChart, MapChart, GridComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

const darkness = matchMedia('(prefers-color-scheme: dark)');

/** The theme that the user's system asks for. */
export function useTheme(): Theme {
  const [isDark, setDark] = useState(darkness.matches);
  useEffect(() => {
    const changed = () => setDark(darkness.matches);
    darkness.addEventListener('change', changed);
    return () => darkness.removeEventListener('change', changed);
  }, []);
  return isDark ? DARK : LIGHT;
}

/** A part of a chart that was clicked. */
export interface ChartClick {
  name: string;
  seriesName: string;
  dataIndex: number;
}

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
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => chart.current?.setOption(option, { notMerge: true }), [option]);
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}
