import type {
  ConditionalFormat,
  CustomLink,
  Geomap,
  ListStream,
  Note,
  QueryTable,
  QueryValue,
  QueryWidget,
  Sunburst,
  Timeseries,
  Toplist,
} from '../dashboard-types.ts';
import { FACTS } from '../facts.ts';
import { eventQuery, type Measure, type Remainder } from './measures.ts';

/** Builders of the widgets of the boards. They offer only the options that the boards need. */

/** Optional properties of a widget. */
export interface Extras {
  links?: readonly CustomLink[];
  /** A time frame of its own. */
  last?: '1d' | '1w' | '1mo';
}

/** Countries that a map shows. */
const MAX_COUNTRIES = 250;

/** Values of a facet that lists of the most frequent ones, and charts, show. */
const MOST_FREQUENT = 10;

/** The most rows that Datadog gives a table. */
const MAX_ROWS = 1000;

const titled = (title: string, { links, last }: Extras) => ({
  title,
  ...(last && { time: { live_span: last } }),
  ...(links && { custom_links: links }),
});

/** @param measures by the name that each has in the formulas */
const scalar = (measures: Readonly<Record<string, Measure>>, formula: string) => ({
  response_format: 'scalar' as const,
  queries: Object.entries(measures).map(([name, measure]) => eventQuery(name, measure)),
  formulas: [{ formula }],
});

const grouped = (measure: Measure, facet: string, limit: number) => ({
  response_format: 'scalar' as const,
  queries: [eventQuery('a', measure, { facet, limit })],
  formulas: [{ formula: 'a', limit: { count: limit, order: 'desc' as const } }],
});

const valueWidget = (
  title: string,
  request: QueryValue['requests'][number],
  extras: Extras & { formats?: readonly ConditionalFormat[] },
): QueryValue => ({
  ...titled(title, extras),
  type: 'query_value',
  autoscale: true,
  precision: 0,
  requests: [{ ...request, ...(extras.formats && { conditional_formats: extras.formats }) }],
});

/** One number; zero if the search finds nothing. */
export const value = (
  title: string,
  measure: Measure,
  extras: Extras & { formats?: readonly ConditionalFormat[] } = {},
): QueryValue => valueWidget(title, scalar({ a: measure }, 'default_zero(a)'), extras);

/** Colours a number above zero. */
export const anyIs = (palette: ConditionalFormat['palette']): { formats: readonly ConditionalFormat[] } => ({
  formats: [
    { comparator: '>', value: 0, palette },
    { comparator: '<=', value: 0, palette: 'white_on_green' },
  ],
});

/** One number: what remains. */
export function remaining(title: string, remainder: Remainder, extras: Extras = {}): QueryValue {
  const { queries, formula } = columnOf(remainder, 'a');
  return valueWidget(title, scalar(queries, formula), extras);
}

/** Bars over time, stacked by the values of a facet when one is given. */
export const overTime = (
  title: string,
  measure: Measure,
  facet?: string,
  extras: Extras = {},
): Timeseries => ({
  ...titled(title, extras),
  type: 'timeseries',
  show_legend: true,
  legend_layout: 'auto',
  requests: [
    {
      response_format: 'timeseries',
      display_type: 'bars',
      queries: [eventQuery('a', measure, facet ? { facet, limit: MOST_FREQUENT } : undefined)],
      formulas: [{ formula: 'a', ...(!facet && { alias: title }) }],
    },
  ],
});

/** The most frequent values of a facet. */
export const top = (title: string, measure: Measure, facet: string, extras: Extras = {}): Toplist => ({
  ...titled(title, extras),
  type: 'toplist',
  requests: [grouped(measure, facet, MOST_FREQUENT)],
});

/** The shares of a facet with few values. */
export const share = (title: string, measure: Measure, facet: string, extras: Extras = {}): Sunburst => ({
  ...titled(title, extras),
  type: 'sunburst',
  legend: { type: 'automatic' },
  requests: [grouped(measure, facet, MOST_FREQUENT)],
});

