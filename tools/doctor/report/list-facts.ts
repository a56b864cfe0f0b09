import { recordTime } from '../../../lambda/forwarder/core/records/time.ts';
import { answeredAt } from '../../../lambda/forwarder/valence/pagination.ts';
import type { EndpointName, EndpointProfile } from '../../../lambda/settings/api-profile.ts';
import { parseJsonText, UNBOUNDED } from '../../../lambda/shared/json-text.ts';
import type { Exchange } from '../metered-transport.ts';
import { STREAM_OF } from '../probe.ts';
import { recordsAt } from '../response-body.ts';
import { type Shape, shapeOf } from './shape.ts';

/** How the lists of an endpoint behave, without a word of what is in them. */

export interface ListFacts {
  /** Records of the largest page. */
  largestPage: number;
  /** How the records of a page are ordered by time. */
  order: 'ascending' | 'descending' | 'none';
  /** What is in the place of the next cursor or URL on a last page. */
  end: 'null' | 'absent' | 'empty-text' | 'false' | 'value';
  /** The answer to a range without records. */
  empty: { status: number; shape: Shape } | null;
  /** The shape of the records of all pages. */
  record: Shape;
  /** The content of the last pages without their records. */
  envelope: Shape;
}

interface SeenPage {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
  records: ReturnType<typeof recordsAt>;
}

function pagesIn(exchanges: readonly Exchange[], profile: EndpointProfile): SeenPage[] {
  return exchanges.flatMap(({ response }): SeenPage[] => {
    if (!response) return [];
    const { status, headers } = response;
    const isBare = status === 204 || status >= 400;
    if (response.body.length === 0 && !isBare) return [];
    try {
      const body: unknown = isBare ? undefined : parseJsonText(response.body.toString(), UNBOUNDED);
      return [{ status, headers, body, records: status < 300 ? recordsAt(body, profile) : undefined }];
    } catch {
      return [];
    }
  });
}

function orderOf(times: readonly number[]): ListFacts['order'] | undefined {
  if (new Set(times).size < 2) return undefined;
  const isSorted = (sign: number) =>
    times.every((time, index) => index === 0 || sign * (time - (times[index - 1] ?? 0)) >= 0);
  if (isSorted(1)) return 'ascending';
  return isSorted(-1) ? 'descending' : 'none';
}

function endOf(page: SeenPage, { pagination }: EndpointProfile): ListFacts['end'] {
  const { style, nextCursorPath, nextUrlPath } = pagination;
  const value = answeredAt(page, style === 'url' ? nextUrlPath : nextCursorPath);
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (value === '') return 'empty-text';
  return value === false ? 'false' : 'value';
}

const isEmptyAnswer = ({ status, body, records }: SeenPage): boolean =>
  status === 204 || records?.length === 0 || (records === undefined && body !== undefined && status < 300);

/** @returns null when no page with records was seen */
export function listFacts(
  endpoint: EndpointName,
  profile: EndpointProfile,
  exchanges: readonly Exchange[],
): ListFacts | null {
  const pages = pagesIn(exchanges, profile);
  const full = pages.filter(({ records }) => records !== undefined && records.length > 0);
  const last = full.at(-1);
  if (!last) return null;
  const stream = STREAM_OF[endpoint];
  const orders = full.flatMap(({ records = [] }) =>
    stream ? (orderOf(records.flatMap((record) => recordTime(stream, record) ?? [])) ?? []) : [],
  );
  const records = full.flatMap(({ records: some = [] }) => some);
  const shape = shapeOf(records);
  const { emptyStatuses } = profile;
  const empty =
    pages.find(({ status }) => (emptyStatuses as number[]).includes(status)) ?? pages.find(isEmptyAnswer);
  // A list that fits one page ends with it; of several pages, the last one that was asked for is the last.
  const ends = full.map((page) => endOf(page, profile));
  return {
    largestPage: Math.max(...full.map(({ records: some = [] }) => some.length)),
    order: orders.includes('none') || new Set(orders).size > 1 ? 'none' : (orders[0] ?? 'ascending'),
    end: ends.find((end) => end !== 'value') ?? 'value',
    empty: empty ? { status: empty.status, shape: shapeOf(empty.body) } : null,
    record: typeof shape === 'object' && 'list' in shape ? shape.of : 'nothing',
    envelope: shapeOf(last.body),
  };
}
