import type { ConditionalFormat } from '../../../infra/datadog/dashboard-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';

/** What widgets show, as data. */

/** From `from` to before `to`, epoch milliseconds. */
export interface TimeFrame {
  from: number;
  to: number;
}

/** A value of a facet, and what was counted of the logs that have it. */
export interface CountedValue {
  value: string;
  count: number;
}

/** One number. */
export interface ValueResult {
  kind: 'value';
  /** Undefined is shown as a blank. */
  value: number | undefined;
  palette?: ConditionalFormat['palette'];
}

/** Top lists, rings and maps. */
export interface ValuesResult {
  kind: 'values';
  facet: string;
  values: readonly CountedValue[];
}

/** A row for each value of a facet. */
export interface TableResult {
  kind: 'table';
  facet: string;
  columns: readonly string[];
  rows: readonly { value: string; cells: readonly (number | undefined)[] }[];
}

/** Stacked bars. */
export interface SeriesResult {
  kind: 'series';
  /** What the bars are stacked by, if by anything. */
  facet?: string;
  /** Where each bar begins, epoch milliseconds. */
  starts: readonly number[];
  /** How long a bar is, milliseconds. */
  step: number;
  series: readonly { name: string; counts: readonly number[] }[];
}

/** A row of a list. */
export interface ListRow extends Pick<ProcessedLog, 'timestamp' | 'message'> {
  /** That of a log, or of a signal, which has others. */
  status: string;
  /** By the order of the columns. */
  cells: readonly string[];
}

/** The latest logs or signals; or the oldest. */
export interface ListResult {
  kind: 'list';
  /** Facets between the date and the message. */
  columns: readonly string[];
  rows: readonly ListRow[];
  /** How many the search finds; more than there are rows when the list is long. */
  total: number;
}

/** The widget uses what is not modelled. */
export interface NotDrawn {
  kind: 'not-drawn';
  reason: string;
}

export type WidgetResult = ValueResult | ValuesResult | TableResult | SeriesResult | ListResult | NotDrawn;
