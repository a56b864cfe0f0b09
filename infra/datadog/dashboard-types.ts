/**
 * Bodies of Datadog's dashboards API, as far as this product's content uses them.
 * Source: Datadog API reference, "Dashboards" (v1); all names are Datadog's.
 */

/** What to count in the logs or signals that a search finds. */
export interface EventQuery {
  name: string;
  data_source: 'logs' | 'security_signals';
  indexes: readonly ['*'];
  search: { query: string };
  /** `cardinality` counts the different values of the facet `metric`. */
  compute: { aggregation: 'count' } | { aggregation: 'cardinality'; metric: string };
  /** Logs without the facet are in no group. */
  group_by: readonly {
    facet: string;
    limit: number;
    sort: { aggregation: 'count' | 'cardinality'; order: 'desc'; metric?: string };
  }[];
}

/** A calculation with the names of queries. */
export interface Formula {
  formula: string;
  /** Shown instead of the formula. */
  alias?: string;
  limit?: { count: number; order: 'desc' };
}

export interface ConditionalFormat {
  comparator: '>' | '<=';
  value: number;
  palette: 'white_on_red' | 'white_on_yellow' | 'white_on_green' | 'white_on_gray';
}

/** A link in the menu of a widget's values. */
export interface CustomLink {
  label: string;
  /**
   * May contain `{{facet.value}}`, the value that was clicked; `{{$variable}}`, a variable of the board as a search; and
   * `{{timestamp_start}}` and `{{timestamp_end}}`, the time frame in epoch milliseconds.
   */
  link: string;
}

interface Titled {
  title: string;
  /** A time frame of its own; the board's when left out. */
  time?: { live_span: '1d' | '1w' | '1mo' };
  custom_links?: readonly CustomLink[];
}

interface ScalarRequest {
  response_format: 'scalar';
  queries: readonly EventQuery[];
  formulas: readonly Formula[];
}

export interface QueryValue extends Titled {
  type: 'query_value';
  autoscale: true;
  precision: 0;
  requests: readonly (ScalarRequest & { conditional_formats?: readonly ConditionalFormat[] })[];
}

export interface Toplist extends Titled {
  type: 'toplist';
  requests: readonly ScalarRequest[];
}

export interface Sunburst extends Titled {
  type: 'sunburst';
  legend: { type: 'automatic' };
  requests: readonly ScalarRequest[];
}

export interface Geomap extends Titled {
  type: 'geomap';
  style: { palette: 'hostmap_blues'; palette_flip: false };
  view: { focus: 'WORLD' };
  requests: readonly ScalarRequest[];
}

export interface QueryTable extends Titled {
  type: 'query_table';
  has_search_bar: 'auto';
  requests: readonly (ScalarRequest & {
    sort: { count: number; order_by: readonly { type: 'formula'; index: number; order: 'desc' }[] };
  })[];
}

export interface Timeseries extends Titled {
  type: 'timeseries';
  show_legend: true;
  legend_layout: 'auto';
  requests: readonly {
    response_format: 'timeseries';
    display_type: 'bars';
    queries: readonly EventQuery[];
    formulas: readonly Formula[];
  }[];
}

export interface ListStream extends Titled {
  type: 'list_stream';
  requests: readonly {
    response_format: 'event_list';
    columns: readonly { field: string; width: 'auto' | 'compact' | 'full' }[];
    query: {
      data_source: 'logs_stream' | 'security_signals_stream';
      query_string: string;
      indexes: readonly [];
      /** The latest first when left out. */
      sort?: { column: 'timestamp'; order: 'asc' };
    };
  }[];
}

export interface Note {
  type: 'note';
  /** Markdown. */
  content: string;
  background_color: 'white';
  font_size: '14';
  text_align: 'left';
  vertical_align: 'top';
  show_tick: false;
  has_padding: true;
}

export type QueryWidget = QueryValue | Toplist | Sunburst | Geomap | QueryTable | Timeseries;

export type Definition = QueryWidget | ListStream | Note;

/** A place on the grid of 12 columns. */
export interface Layout {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Widgets below a coloured title, which fold. */
export interface Group {
  type: 'group';
  title: string;
  show_title: true;
  background_color:
    | 'vivid_blue'
    | 'vivid_green'
    | 'vivid_orange'
    | 'vivid_pink'
    | 'vivid_purple'
    | 'vivid_yellow'
    | 'gray';
  layout_type: 'ordered';
  /** Their places are within the group. */
  widgets: readonly Widget<Definition>[];
}

export interface Widget<D = Definition | Group> {
  definition: D;
  layout: Layout;
}

/** `$name` in a search matches everything, or `prefix:value` once a value was selected. */
export interface TemplateVariable {
  name: string;
  prefix: string;
  /** Values offered; those that logs have when empty. */
  available_values: readonly string[];
  defaults: readonly ['*'];
}

export interface Dashboard {
  title: string;
  description: string;
  layout_type: 'ordered';
  reflow_type: 'fixed';
  template_variables: readonly TemplateVariable[];
  widgets: readonly Widget[];
  /** Only `team:`, 5 at most. */
  tags: readonly `team:${string}`[];
}
