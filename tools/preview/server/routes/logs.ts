import type { FoundLogs } from '../../explore/answers.ts';
import { explorerOf } from '../../explore/explorer.ts';
import type { Search } from '../../explore/search.ts';
import { frameOf, numberOf, type Preview, type Route } from '../preview.ts';

/** A page is read in a moment, and drawn without a delay. */
const PAGE = { otherwise: 50, from: 1, to: 200 };

/** What a user looks for: `query`, `from` and `to`. Throws as {@link frameOf}. */
export const searchIn = (query: URLSearchParams, preview: Preview): Search => ({
  query: query.get('query') ?? '',
  ...frameOf(query, preview),
});

/** A page of a search: `query`, `from`, `to`, `limit`, and `cursor` of the page before. */
export const logs: Route = {
  path: 'logs',
  answer: (query, preview): FoundLogs =>
    explorerOf(preview.logs.all()).logs(
      searchIn(query, preview),
      numberOf(query, 'limit', PAGE),
      query.get('cursor') ?? undefined,
    ),
};
