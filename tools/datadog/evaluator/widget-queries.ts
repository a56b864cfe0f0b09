import type { Dashboard, Definition, EventQuery } from '../../../infra/datadog/dashboard-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetsOf, facetValues, matches } from '../interpreter/query/match.ts';

/** What widgets show of logs, as far as their definitions determine it. */

/** Values picked for template variables, by name; a variable that is not picked is everything. */
export type Picks = Readonly<Record<string, string>>;

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
      return picked === undefined ? '*' : `${variable.prefix}:"${picked.replace(/["\\]/g, '\\$&')}"`;
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

const findings = new WeakMap<readonly ProcessedLog[], Map<string, readonly ProcessedLog[]>>();

/** The logs that a search finds. Widgets and tests ask the same of the same logs many times, so that it is found once. */
export function found(search: string, logs: readonly ProcessedLog[]): readonly ProcessedLog[] {
  const known = findings.get(logs) ?? new Map<string, readonly ProcessedLog[]>();
  findings.set(logs, known);
  const result = known.get(search) ?? logs.filter((log) => matches(search, log));
  known.set(search, result);
  return result;
}

type Compute = EventQuery['compute'] | EventQuery['group_by'][number]['sort'];

/** What a query counts of logs. */
export const countOf = (compute: Compute, logs: readonly ProcessedLog[]): number => {
  const { metric } = { metric: undefined, ...compute };
  return metric === undefined
    ? logs.length
    : new Set(logs.flatMap((log) => facetValues(log, metric).map(String))).size;
};

/** What a query counts, by group, of as many groups as it asks for; the one group of a query without a facet is called `all`. */
export function counted(
  { compute, group_by }: EventQuery,
  logs: readonly ProcessedLog[],
): Map<string, number> {
  const groups = new Map<string, ProcessedLog[]>();
  const [group] = group_by;
  for (const log of logs) {
    for (const value of group ? new Set(facetValues(log, group.facet).map(String)) : ['all']) {
      const members = groups.get(value) ?? [];
      members.push(log);
      groups.set(value, members);
    }
  }
  const sizes = [...groups].map(([value, members]) => ({
    value,
    members,
    size: group ? countOf(group.sort, members) : 0,
  }));
  const largest = group ? sizes.sort((a, b) => b.size - a.size).slice(0, group.limit) : sizes;
  return new Map(largest.map(({ value, members }) => [value, countOf(compute, members)]));
}
