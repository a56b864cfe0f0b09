import type { ListResult, SeriesResult, TableResult, ValuesResult } from '../../datadog/evaluator/results.ts';
import type { ShownNote, ShownWidget } from '../api.ts';
import { barsOption, LIGHT, ringOption, valueColour, worldOption } from '../page/charts/options.ts';
import { facetName, short, time, whole } from '../page/shell/format.ts';
import { chartPicture } from './chart-picture.ts';
import { grid } from './grid.ts';
import {
  type Box,
  FAINT,
  INK,
  inked,
  LINE_PX,
  ROW_PX,
  rect,
  shortened,
  text,
  WHITE,
  wrapped,
} from './svg.ts';

/** Widgets with what they show, in a picture. */

const PAD_PX = 10;
const BAR = '#d9e9f9';

/** Backgrounds of numbers, by the names of Datadog's palettes. */
const PALETTES: Readonly<Record<string, string>> = {
  white_on_red: '#b42318',
  white_on_yellow: '#8a5a00',
  white_on_green: '#1a7f37',
  white_on_gray: '#57606a',
};

const rightInked = `${inked} text-anchor="end"`;

function number(value: number | undefined, palette: string | undefined, box: Box): string {
  const fill = palette && PALETTES[palette];
  const shown = value === undefined ? '–' : short(value);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2 + 8];
  return [
    fill ? rect(box, fill, 2) : '',
    text(x, y, shown, `font-size="24" fill="${fill ? WHITE : INK}" text-anchor="middle"`),
  ].join('');
}

function toplist({ values }: ValuesResult, { x, y, width, height }: Box): string {
  const most = Math.max(...values.map(({ count }) => count), 1);
  return values
    .slice(0, Math.floor(height / ROW_PX))
    .map(({ value, count }, index) => {
      const top = y + index * ROW_PX;
      return (
        rect({ x, y: top, width: Math.round((width * count) / most), height: ROW_PX - 2 }, BAR, 2) +
        text(x + 40, top + 12, whole(count), rightInked) +
        text(x + 48, top + 12, shortened(value, width - 50), inked)
      );
    })
    .join('');
}

/** The values of a chart below each other, with their colours. */
function legend({ values, facet }: ValuesResult, { x, y, width, height }: Box): string {
  return values
    .slice(0, Math.floor(height / LINE_PX))
    .map(({ value, count }, index) => {
      const top = y + index * LINE_PX;
      return (
        rect({ x, y: top + 3, width: 8, height: 8 }, valueColour(LIGHT, facet, value, index), 2) +
        text(x + 13, top + 11, shortened(value, width - 60), inked) +
        text(x + width, top + 11, whole(count), rightInked)
      );
    })
    .join('');
}

function ring(result: ValuesResult, box: Box): string {
  const width = Math.round(Math.min(box.width * 0.45, box.height));
  const beyond = { ...box, x: box.x + width + PAD_PX, width: box.width - width - PAD_PX };
  return chartPicture(ringOption(result, LIGHT), { ...box, width }) + legend(result, beyond);
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** In a row, as many as there is room for. */
function bars(result: SeriesResult, box: Box): string {
  const chart = chartPicture(barsOption(result, LIGHT), { ...box, height: box.height - LINE_PX });
  let x = box.x;
  const names = result.series.map(({ name, counts }, index) => {
    const label = `${name} ${whole(sum(counts))}`;
    const width = 20 + label.length * 6;
    if (x + width > box.x + box.width) return '';
    const y = box.y + box.height - 10;
    const colour = valueColour(LIGHT, result.facet, name, index);
    const drawn = rect({ x, y, width: 8, height: 8 }, colour, 2) + text(x + 12, y + 8, label, inked);
    x += width;
    return drawn;
  });
  return chart + names.join('');
}

const table = ({ facet, columns, rows }: TableResult, box: Box): string =>
  grid(
    [
      [{ content: facetName(facet) }, ...columns.map((content) => ({ content, isNumber: true }))],
      ...rows.map(({ value, cells }) => [
        { content: value },
        ...cells.map((cell) => ({ content: cell === undefined ? '' : whole(cell), isNumber: true })),
      ]),
    ],
    [3, ...columns.map(() => 1)],
    box,
  );

const list = ({ columns, rows }: ListResult, box: Box): string =>
  grid(
    [
      ['status', 'date', ...columns.map(facetName), 'content'].map((content) => ({ content })),
      ...rows.map(({ status, timestamp, cells, message }) =>
        [status, time(timestamp), ...cells, message].map((content) => ({ content })),
      ),
    ],
    [0.7, 1.2, ...columns.map(() => 1.5), 2.5],
    box,
  );

const noData = ({ x, y, width, height }: Box, what = 'No data') =>
  text(x + width / 2, y + height / 2, what, `font-size="11" fill="${FAINT}" text-anchor="middle"`);

function content({ type, result }: ShownWidget, box: Box): string {
  switch (result.kind) {
    case 'value':
      return number(result.value, result.palette, box);
    case 'table':
      return result.rows.length > 0 ? table(result, box) : noData(box);
    case 'list':
      return result.rows.length > 0 ? list(result, box) : noData(box);
    case 'series':
      return result.series.length > 0 ? bars(result, box) : noData(box);
    case 'values':
      if (result.values.length === 0) return noData(box);
      if (type === 'sunburst') return ring(result, box);
      if (type === 'geomap') return chartPicture(worldOption(result, LIGHT, String), box);
      return toplist(result, box);
    case 'not-drawn':
      return noData(box, shortened(result.reason, box.width));
  }
}

const withoutMarkdown = (markdown: string) =>
  markdown.replace(/\[([^[\]]+)\]\([^()]*\)/g, '$1').replace(/[*`]/g, '');

/** A widget or a note in its place. */
export function widgetPicture(widget: ShownWidget | ShownNote, box: Box): string {
  const width = box.width - 2 * PAD_PX;
  if (widget.kind === 'note') {
    const lines = wrapped(
      withoutMarkdown(widget.content),
      width,
      Math.max(1, Math.floor(box.height / LINE_PX)),
    );
    return [
      rect(box, WHITE, 4),
      ...lines.map((line, index) => text(box.x + PAD_PX, box.y + 18 + index * LINE_PX, line)),
    ].join('');
  }
  const inner = { x: box.x + PAD_PX, y: box.y + 26, width, height: box.height - 34 };
  return [
    rect(box, WHITE, 4),
    text(
      inner.x,
      box.y + 17,
      shortened(widget.title, width),
      `font-size="12" font-weight="600" fill="${INK}"`,
    ),
    content(widget, inner),
  ].join('');
}
