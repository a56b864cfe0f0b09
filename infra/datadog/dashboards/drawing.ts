import type {
  Dashboard,
  Definition,
  Group,
  Layout,
  ListStream,
  QueryWidget,
  Widget,
} from '../dashboard-types.ts';
import { FACTS } from '../facts.ts';
import { COLUMNS, GROUP_TITLE_UNITS } from './board.ts';

/**
 * Draws boards for the docs from their definitions: the place and the query of each widget. Bars and rings only symbolise
 * the kind of widget and show no data.
 */

const COLUMN_PX = 84;
const UNIT_PX = 30;
const GAP_PX = 6;
const MARGIN_PX = 16;
const TITLE_PX = 56;
const CHARACTER_PX = 6.1;
const LINE_PX = 15;

const INK = '#24292f';
const FAINT = '#6e7781';
const ACCENT = '#632ca6';
const SOFT = '#c9b3e6';

const BACKGROUNDS = { white: '#fff', gray: '#eaeef2' } as const;

/** Colours of the titles of groups. */
const TITLES: Readonly<Record<Group['background_color'], string>> = {
  vivid_blue: '#3598ec',
  vivid_green: '#41c464',
  vivid_orange: '#f2994a',
  vivid_pink: '#eb5fa5',
  vivid_purple: '#8a5fd1',
  vivid_yellow: '#d9a800',
  gray: '#8c959f',
};

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const boxOf = ({ x, y, width, height }: Layout): Box => ({
  x: MARGIN_PX + x * COLUMN_PX,
  y: TITLE_PX + y * UNIT_PX,
  width: width * COLUMN_PX - GAP_PX,
  height: height * UNIT_PX - GAP_PX,
});

const escaped = (text: string) =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

const rect = ({ x, y, width, height }: Box, fill: string, radius = 0) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

const text = (x: number, y: number, content: string, style = `font-size="11" fill="${FAINT}"`) =>
  `<text x="${x}" y="${y}" ${style}>${escaped(content)}</text>`;

const shortened = (content: string, width: number): string => {
  const room = Math.floor(width / CHARACTER_PX);
  return content.length <= room ? content : `${content.slice(0, Math.max(1, room - 1))}…`;
};

/** Wraps paragraphs to lines of a width. */
function wrapped(paragraphs: string, width: number, most: number): string[] {
  const room = Math.floor(width / CHARACTER_PX);
  const line = new RegExp(`.{1,${room}}(?:\\s|$)`, 'g');
  const lines = paragraphs.split('\n\n').flatMap((paragraph) => paragraph.match(line) ?? []);
  return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]}…`] : lines;
}

const withoutMarkdown = (markdown: string) =>
  markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/[*`]/g, '');

const SHARES = [1, 0.8, 0.66, 0.5, 0.4, 0.3, 0.22, 0.15];

const BAR_HEIGHTS = [0.35, 0.5, 0.42, 0.7, 0.95, 0.6, 0.45, 0.8, 0.55, 0.4, 0.65, 0.3];

function columns({ x, y, width, height }: Box): string {
  const step = width / BAR_HEIGHTS.length;
  return BAR_HEIGHTS.map((share, index) => {
    const tall = Math.round(height * share);
    const bar = { x: Math.round(x + index * step), width: Math.round(step * 0.7) };
    return (
      rect({ ...bar, y: y + height - tall, height: tall }, SOFT) +
      rect({ ...bar, y: y + height - Math.round(tall * 0.6), height: Math.round(tall * 0.6) }, ACCENT)
    );
  }).join('');
}

const bars = ({ x, y, width, height }: Box): string =>
  SHARES.slice(0, Math.floor(height / LINE_PX))
    .map((share, index) =>
      rect({ x, y: y + index * LINE_PX, width: Math.round(width * share), height: LINE_PX - 5 }, SOFT, 2),
    )
    .join('');

function ring({ x, y, width, height }: Box): string {
  const radius = Math.round(Math.min(width, height) / 2) - 8;
  const place = `cx="${Math.round(x + width / 2)}" cy="${Math.round(y + height / 2)}" r="${radius}" fill="none" stroke-width="14"`;
  const around = Math.round(2 * Math.PI * radius);
  return `<circle ${place} stroke="${SOFT}"/><circle ${place} stroke="${ACCENT}" stroke-dasharray="${Math.round(around / 3)} ${around}"/>`;
}

function world({ x, y, width, height }: Box): string {
  const [rx, ry] = [Math.round(Math.min(width / 2, height)), Math.round(height / 2)];
  const [cx, cy] = [Math.round(x + width / 2), Math.round(y + height / 2)];
  const meridians = [1, 0.6, 0.2].map(
    (share) =>
      `<ellipse cx="${cx}" cy="${cy}" rx="${Math.round(rx * share)}" ry="${ry}" fill="none" stroke="${SOFT}"/>`,
  );
  return `${meridians.join('')}<path d="M${cx - rx} ${cy}H${cx + rx}" stroke="${SOFT}"/>`;
}

