import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { epochSeconds, recordTime, TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import { type EndpointProfile, isBoundedAbove } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { isRangeAnswered } from './find-access.ts';
import { timesOf } from './find-list.ts';
import { isPlainName } from './plain.ts';
import { type Probe, STREAM_OF } from './probe.ts';
import { showsAll } from './read-list.ts';
import { recordsIn } from './response-body.ts';

/** Which time of a record a range filters by: that of its creation, or that of its last change. */

/** A second of slack is asked for on each side, and a bound may round. */
export const TOLERANCE_SECONDS = 2;

/** Fields that are tried as the time of the last change. */
const MAX_FIELDS = 2;

const CHANGE_NAME = /updat|chang|modif/i;

/** A range in which a record may be shown that was created before it. */
interface Trial {
  range: Range;
  /** The field whose time lies in the range; undefined when no field is known. */
  field?: string;
}

interface LaterTime {
  field: string;
  time: number;
  /** Seconds since the creation of the record. */
  delay: number;
}

/** The times of records that lie after their creation, the longest delay first, those of fields named after a change before others. */
function laterTimes({ endpoint }: Probe, records: readonly JsonObject[], end: number): LaterTime[] {
  const stream = STREAM_OF[endpoint];
  if (!stream) return [];
  const rank = ({ field }: LaterTime) => Number(!CHANGE_NAME.test(field));
  return records
    .flatMap((record) => {
      const created = recordTime(stream, record) ?? Number.POSITIVE_INFINITY;
      return Object.entries(record).flatMap(([field, value]): LaterTime[] => {
        const time = field === TIME_FIELD[stream] || !isPlainName(field) ? undefined : epochSeconds(value);
        const isLater = time !== undefined && time <= end && time - created > 2 * TOLERANCE_SECONDS;
        return isLater ? [{ field, time, delay: time - created }] : [];
      });
    })
    .sort((one, other) => rank(one) - rank(other) || other.delay - one.delay);
}

/** The ranges to try: the time of one change for each field that may hold it, then the newer half of the known records. */
function trialsFor(probe: Probe, records: readonly JsonObject[], end: number): Trial[] {
  const later = laterTimes(probe, records, end);
  const fields = [...new Set(later.map(({ field }) => field))].slice(0, MAX_FIELDS);
  const changes = fields.flatMap((name) => later.find(({ field }) => field === name) ?? []);
  const times = timesOf(probe, records).filter((time) => time <= end);
  const [middle, last] = [times[Math.floor(times.length / 2)], times.at(-1)];
  const longest = probe.acceptedSeconds ?? Number.POSITIVE_INFINITY;
  return [
    ...changes.map(({ field, time }) => ({ field, range: { from: time, to: time } })),
    ...(middle === undefined || last === undefined
      ? []
      : [{ range: { from: Math.max(middle, last - longest + 2 * TOLERANCE_SECONDS), to: last } }]),
  ];
}

/**
 * Whether a range shows a record that was created before it, and the range of the record's creation does not. A range that is
 * ignored, or whose bounds are rounded, shows it both times.
 */
async function showsOlder(probe: Probe, profile: EndpointProfile, range: Range): Promise<boolean> {
  const stream = STREAM_OF[probe.endpoint];
  if (!stream) return false;
  const shown = recordsIn(await probe.ask.page(profile, range), profile);
  // A record never changes before it is created.
  if (timesOf(probe, shown).some((time) => time > range.to + TOLERANCE_SECONDS)) return false;
  const created = timesOf(probe, shown)
    .filter((time) => time < range.from - TOLERANCE_SECONDS)
    .at(-1);
  if (created === undefined) return false;
  const older = shown.filter((record) => recordTime(stream, record) === created);
  const reply = await probe.ask.page(profile, { from: created, to: created });
  return isRangeAnswered(reply) && !showsAll(probe, recordsIn(reply, profile), older);
}

/**
 * Finds out whether ranges filter by the time of the last change.
 * @param records some that the API holds
 * @param end of the ranges that are asked for, epoch seconds
 * @returns how that was seen, as a sentence for the user; undefined when nothing speaks for it
 */
export async function seenByChange(
  probe: Probe,
  profile: EndpointProfile,
  records: readonly JsonObject[],
  end: number,
): Promise<string | undefined> {
  if (!isBoundedAbove(profile)) return undefined;
  for (const { range, field } of trialsFor(probe, records, end)) {
    if (!(await showsOlder(probe, profile, range))) continue;
    const seen = 'a range shows records that were created before it';
    return field === undefined
      ? `${seen}, and the range of their creation does not`
      : `${seen}, and whose "${field}" lies in it`;
  }
  return undefined;
}

/** Reports how ranges filter. */
export function reportTimeFilter(probe: Probe, seen: string): void {
  if (probe.profile.timeFilter === 'update') probe.matched('timeFilter', seen);
  else probe.corrected('timeFilter', seen, { timeFilter: 'update' });
}
