import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, RANGE_SLACK_SECONDS } from '../../lambda/limits.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { rangePairs, rangeTemplates, UNITS } from './candidates.ts';
import { objectionOf } from './find-access.ts';
import { type Sample, timesOf } from './find-list.ts';
import { newestOf, rangeWays, WITHOUT_RANGE } from './find-query.ts';
import { type EndpointPatch, LONGEST_SLICE_SECONDS, type Probe, withPatch } from './probe.ts';
import type { Reply } from './requests.ts';
import { recordsIn } from './response-body.ts';

/** Whether the API honours the range that is asked for, and how it wants to be asked for one. */

/** A second of slack is asked for on each side, and a bound may round. */
const TOLERANCE_SECONDS = 2;

/** Requests that are left for pages and ends. */
const RESERVE = 18;

/** What the answer to a range with records on both sides of it shows. */
type View =
  /** Records of the range alone. */
  | 'both'
  /** None before it. */
  | 'from'
  /** None after it. */
  | 'to'
  /** Records before and after it. */
  | 'neither'
  | 'empty'
  | 'refused';

/** A moment with records, and others before and after it. */
interface Target {
  range: Range;
  hasEarlier: boolean;
  hasLater: boolean;
}

/** A second whose neighbours are far enough away, with records on both sides if there are any. */
function targetIn(times: readonly number[]): Target | undefined {
  const seconds = [...new Set(times)];
  const middle = Math.floor(seconds.length / 2);
  const byDistance = [...seconds.keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  const isFar = (one: number | undefined, other: number) =>
    one === undefined || Math.abs(one - other) > TOLERANCE_SECONDS;
  for (const index of byDistance) {
    const second = seconds[index] as number;
    const [earlier, later] = [seconds[index - 1], seconds[index + 1]];
    if (!isFar(earlier, second) || !isFar(later, second)) continue;
    if (earlier === undefined && later === undefined) continue;
    return {
      range: { from: second, to: second },
      hasEarlier: earlier !== undefined,
      hasLater: later !== undefined,
    };
  }
  return undefined;
}

async function view(probe: Probe, profile: EndpointProfile, { range }: Target): Promise<View> {
  const reply = await probe.ask.page(profile, range);
  if (objectionOf(reply) !== 'none') return 'refused';
  const times = timesOf(probe, recordsIn(reply, profile));
  if (times.length === 0) return 'empty';
  const hasEarlier = times.some((time) => time < range.from - TOLERANCE_SECONDS);
  const hasLater = times.some((time) => time > range.to + TOLERANCE_SECONDS);
  if (hasEarlier) return hasLater ? 'neither' : 'to';
  return hasLater ? 'from' : 'both';
}

/** What an API shows that ignores the range: records on the sides where there are any. */
const ignoring = ({ hasEarlier, hasLater }: Target): View =>
  hasEarlier && hasLater ? 'neither' : hasEarlier ? 'to' : 'from';

const wayText = ({ fromParam, toParam, rangeTemplate, timeUnit }: EndpointProfile): string =>
  rangeTemplate
    ? `"${rangeTemplate.name}" with "${rangeTemplate.value}" in unit "${timeUnit}"`
    : `${[fromParam, toParam].map((name) => (name === null ? 'no name' : `"${name}"`)).join(' and ')} in unit "${timeUnit}"`;

/** How many requests are left for a search. */
const hasRequests = ({ ask }: Probe) => ask.left() > RESERVE;

/** The first way that shows just the range. */
async function firstFitting(
  probe: Probe,
  target: Target,
  ways: Iterable<EndpointPatch>,
): Promise<EndpointPatch | undefined> {
  for (const way of ways) {
    if (!hasRequests(probe)) return undefined;
    if ((await view(probe, withPatch(probe.profile, way), target)) === 'both') return way;
  }
  return undefined;
}

const inOtherUnits = ({ timeUnit }: EndpointProfile, way: EndpointPatch): EndpointPatch[] =>
  UNITS.filter((unit) => unit !== (way.timeUnit ?? timeUnit)).map((unit) => ({ ...way, timeUnit: unit }));

/** Names that change the answer of an API that ignores names which it does not know, then the unit for them. */
async function findNames(probe: Probe, target: Target): Promise<EndpointPatch | undefined> {
  const unknown = ignoring(target);
  for (const [fromParam, toParam] of rangePairs(probe.endpoint)) {
    if (!hasRequests(probe)) return undefined;
    const way = { fromParam, toParam, rangeTemplate: null };
    const seen = await view(probe, withPatch(probe.profile, way), target);
    if (seen === 'both') return way;
    if (seen === unknown) continue;
    // A lower bound alone is better than none.
    if (seen === 'from') return { ...way, toParam: null };
    const unit = await firstFitting(probe, target, inOtherUnits(probe.profile, way));
    if (unit) return unit;
  }
  return undefined;
}

function* templateWays(probe: Probe): Generator<EndpointPatch> {
  for (const rangeTemplate of rangeTemplates(probe.endpoint)) {
    for (const timeUnit of ['s', 'iso-seconds'] as const) yield { rangeTemplate, timeUnit };
  }
}

/** Other names of the upper bound, where the lower one is honoured. */
function* upperNames(probe: Probe): Generator<EndpointPatch> {
  const { fromParam, toParam } = probe.profile;
  for (const [, other] of rangePairs(probe.endpoint)) {
    if (other !== toParam && other !== fromParam) yield { toParam: other };
  }
}

function* lowerNames(probe: Probe): Generator<EndpointPatch> {
  const { fromParam, toParam } = probe.profile;
  for (const [other] of rangePairs(probe.endpoint)) {
    if (other !== fromParam && other !== toParam) yield { fromParam: other };
  }
}

/** The way to ask for a range of an API that does not honour the profile's. */
async function findWay(probe: Probe, target: Target, seen: View): Promise<EndpointPatch | undefined> {
  const { profile } = probe;
  const unknown = ignoring(target);
  if (seen !== unknown && seen === 'from') {
    return (await firstFitting(probe, target, upperNames(probe))) ?? { toParam: null };
  }
  if (seen !== unknown && seen === 'to') {
    const way = await firstFitting(probe, target, lowerNames(probe));
    if (way) return way;
  }
  if (seen === 'empty' || seen === 'refused') {
    const unit = await firstFitting(probe, target, inOtherUnits(profile, {}));
    if (unit) return unit;
  }
  const nonsense = { fromParam: 'no-such-parameter', toParam: 'nor-this-one', rangeTemplate: null };
  const isStrict =
    seen === 'refused' && (await view(probe, withPatch(profile, nonsense), target)) === 'refused';
  const named = isStrict
    ? await firstFitting(probe, target, rangeWays(probe, NOTHING_SAID))
    : await findNames(probe, target);
  return named ?? (await firstFitting(probe, target, templateWays(probe)));
}

const NOTHING_SAID: Pick<Reply, 'text'> = { text: '' };

const NO_LOWER_BOUND =
  'Ask Valence for the parameters and set fromParam and toParam, or rangeTemplate. Until then every request reads from the beginning.';

/**
 * Finds out how a range is asked for.
 * @param given the profile before anything was left out of it
 * @returns whether ranges are honoured
 */
export async function findRange(probe: Probe, given: EndpointProfile, { records }: Sample): Promise<boolean> {
  const target = targetIn(timesOf(probe, records));
  const names = { fromParam: given.fromParam, toParam: given.toParam, rangeTemplate: given.rangeTemplate };
  const isOpen = probe.open.has('range');
  if (isOpen) probe.profile = withPatch(probe.profile, names);
  if (!target) {
    probe.noted(
      'fromParam, toParam',
      'too few records of different times to check the range',
      'Run the doctor again when there are more records.',
    );
    return true;
  }
  const { profile } = probe;
  const seen = await view(probe, profile, target);
  const rangeKeys = profile.rangeTemplate
    ? (['rangeTemplate'] as const)
    : (['fromParam', 'toParam'] as const);
  if (seen === 'both' || (seen === 'from' && profile.toParam === null && !profile.rangeTemplate)) {
    for (const key of rangeKeys) {
      const name = profile.rangeTemplate?.name ?? profile[key as 'fromParam' | 'toParam'];
      if (name === null)
        probe.noted(key, 'is switched off by the profile', 'Set it when Valence has such a parameter.');
      else probe.matched(key, `"${name}" is honoured, in unit "${profile.timeUnit}"`);
    }
    return true;
  }
  const way = await findWay(probe, target, seen);
  if (way) {
    const fitting = withPatch(profile, way);
    probe.corrected(
      'fromParam, toParam',
      `${wayText(profile)} is not honoured; the API takes ${wayText(fitting)}`,
      way,
    );
    return true;
  }
  probe.differs(
    'fromParam, toParam',
    `${wayText(profile)} is not honoured, nor is any common way`,
    NO_LOWER_BOUND,
  );
  if (isOpen && seen === 'refused') probe.profile = withPatch(profile, WITHOUT_RANGE);
  return false;
}

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

/** Finds out how long a range may be. */
export async function findLength(probe: Probe, end: number, sample: Sample): Promise<void> {
  const { ask, profile } = probe;
  const accepted: string[] = [];
  let longest: number | undefined;
  let shortestTimes = timesOf(probe, sample.records).filter((time) => time <= end);
  for (const [index, [name, seconds]] of LENGTHS.entries()) {
    if (longest !== undefined && index >= ALWAYS_ASKED) break;
    const reply = await ask.page(profile, newestOf({ from: 0, to: end }, seconds));
    if (objectionOf(reply) !== 'none' && !isEmptyStatus(reply)) continue;
    accepted.push(name);
    longest ??= seconds;
    const times = timesOf(probe, recordsIn(reply, profile)).filter((time) => time <= end);
    if (times.length > 0) shortestTimes = times;
  }
  const newest = shortestTimes.at(-1);
  if (newest !== undefined) {
    const to = Math.max(newest + 1, shortestTimes.every((time) => time > end - HOUR_SECONDS) ? end : 0);
    probe.newestHour = { from: to - HOUR_SECONDS, to };
  }
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

/** 404 and 410 may mean that a range holds nothing. */
const isEmptyStatus = ({ status }: Reply): boolean => status === 404 || status === 410;

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
