import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { isBoundedAbove, maxSliceSecondsOf } from '../../lambda/settings/api-profile.ts';
import { counted } from '../cli/format.ts';
import { type Probe, STREAM_OF } from './probe.ts';
import { type ReadList, readList, showsAll, within } from './read-list.ts';

/** Tries a profile: reads the newest hour that holds records to the end, whole and in halves. */

const NAME = 'newestHour';

const NOT_READ = 'Without a list that was read to its end, nothing is proposed for this endpoint.';

/**
 * @returns whether everything was read as the forwarder needs it
 */
export async function tryNewestHour(probe: Probe): Promise<boolean> {
  if (!STREAM_OF[probe.endpoint]) return tryList(probe, undefined);
  const { newestHour: hour, profile } = probe;
  if (!hour) {
    probe.noted(NAME, 'no hour with records was found', NOT_READ);
    return false;
  }
  const longest = maxSliceSecondsOf(profile) ?? hour.to - hour.from;
  return tryList(probe, { from: Math.max(hour.from, hour.to - longest), to: hour.to });
}

/** The records of a range. What a list does not reach, because the API answers only so deep, is read in halves. */
async function readAll(probe: Probe, range: Range | undefined): Promise<ReadList> {
  const list = await readList(probe, probe.profile, range, 'reading');
  if (list.error || list.end !== 'cut' || !range || range.to - range.from <= 1) {
    return { ...list, records: within(probe, list.records, range) };
  }
  const [first, second] = sliceRules.halves(range);
  const one = await readAll(probe, first);
  const other = await readAll(probe, second);
  const error = one.error ?? other.error;
  return {
    ...other,
    records: [...one.records, ...other.records],
    pages: list.pages + one.pages + other.pages,
    ...(error && { error }),
  };
}

async function tryList(probe: Probe, range: Range | undefined): Promise<boolean> {
  const { profile } = probe;
  const whole = await readAll(probe, range);
  if (whole.error) {
    probe.differs(NAME, `the list cannot be read to its end: ${whole.error.message}`, NOT_READ);
    return false;
  }
  const { records } = whole;
  probe.newestRecords = records;
  const summary = `${counted(records.length, 'record')} ${records.length === 1 ? 'was' : 'were'} read to the end, in ${counted(whole.pages, 'page')}`;
  if (!range || records.length === 0) {
    probe.matched(NAME, summary);
    return range === undefined || records.length > 0;
  }
  if (!isBoundedAbove(profile)) {
    probe.matched(NAME, `${summary}; without an end the range cannot be halved`);
    return true;
  }
  const [first, second] = sliceRules.halves(range);
  const halves = [await readAll(probe, first), await readAll(probe, second)];
  const failed = halves.find(({ error }) => error !== undefined);
  if (failed?.error) {
    probe.differs(NAME, `half of the hour cannot be read to its end: ${failed.error.message}`, NOT_READ);
    return false;
  }
  const inHalves = halves.flatMap(({ records }) => records);
  if (!showsAll(probe, inHalves, records)) {
    probe.differs(NAME, 'both halves of the hour together show fewer records than the whole', NOT_READ);
    return false;
  }
  if (!showsAll(probe, records, inHalves)) {
    probe.noted(
      NAME,
      `the hour shows ${counted(records.length, 'record')} and its halves ${inHalves.length}: the API cuts long lists`,
      'Nothing to do: the forwarder notices it and divides the range.',
    );
    return true;
  }
  probe.matched(NAME, `${summary}, and the same in two halves`);
  return true;
}
