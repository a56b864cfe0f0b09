import type { Dashboard, Definition, EventQuery } from '../../../infra/datadog/dashboard-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetReader, facetsOf } from '../interpreter/query/match.ts';
import { termOf } from '../interpreter/query/term.ts';

/** What widgets show of logs, as far as their definitions determine it. */

/** Values picked for template variables, by name; a variable that is not picked is everything. */
export type Picks = Readonly<Record<string, string>>;

/** A value with `*` for any text; what else means something in a search is escaped. */
const pattern = (value: string): string => value.replace(/[^\p{L}\p{N}*_.@-]/gu, '\\$&');

/** A search with its variables filled in. */
export function resolved(
  search: string,
  variables: Dashboard['template_variables'],
  picks: Picks = {},
): string {
  return search
    .replace(/\$([a-z_]+)/g, (_, name: string) => {
      const variable = variables.find((each) => each.name === name);
      if (!variable) throw new Error(`There is no variable ${name}.`);
      const picked = picks[name];
      return picked === undefined
        ? '*'
        : picked.includes('*')
          ? `${variable.prefix}:${pattern(picked)}`
          : termOf(variable.prefix, picked);
    })
    .trim();
}

/** Every widget of a board, those in groups included. */
export const definitionsOf = ({ widgets }: Dashboard): Definition[] =>
  widgets.flatMap(({ definition }) =>
    definition.type === 'group' ? definition.widgets.map((widget) => widget.definition) : [definition],
  );

/** Every widget of a board that shows data, by its title. */
export const widgetsOf = (board: Dashboard) =>
  definitionsOf(board).flatMap((definition) =>
    definition.type === 'note' ? [] : [[definition.title, definition] as const],
  );

export const isOfSignals = (definition: Definition): boolean =>
  JSON.stringify(definition).includes('security_signals');

export const queriesOf = (definition: Definition): EventQuery[] =>
  definition.type === 'note' || definition.type === 'list_stream'
    ? []
    : definition.requests.flatMap(({ queries }) => [...queries]);

/** Every search of a widget. */
export const searchesOf = (definition: Definition): string[] =>
  definition.type === 'list_stream'
    ? definition.requests.map(({ query }) => query.query_string)
    : queriesOf(definition).map(({ search }) => search.query);

/** Columns of a list that are no facets. */
export const BUILT_IN_COLUMNS = ['status_line', 'timestamp', 'content'];

/** Every facet that a widget names: in searches, groups, counts and columns. */
export function facetsIn(definition: Definition, variables: Dashboard['template_variables']): string[] {
  const columns =
    definition.type === 'list_stream'
      ? definition.requests.flatMap(({ columns }) => columns.map(({ field }) => field))
      : [];
  const queries = queriesOf(definition);
  return [
    ...searchesOf(definition).flatMap((search) => facetsOf(resolved(search, variables))),
    ...columns.filter((column) => !BUILT_IN_COLUMNS.includes(column)),
    ...queries.flatMap(({ group_by }) => group_by.map(({ facet }) => facet)),
    ...queries.flatMap(({ compute }) => (compute.aggregation === 'cardinality' ? [compute.metric] : [])),
  ];
}

type Compute = EventQuery['compute'] | EventQuery['group_by'][number]['sort'];

/** Prepares a count of logs: what a query computes. */
export function counter(compute: Compute): (logs: readonly ProcessedLog[]) => number {
  const { metric } = { metric: undefined, ...compute };
  if (metric === undefined) return (logs) => logs.length;
  const valuesOf = facetReader(metric);
  return (logs) => {
    const different = new Set<string>();
    for (const log of logs) for (const value of valuesOf(log)) different.add(String(value));
    return different.size;
  };
}

/** Prepares the names of the groups that a log is in; the one group of a query without a facet is called `all`. */
export function groupReader({ group_by: [group] }: EventQuery): (log: ProcessedLog) => Iterable<string> {
  if (!group) return () => ['all'];
  const valuesOf = facetReader(group.facet);
  return (log) => {
    const values = valuesOf(log);
    return values.length > 1 ? new Set(values.map(String)) : values.map(String);
  };
}

const knownCounts = new WeakMap<readonly ProcessedLog[], Map<string, ReadonlyMap<string, number>>>();

/**
 * What a query counts, by group, of as many groups as it asks for. Boards are drawn many times over the same logs, so that what was
 * counted stays known.
 * @param logs must not change any more
 */
export function counted(query: EventQuery, logs: readonly ProcessedLog[]): ReadonlyMap<string, number> {
  const known = knownCounts.get(logs) ?? new Map<string, ReadonlyMap<string, number>>();
  knownCounts.set(logs, known);
  const key = JSON.stringify([query.group_by, query.compute]);
  const result = known.get(key) ?? count(query, logs);
  known.set(key, result);
  return result;
}

function count(query: EventQuery, logs: readonly ProcessedLog[]): Map<string, number> {
  const groupsOf = groupReader(query);
  const groups = new Map<string, ProcessedLog[]>();
  for (const log of logs) {
    for (const name of groupsOf(log)) {
      const members = groups.get(name);
      if (members) members.push(log);
      else groups.set(name, [log]);
    }
  }
  const [group] = query.group_by;
  const countOf = counter(query.compute);
  if (!group) return new Map([...groups].map(([name, members]) => [name, countOf(members)]));
  const sizeOf = counter(group.sort);
  const sizes = [...groups].map(([name, members]) => ({ name, members, size: sizeOf(members) }));
  const largest = sizes.sort((a, b) => b.size - a.size).slice(0, group.limit);
  return new Map(largest.map(({ name, members }) => [name, countOf(members)]));
}
