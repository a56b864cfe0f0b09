import { Unreadable } from '../../lambda/forwarder/core/memory/pages.ts';
import type { ListEnd, Range } from '../../lambda/forwarder/core/ports.ts';
import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import { withoutField, withSortedList } from '../../lambda/forwarder/core/records/field-paths.ts';
import { recordTime } from '../../lambda/forwarder/core/records/time.ts';
import { scan } from '../../lambda/forwarder/valence/scan.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Exchange } from './metered-transport.ts';
import { RequestsUsedUp } from './metered-transport.ts';
import { type Probe, STREAM_OF } from './probe.ts';

/** Reads a list to its end with the forwarder's own code: what works here works there. */

/** Far more than the requests take that are allowed. */
const TIME_LIMIT_MS = 15 * 60_000;

/** What reading a list showed. */
export interface ReadList {
  records: JsonObject[];
  pages: number;
  end: ListEnd;
  /** Why it could not be read to its end. */
  error?: Error;
  /** The requests that it took. */
  exchanges: readonly Exchange[];
}

/**
 * Reads a list to its end. Never throws.
 * @param range undefined for a list without times
 * @param purpose what the requests count for
 */
export async function readList(
  { endpoint, ask }: Probe,
  profile: EndpointProfile,
  range: Range | undefined,
  purpose: 'finding' | 'reading',
): Promise<ReadList> {
  const before = ask.exchanges.length;
  const records: JsonObject[] = [];
  let pages = 0;
  let end: ListEnd = 'unstated';
  const onEnd = (how: ListEnd) => {
    end = how;
  };
  const list = { origin: ask.origin, endpoint, profile, range, onEnd };
  const deadline = deadlineIn(ask.clock, TIME_LIMIT_MS);
  const read = (error?: Error): ReadList => ({
    records,
    pages,
    end,
    ...(error && { error }),
    exchanges: ask.exchanges.slice(before),
  });
  try {
    for await (const page of scan(list, ask.scanOptions(profile, purpose), { deadline })) {
      pages++;
      for (const record of page.records) if (!(record instanceof Unreadable)) records.push(record);
    }
    return read();
  } catch (error) {
    return read(error instanceof Error ? error : new Error('not known'));
  }
}

export const isUsedUp = (error: unknown): boolean => error instanceof RequestsUsedUp;

/** A record without what does not count as its content. */
function comparable({ volatileFields, unorderedFields }: EndpointProfile, record: JsonObject): unknown {
  const kept = volatileFields.reduce<unknown>((rest, path) => withoutField(rest, path.split('.')), record);
  return unorderedFields.reduce((rest, path) => withSortedList(rest, path.split('.')), kept);
}

/** Whether two pages show the same records in the same order. */
export const isSamePage = (
  { profile }: Pick<Probe, 'profile'>,
  one: readonly JsonObject[],
  other: readonly JsonObject[],
): boolean =>
  one.length === other.length &&
  one.every(
    (record, index) =>
      canonicalJson(comparable(profile, record)) === canonicalJson(comparable(profile, other[index] ?? {})),
  );

/** How often each record occurs, by its content. */
function countRecords(profile: EndpointProfile, records: readonly JsonObject[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    const text = canonicalJson(comparable(profile, record));
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/**
 * Whether one list shows every record of another, as often. How often counts for nothing where the range filters by the time of the
 * last change: two neighbouring ranges then both show a record that changed in their common slack.
 */
export function showsAll(
  { profile }: Pick<Probe, 'profile'>,
  records: readonly JsonObject[],
  expected: readonly JsonObject[],
): boolean {
  const counts = countRecords(profile, records);
  return [...countRecords(profile, expected)].every(
    ([text, count]) => (counts.get(text) ?? 0) >= (profile.timeFilter === 'update' ? 1 : count),
  );
}

/** The records of a half-open range; all of them where records have no time, or where it is not the range's. */
export function within(
  { endpoint, profile }: Pick<Probe, 'endpoint' | 'profile'>,
  records: readonly JsonObject[],
  range: Range | undefined,
): JsonObject[] {
  const stream = STREAM_OF[endpoint];
  if (!stream || !range || profile.timeFilter === 'update') return [...records];
  return records.filter((record) => {
    const time = recordTime(stream, record);
    return time !== undefined && time >= range.from && time < range.to;
  });
}
