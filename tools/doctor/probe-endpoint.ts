import { MAX_CLOCK_DIFFERENCE_SECONDS } from '../../lambda/limits.ts';
import type { ApiProfile, EndpointName } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Finding } from './finding.ts';
import { type EndpointPatch, type Probe, probeOf, STREAM_OF } from './probe.ts';
import { probeList } from './probe-list.ts';
import { probePages } from './probe-pages.ts';
import { probeBounds, probeTimeField } from './probe-times.ts';
import { requestsTo, type ValencePlace } from './requests.ts';

/** Worth a note, but well below the difference at which the forwarder stops (core/slices/reader.ts). */
const NOTED_CLOCK_DIFFERENCE_SECONDS = 30;

/** The result of comparing one endpoint with its profile. */
export interface ProbedEndpoint {
  endpoint: EndpointName;
  findings: Finding[];
  /** The changes that make the profile fit; empty when it does. */
  patch: EndpointPatch;
  /** Whether the endpoint has given a page of records at all. */
  answered: boolean;
}

const has = (records: readonly JsonObject[], field: string) =>
  records.filter((record) => typeof record[field] === 'string' && record[field] !== '').length;

/** The identity of alerts and types, and how an alert carries its type. */
function probeIdentity(probe: Probe, records: readonly JsonObject[]): void {
  if (probe.endpoint === 'auditLogs' || records.length === 0) return;
  const count = has(records, 'vuid');
  const summary = `${count} of ${records.length} records have a "vuid"`;
  if (count === records.length) probe.matched('vuid', summary);
  else if (probe.endpoint === 'alerts') {
    probe.noted(
      'vuid',
      summary,
      'No record is lost: the forwarder identifies the others by their content, and sends a changed one again.',
    );
  } else {
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
      `${records.length - typed.length} of ${records.length} alerts neither carry nor name their type`,
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

/**
 * Fetches a page of one endpoint, and a few small ones, and compares them field by field with the profile.
 * @throws {CredentialError} when the key is refused
 */
export async function probeEndpoint(
  place: ValencePlace,
  profile: ApiProfile,
  endpoint: EndpointName,
): Promise<ProbedEndpoint> {
  const own = profile[endpoint];
  if (!own) return { endpoint, findings: [], patch: {}, answered: true };
  const probe = probeOf(endpoint, requestsTo(place, endpoint), own);
  const now = Math.floor(Date.now() / 1000);
  const sample = await probeList(probe, now);
  const done = () => ({
    endpoint,
    findings: probe.findings,
    patch: probe.patch,
    answered: sample !== undefined,
  });
  if (!sample) return done();
  const { records, reply } = sample;
  probeClock(probe, reply.answer?.serverTime, Math.floor(Date.now() / 1000));
  if (records.length === 0) {
    probe.noted(
      'records',
      'there are no records, so times and pages could not be compared',
      'Run the doctor again when Valence has records.',
    );
    return done();
  }
  probeIdentity(probe, records);
  const stream = STREAM_OF[endpoint];
  if (!stream) {
    await probePages(probe, records.length, undefined, reply);
    return done();
  }
  const times = probeTimeField(probe, stream, records);
  if (times.length > 0) await probeBounds(probe, stream, sample, times);
  // The same range for small pages as for the large one: what it holds is known.
  await probePages(probe, records.length, sample.range, reply);
  return done();
}
