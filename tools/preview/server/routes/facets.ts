import type { FoundFacets } from '../../explore/answers.ts';
import { explorerOf } from '../../explore/explorer.ts';
import { FACETS } from '../../explore/facets.ts';
import type { Route } from '../preview.ts';
import { searchIn } from './logs.ts';

/** How often each value of a facet occurs in a search: `query`, `from`, `to`, and `facet` for each of several. */
export const facets: Route = {
  path: 'facets',
  answer: (query, preview): FoundFacets => ({
    facets: FACETS,
    counts: explorerOf(preview.logs.all()).facets(searchIn(query, preview), query.getAll('facet')),
  }),
};
