import type {
  ConditionalFormat,
  Dashboard,
  Definition,
  EventQuery,
  ListStream,
  QueryTable,
  QueryValue,
  Timeseries,
} from '../../../infra/datadog/dashboard-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { NotModelled } from '../interpreter/not-modelled.ts';
import { facetReader } from '../interpreter/query/match.ts';
import { calculated } from './formula.ts';
import { found } from './found.ts';
import type {
  ListResult,
  SeriesResult,
  TableResult,
  TimeFrame,
  ValueResult,
  WidgetResult,
} from './results.ts';
import { barsOf } from './time-bars.ts';
import { BUILT_IN_COLUMNS, counted, counter, groupReader, type Picks, resolved } from './widget-queries.ts';

/** What a widget shows of the logs and signals of a time frame. */

/** Rows of a list that are shown; Datadog loads more of them while the user scrolls. */
const MAX_LIST_ROWS = 100;

/** What the widgets of a board look at. */
export interface Shown {
  /** Those within the time frame, after the pipelines. */
  logs: readonly ProcessedLog[];
  /** Those within the time frame. */
  signals: readonly ProcessedLog[];
  frame: TimeFrame;
  variables: Dashboard['template_variables'];
  picks?: Picks;
}

type Asking = Exclude<Definition, { type: 'note' }>;

/**
 * What a widget shows. A widget that uses what is not modelled says so in its result.
 * @throws {Error} when the search of the widget names a variable that the board lacks
 */
export function resultOf(definition: Asking, shown: Shown): WidgetResult {
  try {
    return modelledResult(definition, shown);
  } catch (error) {
    if (error instanceof NotModelled) return { kind: 'not-drawn', reason: error.message };
    throw error;
  }
}

/** Throws {@link NotModelled}, too. */
function modelledResult(definition: Asking, shown: Shown): WidgetResult {
  switch (definition.type) {
    case 'query_value':
      return value(definition.requests[0], shown);
    case 'toplist':
    case 'sunburst':
    case 'geomap': {
      const [query] = definition.requests[0]?.queries ?? [];
      if (!query) throw new NotModelled('a widget without a query');
      const values = [...counted(query, foundBy(query, shown))];
      return {
        kind: 'values',
        facet: groupOf(query),
        values: values.map(([each, count]) => ({ value: each, count })),
      };
    }
    case 'query_table':
      return table(definition.requests[0], shown);
    case 'timeseries':
      return series(definition.requests[0], shown);
    case 'list_stream':
      return list(definition.requests[0], shown);
    default:
      throw new NotModelled(`the widget ${(definition as { type: string }).type}`);
  }
}

const foundBy = ({ data_source, search }: EventQuery, { logs, signals, variables, picks }: Shown) =>
  found(resolved(search.query, variables, picks), data_source === 'logs' ? logs : signals);

const groupOf = ({ group_by: [group] }: EventQuery): string => group?.facet ?? '';

function value(request: QueryValue['requests'][number] | undefined, shown: Shown): ValueResult {
  const counts = new Map(
    request?.queries.map((query) => [query.name, counted(query, foundBy(query, shown)).get('all')]),
  );
  const result = calculated(request?.formulas[0]?.formula ?? '', (name) => counts.get(name));
  const format = request?.conditional_formats?.find((each) => result !== undefined && applies(each, result));
  return { kind: 'value', value: result, ...(format && { palette: format.palette }) };
}

const applies = ({ comparator, value: limit }: ConditionalFormat, result: number) =>
  comparator === '>' ? result > limit : result <= limit;

function table(request: QueryTable['requests'][number] | undefined, shown: Shown): TableResult {
  if (!request) throw new NotModelled('a table without a request');
  const { queries, formulas, sort } = request;
  const counts = new Map(queries.map((query) => [query.name, counted(query, foundBy(query, shown))]));
  const groups = new Set([...counts.values()].flatMap((each) => [...each.keys()]));
  const rows = [...groups].map((group) => ({
    value: group,
    cells: formulas.map(({ formula }) => calculated(formula, (name) => counts.get(name)?.get(group))),
  }));
  const by = sort.order_by[0]?.index ?? 0;
  rows.sort((a, b) => (b.cells[by] ?? 0) - (a.cells[by] ?? 0));
  return {
    kind: 'table',
    facet: queries[0] ? groupOf(queries[0]) : '',
    columns: formulas.map(({ formula, alias }) => alias ?? formula),
    rows: rows.slice(0, sort.count),
  };
}

/** Of each group that is among the largest over the whole frame, a count for each bar. */
function series(request: Timeseries['requests'][number] | undefined, shown: Shown): SeriesResult {
  const [query] = request?.queries ?? [];
  if (!request || !query) throw new NotModelled('bars without a query');
  const logs = foundBy(query, shown);
  const { starts, step } = barsOf(shown.frame);
  const [group] = query.group_by;
  const members = new Map<string, ProcessedLog[][]>();
  for (const name of counted(query, logs).keys())
    members.set(
      name,
      starts.map(() => []),
    );
  const groupsOf = groupReader(query);
  for (const log of logs) {
    const bar = Math.floor((log.timestamp - (starts[0] ?? 0)) / step);
    for (const name of groupsOf(log)) {
      members.get(name)?.[bar]?.push(log);
    }
  }
  const countOf = counter(query.compute);
  return {
    kind: 'series',
    ...(group && { facet: group.facet }),
    starts,
    step,
    series: [...members].map(([name, bars]) => ({
      name: group ? name : (request.formulas[0]?.alias ?? name),
      counts: bars.map(countOf),
    })),
  };
}

function list(request: ListStream['requests'][number] | undefined, shown: Shown): ListResult {
  if (!request) throw new NotModelled('a list without a request');
  const { query, columns } = request;
  const of = query.data_source === 'logs_stream' ? shown.logs : shown.signals;
  const all = found(resolved(query.query_string, shown.variables, shown.picks), of);
  const facets = columns.map(({ field }) => field).filter((field) => !BUILT_IN_COLUMNS.includes(field));
  const readers = facets.map(facetReader);
  const sign = query.sort?.order === 'asc' ? 1 : -1;
  const rows = [...all].sort((a, b) => sign * (a.timestamp - b.timestamp)).slice(0, MAX_LIST_ROWS);
  return {
    kind: 'list',
    columns: facets,
    rows: rows.map((log) => ({
      status: log.status,
      timestamp: log.timestamp,
      message: log.message,
      cells: readers.map((valuesOf) => [...new Set(valuesOf(log).map(String))].join(', ')),
    })),
    total: all.length,
  };
}
