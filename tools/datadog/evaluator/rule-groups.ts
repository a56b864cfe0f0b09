import type { RuleQuery } from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetReader } from '../interpreter/query/match.ts';
import { found } from './found.ts';

/** A log that belongs to a group, and the queries that found it. */
export interface GroupedLog {
  log: ProcessedLog;
  /** Epoch seconds. */
  at: number;
  /** Names of the queries. */
  by: ReadonlySet<string>;
}

/**
 * Prepares the groups that a log belongs to: every combination of its values, none when it lacks one of them.
 * @returns values by their order in `fields`
 */
export function groupsReader(fields: readonly string[]): (log: ProcessedLog) => string[][] {
  const readers = fields.map(facetReader);
  return (log) =>
    readers.reduce<string[][]>(
      (groups, valuesOf) => {
        const values = valuesOf(log);
        return groups.flatMap((group) => values.map((value) => [...group, String(value)]));
      },
      [[]],
    );
}

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

/** The logs that any of some queries finds, in their order, each with the names of those that find it. */
function foundByAny(
  queries: readonly Grouping[],
  logs: readonly ProcessedLog[],
): (readonly [ProcessedLog, ReadonlySet<string>])[] {
  const finders = new Map<ProcessedLog, Set<string>>();
  for (const { name, query } of queries) {
    for (const log of found(query, logs)) {
      const names = finders.get(log);
      if (names) names.add(name);
      else finders.set(log, new Set([name]));
    }
  }
  return logs.flatMap((log) => {
    const names = finders.get(log);
    return names ? [[log, names] as const] : [];
  });
}

/**
 * The logs of each group in the order of their dates.
 * @param logs must not change any more
 * @throws {Error} when the queries have different groups
 */
export function groupedLogs(queries: readonly Grouping[], logs: readonly ProcessedLog[]): Group[] {
  const fields = queries[0]?.groupByFields ?? [];
  if (queries.some((query) => query.groupByFields.join() !== fields.join())) {
    throw new Error('Queries with different groups are not modelled.');
  }
  const groupsOf = groupsReader(fields);
  const groups = new Map<string, Group>();
  for (const [log, by] of foundByAny(queries, inTime(logs))) {
    for (const group of groupsOf(log)) {
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
  /** By query: how many logs of the window show each value. */
  readonly #values = new Map<string, Map<string, number>>();
  readonly #valuesOf: ReadonlyMap<string, (log: ProcessedLog) => string[][]>;
  #start = 0;
  #end = 0;

  /** @param logs of one group, in the order of their dates */
  constructor(logs: readonly GroupedLog[], queries: readonly RuleQuery[]) {
    this.#logs = logs;
    this.#valuesOf = new Map(queries.map(({ name, distinctFields }) => [name, groupsReader(distinctFields)]));
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
    for (const [name, valuesOf] of this.#valuesOf) {
      const values = this.#values.get(name);
      if (!values || !by.has(name)) continue;
      for (const value of valuesOf(log).map((each) => each.join('\n'))) {
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
