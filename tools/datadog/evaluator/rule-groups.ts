import type { RuleQuery } from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetValues, logTest } from '../interpreter/query/match.ts';

/** A log that belongs to a group, and the queries that found it. */
export interface GroupedLog {
  log: ProcessedLog;
  /** Epoch seconds. */
  at: number;
  /** Names of the queries. */
  by: ReadonlySet<string>;
}

/**
 * The groups that a log belongs to: every combination of its values, none when it lacks one of them.
 * @returns values by their order in `fields`
 */
export const groupsOf = (log: ProcessedLog, fields: readonly string[]): string[][] =>
  fields.reduce<string[][]>(
    (groups, field) =>
      groups.flatMap((group) => facetValues(log, field).map((value) => [...group, String(value)])),
    [[]],
  );

/** In the order of their dates; the same array if they are in it already. */
export function inTime(logs: readonly ProcessedLog[]): readonly ProcessedLog[] {
  const isSorted = logs.every(
    (log, index) => index === 0 || (logs[index - 1]?.timestamp ?? 0) <= log.timestamp,
  );
  return isSorted ? logs : [...logs].sort((left, right) => left.timestamp - right.timestamp);
}

/** All logs of one group in the order of their dates. */
export interface Group {
  /** What it is a group of. */
  facets: readonly string[];
  /** The value of each. */
  group: readonly string[];
  logs: GroupedLog[];
}

/** Which logs a query finds, and by what it groups them. */
type Grouping = Pick<RuleQuery, 'name' | 'query' | 'groupByFields'>;

/**
 * The logs of each group in the order of their dates.
 * @throws {Error} when the queries have different groups
 */
export function groupedLogs(queries: readonly Grouping[], logs: readonly ProcessedLog[]): Group[] {
  const fields = queries[0]?.groupByFields ?? [];
  if (queries.some((query) => query.groupByFields.join() !== fields.join())) {
    throw new Error('Queries with different groups are not modelled.');
  }
  const tests = queries.map(({ name, query }) => ({ name, test: logTest(query) }));
  const groups = new Map<string, Group>();
  for (const log of inTime(logs)) {
    const by = new Set(tests.filter(({ test }) => test(log)).map(({ name }) => name));
    if (by.size === 0) continue;
    for (const group of groupsOf(log, fields)) {
      const key = JSON.stringify(group);
      const known = groups.get(key) ?? { facets: fields, group, logs: [] };
      known.logs.push({ log, at: log.timestamp / 1000, by });
      groups.set(key, known);
    }
  }
  return [...groups.values()];
}

/**
 * How many different values the logs of a window show that each query has found. Both ends of the window only move ahead, so that
 * each log is counted once.
 */
export class WindowCounts {
  readonly #logs: readonly GroupedLog[];
  readonly #queries: readonly RuleQuery[];
  /** By query: how many logs of the window show each value. */
  readonly #values = new Map<string, Map<string, number>>();
  #start = 0;
  #end = 0;

  /** @param logs of one group, in the order of their dates */
  constructor(logs: readonly GroupedLog[], queries: readonly RuleQuery[]) {
    this.#logs = logs;
    this.#queries = queries;
    for (const { name } of queries) this.#values.set(name, new Map());
  }

  /**
   * Moves the window.
   * @param start index of its first log
   * @param end index after its last log
   */
  move(start: number, end: number): void {
    while (this.#end < end) this.#count(this.#end++, 1);
    while (this.#start < start) this.#count(this.#start++, -1);
  }

  /** @throws {Error} when no query has the name */
  of(name: string): number {
    const values = this.#values.get(name);
    if (!values) throw new Error(`A condition counts "${name}", and no query is called that.`);
    return values.size;
  }

  #count(index: number, change: 1 | -1): void {
    const { log, by } = this.#logs[index] as GroupedLog;
    for (const { name, distinctFields } of this.#queries) {
      const values = this.#values.get(name);
      if (!values || !by.has(name)) continue;
      for (const value of groupsOf(log, distinctFields).map((each) => each.join('\n'))) {
        const count = (values.get(value) ?? 0) + change;
        if (count > 0) values.set(value, count);
        else values.delete(value);
      }
    }
  }
}

/** For each log the index of the first one in a window that ends with it. @param seconds length of the window */
export function windowStarts(logs: readonly GroupedLog[], seconds: number): number[] {
  let start = 0;
  return logs.map(({ at }) => {
    while (start < logs.length && (logs[start] as GroupedLog).at <= at - seconds) start++;
    return start;
  });
}
