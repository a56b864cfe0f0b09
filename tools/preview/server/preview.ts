import { OWN_LOG } from '../../../lambda/contract.ts';
import type { Readiness, ShownData } from '../api.ts';
import { BadQuery } from '../bad-query.ts';
import type { LogStore } from '../data/log-store.ts';
import type { ShownForwarder } from '../explore/answers.ts';

/** What a page shows, and what its routes have in common. */

export interface Preview {
  logs: LogStore;
  /** Where the records are from, in a few words: `records.json`. */
  origin: string;
  /** Whether countries are made up. */
  inventedCountries: boolean;
  /** Whether logs still arrive. @default false */
  isGrowing?: boolean;
  /** How far it is with what it needs before it can show anything; left out when it needs nothing. */
  readiness?: () => Readiness;
  /** Reads how the forwarder is that sent the logs; left out when they are not from one. */
  forwarder?: (() => Promise<ShownForwarder> | ShownForwarder) | undefined;
}

/** One kind of question to the server. */
export interface Route {
  /** Below `api/`. */
  path: string;
  /**
   * @returns what the page gets as JSON
   * @throws {BadQuery} when the query cannot be fulfilled
   */
  answer(query: URLSearchParams, preview: Preview): unknown;
}

/** What data the page shows. */
export const shownData = ({ logs, origin, inventedCountries, isGrowing = false }: Preview): ShownData => ({
  origin,
  inventedCountries,
  logs: logs.all().length,
  summaries: logs.all().filter(({ source }) => source === OWN_LOG.ddsource).length,
  isGrowing,
  span: logs.span(),
});

/**
 * The time frame of a query: `from` and `to`, epoch milliseconds; all logs when left out.
 * @throws {BadQuery} when they are no times, or none is between them
 */
export function frameOf(query: URLSearchParams, { logs }: Preview): { from: number; to: number } {
  const span = logs.span();
  const time = (name: 'from' | 'to') => {
    const given = query.get(name);
    if (given === null) return span[name];
    if (!/^\d{1,15}$/.test(given)) throw new BadQuery(`"${name}" must be a time in epoch milliseconds.`);
    return Number(given);
  };
  const frame = { from: time('from'), to: time('to') };
  if (frame.from >= frame.to) throw new BadQuery('"from" must be before "to".');
  return frame;
}

/**
 * A whole number of a query.
 * @param otherwise the number when it is left out
 * @throws {BadQuery} when it is none between `from` and `to`, both included
 */
export function numberOf(
  query: URLSearchParams,
  name: string,
  { otherwise, from, to }: { otherwise: number; from: number; to: number },
): number {
  const given = query.get(name);
  if (given === null) return otherwise;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new BadQuery(`"${name}" must be a whole number from ${from} to ${to}.`);
}
