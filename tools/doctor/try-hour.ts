import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { isBoundedAbove, maxSliceSecondsOf } from '../../lambda/settings/api-profile.ts';
import { type Probe, STREAM_OF } from './probe.ts';
import { readList, showsAll, within } from './read-list.ts';

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

async function tryList(probe: Probe, range: Range | undefined): Promise<boolean> {
  const { profile } = probe;
  const whole = await readList(probe, profile, range, 'reading');
  if (whole.error) {
    probe.differs(NAME, `the list cannot be read to its end: ${whole.error.message}`, NOT_READ);
    return false;
  }
  const records = within(probe, whole.records, range);
  const summary = `${records.length} records were read to the end, in ${whole.pages} pages`;
  if (!range || records.length === 0) {
    probe.matched(NAME, summary);
    return range === undefined || records.length > 0;
  }
  if (!isBoundedAbove(profile)) {
    probe.matched(NAME, `${summary}; without an end the range cannot be halved`);
    return true;
  }
  const [first, second] = sliceRules.halves(range);
  const halves = [
    await readList(probe, profile, first, 'reading'),
    await readList(probe, profile, second, 'reading'),
  ];
  const failed = halves.find(({ error }) => error !== undefined);
  if (failed?.error) {
    probe.differs(NAME, `half of the hour cannot be read to its end: ${failed.error.message}`, NOT_READ);
    return false;
  }
  const inHalves = [
    ...within(probe, halves[0]?.records ?? [], first),
    ...within(probe, halves[1]?.records ?? [], second),
  ];
  if (!showsAll(probe, inHalves, records)) {
    probe.differs(NAME, 'both halves of the hour together show fewer records than the whole', NOT_READ);
    return false;
  }
  if (!showsAll(probe, records, inHalves)) {
    probe.noted(
      NAME,
      `the hour shows ${records.length} records and its halves ${inHalves.length}: the API cuts long lists`,
      'Nothing to do: the forwarder notices it and divides the range.',
    );
    return true;
  }
  probe.matched(NAME, `${summary}, and the same in two halves`);
  return true;
}
