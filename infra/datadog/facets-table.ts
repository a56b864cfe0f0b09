import { withTable } from '../document-table.ts';
import type { Dashboard, Definition } from './dashboard-types.ts';
import { RUN_NUMBERS } from './dashboards/forwarder-health.ts';
import { asksQueries } from './dashboards/widgets.ts';
import { DASHBOARDS } from './dashboards.ts';

/** Attributes of which Datadog has facets by itself: its standard attributes, and those of signals. */
const BUILT_IN = /^@(usr|evt|network|http|workflow)\./;

const definitionsIn = ({ widgets }: Dashboard): Definition[] =>
  widgets.flatMap(({ definition }) =>
    definition.type === 'group' ? definition.widgets.map((widget) => widget.definition) : [definition],
  );

/** What a board groups by, counts the values of, or has a variable for, as far as a user has to make it a facet. */
function facetsOf(board: Dashboard): string[] {
  const queries = definitionsIn(board)
    .filter(asksQueries)
    .flatMap(({ requests }) => requests.flatMap((request) => [...request.queries]));
  const used = [
    ...board.template_variables.map(({ prefix }) => prefix),
    ...queries.flatMap(({ group_by }) => group_by.map(({ facet }) => facet)),
    ...queries.flatMap(({ compute }) => (compute.aggregation === 'cardinality' ? [compute.metric] : [])),
  ];
  return [...new Set(used)].filter((facet) => facet.startsWith('@') && !BUILT_IN.test(facet));
}

/** Every facet with the boards that need it, and every measure, as a Markdown table. */
function facetsTable(): string {
  const boards = new Map<string, string[]>();
  for (const board of Object.values(DASHBOARDS)) {
    for (const facet of facetsOf(board)) boards.set(facet, [...(boards.get(facet) ?? []), board.title]);
  }
  const rows = [
    ...[...boards.keys()].sort().map((facet) => [facet, 'facet', ...(boards.get(facet) ?? [])]),
    ...RUN_NUMBERS.map((number) => [number, 'measure', 'charts of your own']),
  ];
  return [
    '| Attribute | Make it a | For |',
    '|---|---|---|',
    ...rows.map(([attribute, kind, ...users]) => {
      const names = users.map((user) => user.replace('Valence: ', ''));
      return `| \`${attribute}\` | ${kind} | ${names.join(', ')} |`;
    }),
  ].join('\n');
}

/** A document with the table of facets and measures up to date. */
export const withFacets = (document: string): string => withTable(document, 'facets', facetsTable());