/** Columns next to each other above empty rows. */
function grid(titles: readonly string[], { x, y, width, height }: Box): string {
  const step = Math.floor(width / titles.length);
  const heads = titles.map((title, index) => text(x + index * step, y + 9, shortened(title, step - 6)));
  const rows = Array.from({ length: Math.floor((height - LINE_PX) / LINE_PX) }, (_, index) => {
    const line = y + 20 + index * LINE_PX;
    return `<path d="M${x} ${line}H${x + width}" stroke="${BACKGROUNDS.gray}"/>`;
  });
  return heads.join('') + rows.join('');
}

const listColumns = ({ requests }: ListStream) =>
  requests
    .flatMap(({ columns: shown }) => shown.map(({ field }) => field))
    .filter((field) => field !== 'status_line');

/** Names for the values that are counted. */
const UNIQUE: Readonly<Record<string, string>> = { '@alert.vuid': 'alerts', [FACTS.actor]: 'actors' };

/** The last parts of a path, which distinguish it from others; there is no room for more. */
const shortName = (facet: string) => facet.split('.').slice(-2).join('.').replace('@', '');

/** What is counted, and by which attribute it is grouped. */
function legend({ requests }: QueryWidget): string {
  const [query] = requests[0]?.queries ?? [];
  if (!query) return '';
  const { compute } = query;
  const counted =
    compute.aggregation === 'cardinality' ? (UNIQUE[compute.metric] ?? shortName(compute.metric)) : 'logs';
  const what = query.data_source === 'security_signals' ? 'signals' : counted;
  const [group] = query.group_by;
  return group ? `${what} by ${shortName(group.facet)}` : what;
}

function content(definition: Exclude<Definition, { type: 'note' }>, inner: Box): string {
  switch (definition.type) {
    case 'query_value':
      return text(inner.x + inner.width - 12, inner.y - 20, '#', `font-size="20" fill="${ACCENT}"`);
    case 'timeseries':
      return columns(inner);
    case 'toplist':
      return bars(inner);
    case 'sunburst':
      return ring(inner);
    case 'geomap':
      return world(inner);
    case 'query_table': {
      const [request] = definition.requests;
      const facet = request?.queries[0]?.group_by[0]?.facet ?? '';
      return grid([shortName(facet), ...(request?.formulas ?? []).map(({ alias }) => alias ?? '')], inner);
    }
    case 'list_stream':
      return grid(listColumns(definition).map(shortName), inner);
  }
}

/** @param top of the grid that the widget is on, in units */
function drawnWidget({ definition, layout }: Widget<Definition>, top = 0): string {
  const box = boxOf({ ...layout, y: layout.y + top });
  const pad = 10;
  if (definition.type === 'note') {
    const lines = wrapped(
      withoutMarkdown(definition.content),
      box.width - 2 * pad,
      Math.max(1, Math.floor((box.height - pad / 2) / LINE_PX)),
    );
    return (
      rect(box, BACKGROUNDS[definition.background_color], 4) +
      lines.map((line, index) => text(box.x + pad, box.y + 16 + index * LINE_PX, line)).join('')
    );
  }
  const inner = { x: box.x + pad, y: box.y + 42, width: box.width - 2 * pad, height: box.height - 52 };
  const named =
    'requests' in definition && definition.type !== 'list_stream' ? legend(definition) : 'latest logs';
  return [
    rect(box, BACKGROUNDS.white, 4),
    text(
      box.x + pad,
      box.y + 18,
      shortened(definition.title, inner.width),
      `font-size="12" font-weight="600" fill="${INK}"`,
    ),
    text(box.x + pad, box.y + 33, shortened(named, inner.width), `font-size="10" fill="${FAINT}"`),
    content(definition, inner),
  ].join('');
}

/** A title above the widgets of a group. */
function drawnGroup({ definition: { title, background_color, widgets }, layout }: Widget<Group>): string {
  const box = boxOf({ ...layout, height: GROUP_TITLE_UNITS });
  return [
    rect(box, TITLES[background_color], 3),
    text(box.x + 10, box.y + 16, title, `font-size="12" font-weight="600" fill="${BACKGROUNDS.white}"`),
    ...widgets.map((widget) => drawnWidget(widget, layout.y + GROUP_TITLE_UNITS)),
  ].join('\n');
}

const drawnPart = ({ definition, layout }: Widget): string =>
  definition.type === 'group' ? drawnGroup({ definition, layout }) : drawnWidget({ definition, layout });

/** A board as an SVG document. */
export function drawn({ title, template_variables, widgets }: Dashboard): string {
  const width = 2 * MARGIN_PX + COLUMNS * COLUMN_PX - GAP_PX;
  const units = Math.max(...widgets.map(({ layout }) => layout.y + layout.height));
  const height = TITLE_PX + units * UNIT_PX + MARGIN_PX - GAP_PX;
  const variables = template_variables.map(({ name }) => `$${name}`).join('   ');
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escaped(title)}">`,
    rect({ x: 0, y: 0, width, height }, '#f6f8fa'),
    text(MARGIN_PX, 26, title, `font-size="18" font-weight="600" fill="${INK}"`),
    text(MARGIN_PX, 44, variables, `font-size="11" fill="${ACCENT}"`),
    ...widgets.map(drawnPart),
    '</svg>',
  ].join('\n')}\n`;
}
