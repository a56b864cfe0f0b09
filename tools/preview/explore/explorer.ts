import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { Archive } from './archive.ts';
import { type Explanation, explanationsOf } from './explanations.ts';
import { type FacetCounts, Facets } from './facets.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { type LogPage, pageOf } from './page.ts';
import { RefusedRequest } from './refused-request.ts';
import { type Search, Searches } from './search.ts';

/** A page of a search, and what all of its logs have in common. */
export interface FoundLogs extends LogPage {
  /** How many logs the search finds. */
  total: number;
  histogram: Histogram;
}

/** One log with everything in it. */
export interface ExplainedLog {
  id: number;
  log: ProcessedLog;
  explanations: Explanation[];
}

/** What the pages Logs and Signals show of a number of logs, each of which is kept once. */
export class Explorer {
  readonly archive: Archive;
  readonly #searches: Searches;
  readonly #facets: Facets;

  /** @param logs in any order; they and their array must not change any more */
  constructor(logs: readonly ProcessedLog[]) {
    this.archive = new Archive(logs);
    this.#searches = new Searches(this.archive);
    this.#facets = new Facets(this.archive);
  }

  /**
   * @param limit logs of a page
   * @param cursor of the page before; the first page when left out
   * @throws {RefusedRequest} when query or cursor cannot be read
   */
  logs(search: Search, limit: number, cursor?: string): FoundLogs {
    const positions = this.#searches.positions(search);
    return {
      ...pageOf(this.archive, positions, limit, cursor),
      total: positions.length,
      histogram: histogramOf(this.archive, positions),
    };
  }

  /** @throws {RefusedRequest} when the query cannot be read, or a facet is not known */
  facets(search: Search, facets: readonly string[]): FacetCounts[] {
    const positions = this.#searches.positions(search);
    return facets.map((facet) => this.#facets.counts(facet, positions));
  }

  /** @throws {RefusedRequest} when no log has the id */
  log(id: number): ExplainedLog {
    const log = this.archive.withId(id);
    if (!log) throw new RefusedRequest('id', 'The preview holds no such log. Search again.');
    return { id, log, explanations: explanationsOf(log) };
  }
}
