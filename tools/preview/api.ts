import type { Dashboard, Group, Layout, Note } from '../../infra/datadog/dashboard-types.ts';
import type { TimeFrame, WidgetResult } from '../datadog/evaluator/results.ts';

/** What the server answers to the page, as JSON. */

/** `api/ready`: how far the server is with what the page needs before it can show anything. */
export interface Readiness {
  isReady: boolean;
  /** Logs that are through the pipeline, of all that there were at the start. */
  logs: { done: number; all: number };
  /** Rules that were evaluated, of all. */
  rules: { done: number; all: number };
}

/** A board to choose, `api/boards`. */
export interface ListedBoard {
  key: string;
  title: string;
  description: string;
}

/** `api/boards` */
export interface Boards {
  boards: readonly ListedBoard[];
  data: ShownData;
}

/** What data the page shows. */
export interface ShownData {
  /** Where the records are from, in a few words. */
  origin: string;
  /** Whether the countries of addresses are made up, because the addresses are those of documentation. */
  inventedCountries: boolean;
  /** How many logs are held, those of the forwarder's own runs included. */
  logs: number;
  /** How many of them are summaries of runs. */
  summaries: number;
  /** Whether logs still arrive. */
  isGrowing: boolean;
  /** The time from the first to the last of them. */
  span: TimeFrame;
}

/** A template variable, and what can be picked. */
export interface VariableChoice {
  name: string;
  /** The facet that it narrows. */
  prefix: string;
  values: readonly string[];
  /** Everything when left out. */
  picked?: string;
}

/** A widget with what it shows. */
export interface ShownWidget {
  kind: 'widget';
  layout: Layout;
  /** As Datadog names it: `timeseries`, `toplist`. */
  type: string;
  title: string;
  /** The time frame of its own, as Datadog names it. */
  span?: string;
  links: readonly { label: string; link: string }[];
  result: WidgetResult;
}

/** A note. */
export interface ShownNote {
  kind: 'note';
  layout: Layout;
  content: Note['content'];
}

/** Widgets below a title that folds. */
export interface ShownGroup {
  kind: 'group';
  layout: Layout;
  title: string;
  colour: Group['background_color'];
  widgets: readonly (ShownWidget | ShownNote)[];
}

/** `api/board` */
export interface ShownBoard {
  key: string;
  title: Dashboard['title'];
  description: string;
  frame: TimeFrame;
  variables: readonly VariableChoice[];
  parts: readonly (ShownWidget | ShownNote | ShownGroup)[];
  data: ShownData;
}

/** An answer to a request that cannot be fulfilled. */
export interface Refusal {
  error: string;
}