/** A map of the clients' countries. */
export const map = (title: string, measure: Measure, extras: Extras = {}): Geomap => ({
  ...titled(title, extras),
  type: 'geomap',
  style: { palette: 'hostmap_blues', palette_flip: false },
  view: { focus: 'WORLD' },
  requests: [grouped(measure, FACTS.countryCode, MAX_COUNTRIES)],
});

/** A column of a table. */
export type Column = Measure | Remainder;

/** The queries of a column, and the formula with them. */
function columnOf(column: Column, name: string) {
  // Without a zero, a row of which a query finds nothing would be blank.
  const zero = (query: string) => `default_zero(${query})`;
  if (!('of' in column)) return { queries: { [name]: column }, formula: zero(name) };
  const [less, more] = [`${name}less`, `${name}more`];
  return {
    queries: { [name]: column.of, [less]: column.without, [more]: column.and },
    formula: `${zero(name)} - ${zero(less)} + ${zero(more)}`,
  };
}

/**
 * A row for each value of one facet. Only one, because Datadog leaves out logs that lack one of the facets that a table
 * groups by. All other columns are counts. Every column takes its values by the first one: with the largest of its own, rows would
 * have blank cells.
 * @param columns by their titles, the one to sort by first
 */
export function table(
  title: string,
  facet: string,
  columns: Readonly<Record<string, Column>>,
  extras: Extras = {},
): QueryTable {
  const shown = Object.entries(columns).map(([alias, column], index) => ({
    alias,
    ...columnOf(column, `q${index}`),
  }));
  const queries = shown.flatMap((column) => Object.entries(column.queries));
  const by = queries[0]?.[1];
  const grouping = { facet, limit: MAX_ROWS, ...(by && { by }) };
  return {
    ...titled(title, extras),
    type: 'query_table',
    has_search_bar: 'auto',
    requests: [
      {
        response_format: 'scalar',
        queries: queries.map(([name, measure]) => eventQuery(name, measure, grouping)),
        formulas: shown.map(({ alias, formula }) => ({ formula, alias })),
        sort: { count: MAX_ROWS, order_by: [{ type: 'formula', index: 0, order: 'desc' }] },
      },
    ],
  };
}

type ListQuery = ListStream['requests'][number]['query'];

const listOf =
  (source: ListQuery['data_source'], order?: 'asc') =>
  (title: string, search: string, columns: readonly string[], extras: Extras = {}): ListStream => ({
    ...titled(title, extras),
    type: 'list_stream',
    requests: [
      {
        response_format: 'event_list',
        columns: [
          { field: 'status_line', width: 'auto' },
          { field: 'timestamp', width: 'auto' },
          ...columns.map((field) => ({ field, width: 'auto' as const })),
          { field: 'content', width: 'compact' },
        ],
        query: {
          data_source: source,
          query_string: search,
          indexes: [],
          ...(order && { sort: { column: 'timestamp', order } }),
        },
      },
    ],
  });

/**
 * The latest logs, one in each row. A log that lacks a column is shown too.
 * Parameters: title, search, and the facets after the date; the message is the last column.
 */
export const list = listOf('logs_stream');

/** The oldest logs, with the same parameters as {@link list}. */
export const oldestList = listOf('logs_stream', 'asc');

/** The latest signals, with the same parameters as {@link list}. */
export const signalList = listOf('security_signals_stream');

/** Markdown. */
export const note = (content: string): Note => ({
  type: 'note',
  content,
  background_color: 'white',
  font_size: '14',
  text_align: 'left',
  vertical_align: 'top',
  show_tick: false,
  has_padding: true,
});

/** Whether a widget asks for data in the common form. */
export const asksQueries = (definition: { type: string }): definition is QueryWidget =>
  definition.type !== 'note' && definition.type !== 'list_stream';
