import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { rangePairs, rangeTemplates, UNITS } from './candidates.ts';
import { objectionOf } from './find-access.ts';
import { type Sample, timesOf } from './find-list.ts';
import { rangeWays, WITHOUT_RANGE } from './find-query.ts';
import { reportTimeFilter, seenByChange, TOLERANCE_SECONDS } from './find-time-filter.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import { isEmptyStatus, type Reply } from './requests.ts';
import { recordsIn } from './response-body.ts';

/** Whether the API honours the range that is asked for, and how it wants to be asked for one. */

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
  /** All records that are known. */
  records: readonly JsonObject[];
  /** The latest end of a range, epoch seconds. */
  end: number;
  hasEarlier: boolean;
  hasLater: boolean;
}

/** A second whose neighbours are far enough away, with records on both sides if there are any. */
function targetIn(probe: Probe, records: readonly JsonObject[], end: number): Target | undefined {
  const seconds = [...new Set(timesOf(probe, records))];
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
      records,
      end,
      hasEarlier: earlier !== undefined,
      hasLater: later !== undefined,
    };
  }
  return undefined;
}

async function view(probe: Probe, profile: EndpointProfile, { range }: Target): Promise<View> {
  const reply = await probe.ask.page(profile, range);
  if (isEmptyStatus(reply)) return 'empty';
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

/** A way to ask for just the range. */
interface Fit {
  way: EndpointPatch;
  /** How it was seen that ranges filter by the time of the last change; undefined for that of the creation. */
  byChange?: string;
}

/** Whether a way shows just the range, by either of a record's times. */
async function fitOf(probe: Probe, target: Target, way: EndpointPatch, seen: View): Promise<Fit | undefined> {
  if (seen !== 'both' && seen !== 'empty' && seen !== 'to') return undefined;
  const byChange = await seenByChange(probe, withPatch(probe.profile, way), target.records, target.end);
  if (byChange !== undefined) return { way, byChange };
  return seen === 'both' ? { way } : undefined;
}

/** The first way that shows just the range. */
async function firstFitting(
  probe: Probe,
  target: Target,
  ways: Iterable<EndpointPatch>,
): Promise<Fit | undefined> {
  for (const way of ways) {
    if (!hasRequests(probe)) return undefined;
    const seen = await view(probe, withPatch(probe.profile, way), target);
    // Every lower bound that the API does not know shows the same.
    const fit = seen === 'to' ? undefined : await fitOf(probe, target, way, seen);
    if (fit) return fit;
  }
  return undefined;
}

const inOtherUnits = ({ timeUnit }: EndpointProfile, way: EndpointPatch): EndpointPatch[] =>
  UNITS.filter((unit) => unit !== (way.timeUnit ?? timeUnit)).map((unit) => ({ ...way, timeUnit: unit }));

/** Names that change the answer of an API that ignores names which it does not know, then the unit for them. */
async function findNames(probe: Probe, target: Target): Promise<Fit | undefined> {
  const unknown = ignoring(target);
  for (const [fromParam, toParam] of rangePairs(probe.endpoint)) {
    if (!hasRequests(probe)) return undefined;
    const way = { fromParam, toParam, rangeTemplate: null };
    const seen = await view(probe, withPatch(probe.profile, way), target);
    if (seen === unknown) continue;
    // A lower bound alone is better than none.
    if (seen === 'from') return { way: { ...way, toParam: null } };
    const fit =
      (await fitOf(probe, target, way, seen)) ??
      (await firstFitting(probe, target, inOtherUnits(probe.profile, way)));
    if (fit) return fit;
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
async function findWay(probe: Probe, target: Target, seen: View): Promise<Fit | undefined> {
  const { profile } = probe;
  const unknown = ignoring(target);
  if (seen !== unknown && seen === 'from') {
    return (await firstFitting(probe, target, upperNames(probe))) ?? { way: { toParam: null } };
  }
  if (seen !== unknown && seen === 'to') {
    const fit = await firstFitting(probe, target, lowerNames(probe));
    if (fit) return fit;
  }
  if (seen === 'empty' || seen === 'refused') {
    const fit = await firstFitting(probe, target, inOtherUnits(profile, {}));
    if (fit) return fit;
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

/** Reports that the profile asks for a range as the API wants it. */
function reportNames(probe: Probe): void {
  const { profile } = probe;
  const { rangeTemplate } = profile;
  const names = rangeTemplate
    ? { rangeTemplate: rangeTemplate.name }
    : { fromParam: profile.fromParam, toParam: profile.toParam };
  for (const [key, name] of Object.entries(names)) {
    if (name === null)
      probe.noted(key, 'is switched off by the profile', 'Set it when Valence has such a parameter.');
    else probe.matched(key, `"${name}" is honoured, in unit "${profile.timeUnit}"`);
  }
}

/**
 * Finds out how a range is asked for, and by which time it filters.
 * @param given the profile before anything was left out of it
 * @param end the latest end of a range, epoch seconds
 * @returns whether ranges are honoured
 */
export async function findRange(
  probe: Probe,
  given: EndpointProfile,
  { records }: Sample,
  end: number,
): Promise<boolean> {
  const target = targetIn(probe, records, end);
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
  const isLowerOnly = seen === 'from' && profile.toParam === null && !profile.rangeTemplate;
  const own = isLowerOnly ? { way: {} } : await fitOf(probe, target, {}, seen);
  const fit = own ?? (await findWay(probe, target, seen));
  if (fit) {
    const { way, byChange } = fit;
    if (fit === own) reportNames(probe);
    else {
      const text = `${wayText(profile)} is not honoured; the API takes ${wayText(withPatch(profile, way))}`;
      probe.corrected('fromParam, toParam', text, way);
    }
    if (byChange !== undefined) reportTimeFilter(probe, byChange);
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
