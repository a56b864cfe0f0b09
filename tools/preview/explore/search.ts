import { NotModelled } from '../../datadog/interpreter/not-modelled.ts';
import { facetReader, facetsOf, type LogTest, logTest } from '../../datadog/interpreter/query/match.ts';
import { BadQuery } from '../bad-query.ts';
import { LONGEST_QUERY_CHARACTERS } from './answers.ts';
import type { Archive, Frame } from './archive.ts';

/** What a user looks for. */
export interface Search extends Frame {
  /** In Datadog's search syntax. */
  query: string;
}

/** How many searches are remembered: the list, its next pages, the facets and the bars ask the same one. */
const REMEMBERED = 8;

/** @throws {BadQuery} that says where the query cannot be read */
function parsed(query: string): LogTest {
  if (query.length > LONGEST_QUERY_CHARACTERS) {
    throw new BadQuery(`A search has at most ${LONGEST_QUERY_CHARACTERS} characters.`);
  }
  try {
    return logTest(query);
  } catch (error) {
    if (!(error instanceof NotModelled)) throw error;
    const { what } = error;
    throw new BadQuery(
      what.startsWith('""') ? 'The search ends too early.' : `The preview cannot read ${what}.`,
    );
  }
}

/** Searches over one archive. */
export class Searches {
  readonly #archive: Archive;
  /** The most recent one is the last. */
  readonly #known = new Map<string, Uint32Array>();

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /**
   * The positions of the logs that a search finds, newest first.
   * @throws {BadQuery} when the query cannot be read
   */
  positions({ query, from, to }: Search): Uint32Array {
    const key = JSON.stringify([query, from, to]);
    const found = this.#known.get(key) ?? this.#find(query, { from, to });
    this.#known.delete(key);
    this.#known.set(key, found);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return found;
  }

  /** The facets that a search names, and that no log of its time frame has. */
  absent({ query, from, to }: Search): string[] {
    const logs = this.#archive.logs.slice(...this.#archive.within({ from, to }));
    return facetsOf(query).filter((facet) => {
      const valuesOf = facetReader(facet);
      return !logs.some((log) => valuesOf(log).length > 0);
    });
  }

  #find(query: string, frame: Frame): Uint32Array {
    const test = parsed(query);
    const { logs } = this.#archive;
    const [start, end] = this.#archive.within(frame);
    const found = new Uint32Array(end - start);
    let count = 0;
    for (let position = start; position < end; position++) {
      const log = logs[position];
      if (log && test(log)) found[count++] = position;
    }
    return found.slice(0, count);
  }
}
