import type { RuleQuery } from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetValues, matches } from '../interpreter/query/match.ts';

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

export const inTime = (logs: readonly ProcessedLog[]): ProcessedLog[] =>
  [...logs].sort((left, right) => left.timestamp - right.timestamp);

/**
 * The logs of each group in the order of their dates.
 * @throws {Error} when the queries have different groups
 */
export function groupedLogs(
  queries: readonly RuleQuery[],
  logs: readonly ProcessedLog[],
): { group: string[]; logs: GroupedLog[] }[] {
  const fields = queries[0]?.groupByFields ?? [];
  if (queries.some((query) => query.groupByFields.join() !== fields.join())) {
    throw new Error('Queries with different groups are not modelled.');
  }
  const groups = new Map<string, { group: string[]; logs: GroupedLog[] }>();
  for (const log of inTime(logs)) {
    const by = new Set(queries.filter(({ query }) => matches(query, log)).map(({ name }) => name));
    if (by.size === 0) continue;
    for (const group of groupsOf(log, fields)) {
      const key = JSON.stringify(group);
      const known = groups.get(key) ?? { group, logs: [] };
      known.logs.push({ log, at: log.timestamp / 1000, by });
      groups.set(key, known);
    }
  }
  return [...groups.values()];
}

/** How many different values the logs that a query has found show. */
export function cardinality({ name, distinctFields }: RuleQuery, logs: readonly GroupedLog[]): number {
  const found = logs.filter(({ by }) => by.has(name));
  return new Set(found.flatMap(({ log }) => groupsOf(log, distinctFields).map((values) => values.join('\n'))))
    .size;
}
