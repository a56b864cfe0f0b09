import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, RANGE_SLACK_SECONDS } from '../../lambda/limits.ts';
import { isRangeAnswered } from './find-access.ts';
import { type Sample, timesOf } from './find-list.ts';
import { newestOf } from './find-query.ts';
import { LONGEST_SLICE_SECONDS, type Probe } from './probe.ts';
import { recordsIn } from './response-body.ts';

/** How long a range may be, and where the newest records are. */

/** Requests that are left for pages and ends. */
const RESERVE = 18;

/** Ranges by what a request for them covers, slack included. */
const LENGTHS = [
  ['30 days', 30 * DAY_SECONDS],
  ['24 hours', DAY_SECONDS],
  ['6 hours', 6 * HOUR_SECONDS],
  ['1 hour', HOUR_SECONDS],
  ['30 minutes', 30 * MINUTE_SECONDS],
  ['15 minutes', 15 * MINUTE_SECONDS],
  ['5 minutes', 5 * MINUTE_SECONDS],
  ['1 minute', MINUTE_SECONDS],
] as const;

/** The lengths that are asked for even when a longer one is answered. */
const ALWAYS_ASKED = 4;

/** The newest hour with records of these times, oldest first. */
function newestHourOf(times: readonly number[], end: number): Range | undefined {
  const newest = times.at(-1);
  if (newest === undefined) return undefined;
  const to = Math.max(newest + 1, times.every((time) => time > end - HOUR_SECONDS) ? end : 0);
  return { from: to - HOUR_SECONDS, to };
}

/**
 * The newest part of a range that shows records, found by halves: for an API that shows records by a time that is not in them.
 * @param seconds the length from which on it is short enough
 * @param least so many records have to be shown
 */
export async function newestPart(
  { ask, profile }: Probe,
  range: Range,
  seconds: number,
  least = 1,
): Promise<Range> {
  let part = range;
  while (part.to - part.from > seconds && ask.left() > RESERVE) {
    const [older, newer] = sliceRules.halves(part);
    part = recordsIn(await ask.page(profile, newer), profile).length >= least ? newer : older;
  }
  return part;
}

/** Finds out how long a range may be, and where the newest records are. */
export async function findLength(probe: Probe, end: number, sample: Sample): Promise<void> {
  const { ask, profile } = probe;
  const accepted: string[] = [];
  let longest: number | undefined;
  let shown = sample.range;
  let shortestTimes = timesOf(probe, sample.records).filter((time) => time <= end);
  for (const [index, [name, seconds]] of LENGTHS.entries()) {
    if (longest !== undefined && index >= ALWAYS_ASKED) break;
    const range = newestOf({ from: 0, to: end }, seconds);
    const reply = await ask.page(profile, range);
    if (!isRangeAnswered(reply)) continue;
    accepted.push(name);
    longest ??= seconds;
    const times = timesOf(probe, recordsIn(reply, profile)).filter((time) => time <= end);
    if (times.length > 0) [shortestTimes, shown] = [times, range];
  }
  probe.newestHour =
    profile.timeFilter === 'update'
      ? shown && (await newestPart(probe, shown, HOUR_SECONDS))
      : newestHourOf(shortestTimes, end);
  if (longest === undefined) {
    probe.differs(
      'maxRangeSeconds',
      'ranges of no length are answered',
      'Ask Valence which ranges the API accepts.',
    );
    return;
  }
  probe.acceptedSeconds = longest === LENGTHS[0][1] ? undefined : longest;
  const { maxRangeSeconds } = profile;
  const isShort = longest < LONGEST_SLICE_SECONDS;
  if (isShort && (maxRangeSeconds === null || maxRangeSeconds > longest)) {
    probe.corrected('maxRangeSeconds', `ranges of ${accepted[0]} are answered, longer ones are refused`, {
      maxRangeSeconds: longest,
    });
  } else probe.matched('maxRangeSeconds', `ranges of ${accepted.join(', ')} are answered`);
}

/** The newest records, asked for as the API wants it. */
export async function newestSample(probe: Probe, end: number, sample: Sample): Promise<Sample> {
  const seconds = probe.acceptedSeconds ?? DAY_SECONDS;
  const newest = timesOf(probe, sample.records).at(-1) ?? end;
  const ranges = [
    newestOf({ from: 0, to: end }, Math.min(seconds, DAY_SECONDS)),
    newestOf({ from: 0, to: newest + RANGE_SLACK_SECONDS }, seconds),
  ];
  for (const range of ranges) {
    const reply = await probe.ask.page(probe.profile, range);
    const records = recordsIn(reply, probe.profile);
    if (records.length > 1) return { records, reply, range };
  }
  return sample;
}
