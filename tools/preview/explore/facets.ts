import type { Dashboard } from '../../../infra/datadog/dashboard-types.ts';
import { asksQueries } from '../../../infra/datadog/dashboards/widgets.ts';
import { DASHBOARDS } from '../../../infra/datadog/dashboards.ts';
import { OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { facetReader } from '../../datadog/interpreter/query/match.ts';
import { BadQuery } from '../bad-query.ts';
import type { FacetCounts } from './answers.ts';
import type { Archive } from './archive.ts';
import { MARKS } from './explanations.ts';

const SHOWN_VALUES = 25;

/** Facets of every log, which boards need not name. */
const USUAL = ['source', 'service', 'status', 'tenant'];

function facetsOfBoard({ widgets, template_variables }: Dashboard): string[] {
  const definitions = widgets.flatMap(({ definition }) =>
    definition.type === 'group' ? definition.widgets.map((widget) => widget.definition) : [definition],
  );
  const queries = definitions
    .filter(asksQueries)
    .flatMap(({ requests }) => requests.flatMap((request) => [...request.queries]))
    .filter(({ data_source }) => data_source === 'logs');
  return [
    ...template_variables.map(({ prefix }) => prefix),
    ...queries.flatMap(({ group_by }) => group_by.map(({ facet }) => facet)),
  ];
}

/** What the content of Datadog filters and groups by, and the marks of the forwarder: each facet once. */
export const FACETS: readonly string[] = [
  ...new Set([
    ...USUAL,
    ...Object.values<Dashboard>(DASHBOARDS).flatMap(facetsOfBoard),
    'backfill',
    ...MARKS.map((field) => `@${OWN_ATTRIBUTE}.${field}`),
  ]),
];

/** The values of one facet in all logs, numbered. */
interface Column {
  values: string[];
  /** The numbers of all logs, one log after the other. */
  numbers: Uint32Array;
  /** Where the numbers of each position begin, and at last where all end. */
  starts: Uint32Array;
}

/** Counts facets over one archive. The values of a facet are read from the logs once. */
export class Facets {
  readonly #archive: Archive;
  readonly #columns = new Map<string, Column>();

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /**
   * @param positions of the logs
   * @throws {BadQuery} when the facet is none of {@link FACETS}
   */
  counts(facet: string, positions: Uint32Array): FacetCounts {
    const { values, numbers, starts } = this.#column(facet);
    const counts = new Uint32Array(values.length);
    for (const position of positions) {
      const end = starts[position + 1] as number;
      for (let at = starts[position] as number; at < end; at++) {
        const number = numbers[at] as number;
        counts[number] = (counts[number] as number) + 1;
      }
    }
    const found = values.flatMap((value, number) => {
      const count = counts[number] as number;
      return count > 0 ? [{ value, count }] : [];
    });
    const frequent = found.sort(
      (one, other) => other.count - one.count || (one.value < other.value ? -1 : 1),
    );
    return { facet, values: frequent.slice(0, SHOWN_VALUES), distinct: found.length };
  }

  #column(facet: string): Column {
    if (!FACETS.includes(facet)) throw new BadQuery('The preview has no such facet.');
    const column = this.#columns.get(facet) ?? columnOf(this.#archive, facet);
    this.#columns.set(facet, column);
    return column;
  }
}

function columnOf({ logs }: Archive, facet: string): Column {
  const valuesOf = facetReader(facet);
  const known = new Map<string, number>();
  const numbers: number[] = [];
  const starts = new Uint32Array(logs.length + 1);
  for (const [position, log] of logs.entries()) {
    starts[position] = numbers.length;
    // A log with a value twice counts once.
    for (const value of new Set(valuesOf(log).map(String))) {
      const number = known.get(value) ?? known.size;
      known.set(value, number);
      numbers.push(number);
    }
  }
  starts[logs.length] = numbers.length;
  return { values: [...known.keys()], numbers: Uint32Array.from(numbers), starts };
}
