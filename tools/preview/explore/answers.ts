import type { RuleStatus } from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import type { Status } from '../../datadog/interpreter/status.ts';

/** What the server answers to the pages Logs, Signals and Forwarder, as JSON. Times of logs are epoch milliseconds. */

/** Long enough for every search of the content; a parser that calls itself cannot run out of stack. */
export const LONGEST_QUERY_CHARACTERS = 2_000;

/** A log as lists show it. */
export interface ListedLog extends Pick<ProcessedLog, 'timestamp' | 'status' | 'service' | 'message'> {
  id: number;
  /** Titles of what the forwarder did with it beyond sending it. */
  marks: string[];
}

export interface LogPage {
  logs: ListedLog[];
  /** Where the next page begins; null after the last log. */
  next: string | null;
}

export interface Bucket {
  /** Included; the bucket ends where the next one begins. */
  from: number;
  /** How many logs have each status; a status without logs is left out. */
  counts: Partial<Record<Status, number>>;
}

export interface Histogram {
  /** Milliseconds that a bucket covers. */
  width: number;
  /** In the order of time, without gaps; none without a log. */
  buckets: Bucket[];
}

/** `api/logs`: a page of a search, and what all of its logs have in common. */
export interface FoundLogs extends LogPage {
  /** How many logs the search finds. */
  total: number;
  /** If it finds none: the facets that it names and no log of the time frame has. */
  absent: readonly string[];
  histogram: Histogram;
}

/** How often a value of a facet occurs among the logs of a search. */
export interface FacetValue {
  value: string;
  count: number;
}

export interface FacetCounts {
  facet: string;
  /** The most frequent ones. */
  values: FacetValue[];
  /** How many different values there are. */
  distinct: number;
}

/** `api/facets` */
export interface FoundFacets {
  /** Every facet that can be asked for. */
  facets: readonly string[];
  /** Those that were asked for. */
  counts: FacetCounts[];
}

/** Something that the forwarder or the pipeline did with one log, in words. */
export interface Explanation {
  /** The attribute or tag that says so. */
  field: string;
  /**
   * `changed`: the log differs from the record. `marked`: the forwarder says something about it. `added`: a value for searches and
   * boards.
   */
  kind: 'changed' | 'marked' | 'added';
  title: string;
  text: string;
}

/** `api/log`: one log with everything in it. */
export interface ExplainedLog {
  id: number;
  log: ProcessedLog;
  explanations: Explanation[];
}

/** A piece of a line of a message. */
export interface Span {
  style: 'plain' | 'bold' | 'code';
  text: string;
}

/** Lines of one kind; a paragraph and a heading have one line. */
export interface Block {
  kind: 'heading' | 'paragraph' | 'bullets' | 'steps';
  lines: Span[][];
}

/** A signal as the list shows it. */
export interface ListedSignal {
  id: string;
  /** Key of its rule. */
  rule: string;
  status: RuleStatus;
  title: string;
  group: { facet: string; value: string }[];
  /** First and last finding. */
  from: number;
  to: number;
  /** How many logs are behind it. */
  logs: number;
}

/** Why a rule raised nothing. */
export interface Quiet {
  /**
   * `no-log`: no log matches. `no-group`: logs match, but lack what the rule groups by. `below`: too few, or not in the order of the
   * rule. `external`: the rule looks at what only Datadog adds. `history`: the rule has to learn for longer. `usual`: it has learned, and nothing was new.
   */
  reason: 'no-log' | 'no-group' | 'below' | 'external' | 'history' | 'usual';
  /** One or two sentences. */
  text: string;
  /** How many logs its queries find. */
  matching: number;
}

/** A rule that raised nothing. */
export interface QuietRule extends Quiet {
  rule: string;
  name: string;
  /** The search for the logs that the rule looks at. */
  search: string;
}

/** `api/signals` */
export interface FoundSignals {
  /** Of all rules and severities, whatever is shown. */
  total: number;
  /** The most severe first; a severity without signals is left out. */
  statuses: { status: RuleStatus; count: number }[];
  rules: { rule: string; name: string; count: number }[];
  /** A page of those that are asked for, the newest first. */
  signals: ListedSignal[];
  /** How many are asked for. */
  matching: number;
  quiet: QuietRule[];
}

/** `api/signal`: one signal with everything in it. */
export interface ExplainedSignal extends ListedSignal {
  message: Block[];
  /** Some of the logs behind it, the newest first. */
  samples: ListedLog[];
  /** The search for the logs behind it. */
  search: string;
}

/** A range of record times that Valence refuses; epoch seconds. */
export interface ShownHole {
  from: number;
  to: number;
  /** The HTTP status of the refusal, or what was wrong with the answer. */
  status: number | string;
}

/** The progress of a stream; epoch seconds. */
export interface ShownStream {
  stream: string;
  watermark: number;
  finalWatermark: number;
  /** How far the watermark is behind, in seconds. */
  lagSeconds: number;
  lag: 'ok' | 'warn' | 'critical';
  holes: ShownHole[];
}

/** What a run did with a stream. */
export interface ShownRunStream {
  stream: string;
  fetched: number;
  forwarded: number;
  duplicates: number;
  quarantined: number;
  /** Why it did not complete, or why it was left out. */
  problem: string | null;
}

export interface ShownRun {
  name: string;
  /** When it ended, epoch seconds. */
  at: number;
  status: 'ok' | 'partial' | 'failed';
  streams: ShownRunStream[];
  /** Why it failed as a whole. */
  failure?: string;
}

/** A record in quarantine. */
export interface ShownQuarantined {
  stream: string;
  /** ISO 8601. */
  at: string;
  /** Why Datadog refused it. */
  reason: string;
}

/** `api/forwarder` */
export interface ShownForwarder {
  /** `live`: it keeps running. `last`: what its last run left. `none`: the logs are not from a forwarder. */
  kind: 'live' | 'last' | 'none';
  /** When this was read, epoch seconds. */
  at: number;
  streams: ShownStream[];
  /** The newest first. */
  runs: ShownRun[];
  quarantine: {
    total: number;
    /** Some of them. */
    shown: ShownQuarantined[];
  };
}
