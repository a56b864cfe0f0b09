import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { BadQuery } from '../bad-query.ts';
import type { ExplainedLog, FacetCounts, FoundLogs } from './answers.ts';
import { Archive } from './archive.ts';
import { explanationsOf } from './explanations.ts';
import { Facets } from './facets.ts';
import { histogramOf } from './histogram.ts';
import { pageOf } from './page.ts';
import { type Search, Searches } from './search.ts';
import { Signals } from './signals.ts';

/** What the pages Logs and Signals show of a number of logs, each of which is kept once. */
export class Explorer {
  readonly signals: Signals;
  readonly #archive: Archive;
  readonly #searches: Searches;
  readonly #facets: Facets;

  /** @param logs in any order; they and their array must not change any more */
  constructor(logs: readonly ProcessedLog[]) {
    this.#archive = new Archive(logs);
    this.signals = new Signals(this.#archive);
    this.#searches = new Searches(this.#archive);
    this.#facets = new Facets(this.#archive);
  }

  /**
   * @param limit logs of a page
   * @param cursor of the page before; the first page when left out
   * @throws {BadQuery} when query or cursor cannot be read
   */
  logs(search: Search, limit: number, cursor?: string): FoundLogs {
    const positions = this.#searches.positions(search);
    return {
      ...pageOf(this.#archive, positions, limit, cursor),
      total: positions.length,
      absent: positions.length > 0 ? [] : this.#searches.absent(search),
      histogram: histogramOf(this.#archive, positions),
    };
  }

  /** @throws {BadQuery} when the query cannot be read, or a facet is not known */
  facets(search: Search, facets: readonly string[]): FacetCounts[] {
    const positions = this.#searches.positions(search);
    return facets.map((facet) => this.#facets.counts(facet, positions));
  }

  /** @throws {BadQuery} when no log has the id */
  log(id: number): ExplainedLog {
    const log = this.#archive.withId(id);
    if (!log) throw new BadQuery('The preview holds no such log. Search again.');
    return { id, log, explanations: explanationsOf(log) };
  }
}

const explorers = new WeakMap<readonly ProcessedLog[], Explorer>();

/** The explorer of these logs, which is made once. @param logs must not change any more */
export function explorerOf(logs: readonly ProcessedLog[]): Explorer {
  const explorer = explorers.get(logs) ?? new Explorer(logs);
  explorers.set(logs, explorer);
  return explorer;
}
