import type { EventQuery } from '../dashboard-types.ts';
import { notEmpty } from '../facts.ts';

/**
 * What a widget counts. There are no sums or averages: Datadog calculates only with measures, and a user has to create a
 * measure by hand, because no API does.
 */
export interface Measure {
  source: EventQuery['data_source'];
  search: string;
  /** Facet whose different values are counted; by default the logs themselves. */
  unique?: string;
}

/** How many logs a search finds. */
export const logs = (search: string): Measure => ({ source: 'logs', search });

/** How many different values of a facet the logs have that a search finds. */
export const unique = (facet: string, search: string): Measure => ({
  source: 'logs',
  search,
  unique: facet,
});

/** Alerts, each counted once, however often it was forwarded. */
export const alerts = (search: string): Measure => unique('@alert.vuid', search);

/** Alerts of which some are left out, and some of these taken in again. */
export interface Remainder {
  of: Measure;
  without: Measure;
  and: Measure;
}

/** How many signals of detection rules a search finds. */
export const signals = (search: string): Measure => ({ source: 'security_signals', search });

/** A search that combines all the given ones with AND; empty ones are left out. */
export const both = (...searches: readonly string[]): string => searches.filter(Boolean).join(' ');

/** An empty text is no group. Reserved attributes and tags are never empty. */
const inGroups = (search: string, facet: string | undefined) =>
  facet?.startsWith('@') ? both(search, notEmpty(facet)) : search;

const computeOf = ({ unique: metric }: Measure): EventQuery['compute'] =>
  metric ? { aggregation: 'cardinality', metric } : { aggregation: 'count' };

/** How a query is grouped by a facet. */
interface Grouping {
  facet: string;
  /** How many groups. */
  limit: number;
  /** What the groups are chosen by, the largest first; the measure itself when left out. */
  by?: Measure;
}

/** The query of a measure. */
export function eventQuery(name: string, measure: Measure, grouping?: Grouping): EventQuery {
  const { source, search } = measure;
  return {
    name,
    data_source: source,
    indexes: ['*'],
    search: { query: inGroups(search, grouping?.facet) },
    compute: computeOf(measure),
    group_by: grouping
      ? [
          {
            facet: grouping.facet,
            limit: grouping.limit,
            sort: { ...computeOf(grouping.by ?? measure), order: 'desc' },
          },
        ]
      : [],
  };
}
