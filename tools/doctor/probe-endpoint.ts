import type { Stream } from '../../lambda/contract.ts';
import { recordTime, TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import { FIRST_MICROSECONDS, FIRST_MILLISECONDS, MAX_CLOCK_DIFFERENCE_SECONDS } from '../../lambda/limits.ts';
import type { EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { wallSeconds } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { counted } from '../cli/format.ts';
import { findDepth } from './find-depth.ts';
import { findEmpty } from './find-empty.ts';
import { findAlertKey, findVolatile } from './find-identity.ts';
import { findLength, newestSample } from './find-length.ts';
import { findSample, type Known, knownPrefix, SETTLE_SECONDS } from './find-list.ts';
import { findPages } from './find-pages.ts';
import { findRange } from './find-range.ts';
import type { Finding } from './finding.ts';
import { PROPOSED, type Probe, probeOf, STREAM_OF } from './probe.ts';
import { isUsedUp } from './read-list.ts';
import { MAX_REQUESTS, type Requests, requestsTo, type ValencePlace } from './requests.ts';
import { tryNewestHour } from './try-hour.ts';

/** Source: the forwarder stops when the clocks differ by more, see core/slices/reader.ts. */
const NOTED_CLOCK_DIFFERENCE_SECONDS = 30;

/** The result of comparing one endpoint with its profile. */
export interface ProbedEndpoint extends Known {
  endpoint: EndpointName;
  findings: Finding[];
  /** The profile that the search began with. */
  start: EndpointProfile;
  /** The profile that fits, as far as it was found out; null when the API has no such list. */
  profile: EndpointProfile | null;
  /** Whether a list was read to its end with that profile. */
  isTried: boolean;
  /** Fields that identify an alert, as far as this endpoint shows them. */
  alertKey: readonly string[];
  /** The newest records, as far as they were read. */
  newestRecords: readonly JsonObject[];
  requests: Requests;
}

/** The identity of types, and how an alert carries its type. */
function probeTypes(probe: Probe, records: readonly JsonObject[]): void {
  if (probe.endpoint === 'alertTypes') {
    const count = records.filter(({ vuid }) => typeof vuid === 'string' && vuid !== '').length;
    const summary = `${count} of ${counted(records.length, 'record')} ${count === 1 ? 'has' : 'have'} a "vuid"`;
    if (count === records.length) probe.matched('vuid', summary);
    else
      probe.differs('vuid', summary, 'Types without one cannot be matched with alerts: please report this.');
  }
  if (probe.endpoint !== 'alerts') return;
  const typed = records.filter(
    ({ alertType, alertTypeVuid }) => alertType !== undefined || alertTypeVuid !== undefined,
  );
  if (typed.length === records.length) probe.matched('alertType', 'every alert carries or names its type');
  else {
    probe.noted(
      'alertType',
      `of ${counted(records.length, 'alert')}, ${records.length - typed.length} neither carry nor name their type`,
      'They are forwarded without severity: please report this.',
    );
  }
}

/** The `Date` header, by which the forwarder guards itself against wrong clocks. */
function probeClock(probe: Probe, serverTime: number | undefined, now: number): void {
  if (serverTime === undefined) {
    probe.noted(
      'date',
      'answers have no Date header',
      'Nothing to do: the forwarder then relies on the clock of AWS.',
    );
    return;
  }
  const difference = Math.abs(now - serverTime);
  const summary = `Valence's clock and this one differ by ${difference} s`;
  if (difference > MAX_CLOCK_DIFFERENCE_SECONDS) {
    probe.differs(
      'date',
      summary,
      'Set the clock of this machine. To see whether Valence is wrong, run the check action in AWS.',
    );
  } else if (difference > NOTED_CLOCK_DIFFERENCE_SECONDS) {
    probe.noted('date', summary, 'Nothing to do: differences up to 5 minutes are harmless.');
  } else probe.matched('date', summary);
}

const UNIT_NAMES = [
  ['microseconds', FIRST_MICROSECONDS],
  ['milliseconds', FIRST_MILLISECONDS],
  ['seconds', 0],
] as const;

function unitOf(value: unknown): string {
  if (typeof value === 'object') return 'seconds and nanoseconds';
  if (typeof value === 'string' && Number.isNaN(Number(value))) return 'dates as text';
  const number = Number(value);
  return UNIT_NAMES.find(([, least]) => number >= least)?.[0] ?? 'no time';
}

/**
 * Reports what the time field holds.
 * @returns whether any record has a time
 */
function probeTimeField(probe: Probe, stream: Stream, records: readonly JsonObject[]): boolean {
  const field = TIME_FIELD[stream];
  const count = records.filter((record) => recordTime(stream, record) !== undefined).length;
  if (count === 0) {
    const [first = {}] = records;
    probe.differs(
      field,
      `no record has a usable time in "${field}"; its fields are ${Object.keys(first).slice(0, 12).join(', ')}`,
      'Without times the forwarder cannot read ranges: please report this with the field that holds the time.',
    );
    return false;
  }
  const units = new Set(
    records.flatMap((record) => (record[field] === undefined ? [] : unitOf(record[field]))),
  );
  const summary = `${count} of ${counted(records.length, 'record')} ${count === 1 ? 'has' : 'have'} a time, in ${[...units].join(' and ')}`;
  if (count < records.length) {
    probe.noted(
      field,
      summary,
      'Nothing to do: records without a time are forwarded too, marked timestamp_invalid.',
    );
  } else probe.matched(field, summary);
  return true;
}

/** Finds out one thing after the other, each with what was found out before. */
async function findOut(probe: Probe, given: EndpointProfile, known: Known): Promise<boolean> {
  const end = wallSeconds(probe.ask.clock) - SETTLE_SECONDS;
  const sample = await findSample(probe, end, known);
  if (!sample) return false;
  const { records, reply } = sample;
  probeClock(probe, reply.answer?.serverTime, wallSeconds(probe.ask.clock));
  if (records.length === 0) {
    probe.noted(
      'records',
      'there are no records, so times and pages could not be compared',
      'Run the doctor again when Valence has records.',
    );
    return true;
  }
  probeTypes(probe, records);
  if (probe.endpoint === 'alerts') findAlertKey(probe, sample);
  await findVolatile(probe, sample);
  const stream = STREAM_OF[probe.endpoint];
  if (!stream) await findPages(probe, given, sample, false);
  else if (probeTimeField(probe, stream, records)) {
    const isRanged = await findRange(probe, given, sample, end);
    if (isRanged) await findLength(probe, end, sample);
    const newest = isRanged ? await newestSample(probe, end, sample) : sample;
    await findPages(probe, given, newest, isRanged);
    if (isRanged) await findEmpty(probe, newest);
    if (isRanged) await findDepth(probe, newest);
  }
  return true;
}

/** A profile that was not tried is not proposed: its findings say so. */
const unproposed = ({ fix, ...finding }: Finding): Finding => ({
  ...finding,
  fix:
    fix === PROPOSED
      ? 'Not proposed, because no list could be read to its end with it. Run the doctor again when the other findings are fixed.'
      : fix,
});

/**
 * Finds out how one endpoint works, with few requests, and compares it with its profile. Then it reads the newest hour that
 * holds records.
 * @param given the profile to begin with
 */
export async function probeEndpoint(
  place: ValencePlace,
  given: EndpointProfile,
  endpoint: EndpointName,
  { alertKey, auths, ...known }: Known & Pick<Probe, 'alertKey' | 'auths'>,
): Promise<ProbedEndpoint> {
  const requests = requestsTo(place, endpoint, given.params);
  const probe = probeOf(endpoint, requests, given, { alertKey, auths });
  let isAnswered = false;
  try {
    isAnswered = await findOut(probe, given, known);
  } catch (error) {
    if (!isUsedUp(error)) throw error;
    isAnswered = true;
    probe.noted(
      'requests',
      `the ${MAX_REQUESTS} requests that an endpoint may get are used up`,
      'Fix what was found so far, with VALENCE_API_PROFILE on a local run, and run the doctor again.',
    );
  }
  const isTried = probe.isAbsent || (isAnswered && (await tryNewestHour(probe)));
  return {
    endpoint,
    findings: isTried ? probe.findings : probe.findings.map(unproposed),
    start: given,
    profile: probe.isAbsent ? null : probe.profile,
    isTried,
    isAnswered: isAnswered || probe.isAbsent,
    isKeyRefused: probe.isKeyRefused,
    prefix: isAnswered ? knownPrefix(probe) : undefined,
    alertKey: probe.alertKey,
    newestRecords: probe.newestRecords,
    requests,
  };
}
