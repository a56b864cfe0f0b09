import { BarChart, MapChart, PieChart } from 'echarts/charts';
import { GridComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, init, registerMap, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { WORLD } from '../page/charts/options.ts';
import { worldMap } from '../server/world-map.ts';
import type { Box } from './svg.ts';

use([BarChart, PieChart, MapChart, GridComponent, VisualMapComponent, SVGRenderer]);
registerMap(WORLD, worldMap() as Parameters<typeof registerMap>[1]);

/** A chart as the page draws it, at a place of a picture. */
export function chartPicture(option: EChartsCoreOption, { x, y, width, height }: Box): string {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width, height });
  const { tooltip: _, ...still } = option;
  chart.setOption(still);
  const svg = chart.renderToSVGString({ useViewBox: false });
  chart.dispose();
  // The style sheet is about pointers only.
  const [drawn = '', afterStyles = ''] = [svg.split('<style')[0], svg.split('</style>')[1] ?? ''];
  return (
    `${drawn}${afterStyles}`
      .replace('<svg ', `<svg aria-hidden="true" x="${x}" y="${y}" `)
      .replace(/ (class|ecmeta_[a-z_]+)="[^"]*"/g, '')
      // The outlines of countries have more digits than pixels.
      .replace(/(\d\.\d)\d+/g, '$1')
  );
}
