import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { HOUR_SECONDS, RANGE_SLACK_SECONDS } from '../../lambda/limits.ts';
import type { AuthProfile, EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Requests } from './requests.ts';

/** The changes of an endpoint's profile that make it fit. */
export type EndpointPatch = Partial<Omit<EndpointProfile, 'pagination'>> & {
  pagination?: Partial<EndpointProfile['pagination']>;
};

/** Which stream an endpoint serves; none for the alert types, whose records have no time. */
export const STREAM_OF: Readonly<Record<EndpointName, Stream | undefined>> = {
  alerts: 'alerts',
  auditLogs: 'audit-logs',
  alertTypes: undefined,
};

/** The forwarder never asks for a longer range, slack included. */
export const LONGEST_SLICE_SECONDS = 6 * HOUR_SECONDS + 2 * RANGE_SLACK_SECONDS;

/**
 * One endpoint being compared with its profile. What does not fit is replaced by what was seen to fit, so that all later
 * requests work. The replacements together are the profile that the user should write.
 */
export interface Probe {
  readonly endpoint: EndpointName;
  readonly ask: Requests;
  /** The profile as far as it was corrected. */
  profile: EndpointProfile;
  /** The longest range that the API was seen to accept, slack included; undefined until one was refused. */
  acceptedSeconds: number | undefined;
  /** Newest records that were seen: within these seconds. */
  newestHour: Range | undefined;
  /** The records of that hour, or of a list without times, as far as they were read. */
  newestRecords: readonly JsonObject[];
  /** The API has no such list. */
  isAbsent: boolean;
  /** No way to send the key is accepted. */
  isKeyRefused: boolean;
  /** Fields that identify an alert. */
  alertKey: readonly string[];
  /** Further ways to send the key, which the API's own description names. */
  readonly auths: readonly AuthProfile[];
  /** What the API refused, so that it was left out of the requests until it is found out. */
  readonly open: Set<'range' | 'pageSize'>;
  readonly findings: Finding[];
  matched(field: string, message: string): void;
  /** Something is as it should not be, but the forwarder copes. */
  noted(field: string, message: string, fix: string): void;
  /** The profile does not fit, and nothing was found that does. */
  differs(field: string, message: string, fix: string): void;
  /** The profile does not fit, and this does. */
  corrected(field: string, message: string, patch: EndpointPatch): void;
}

export const withPatch = (
  profile: EndpointProfile,
  { pagination, ...patch }: EndpointPatch,
): EndpointProfile => ({
  ...profile,
  ...patch,
  pagination: { ...profile.pagination, ...pagination },
});

/** The fix of everything that the proposed profile puts right. */
export const PROPOSED = 'Use the proposed valenceApi below.';

export function probeOf(
  endpoint: EndpointName,
  ask: Requests,
  profile: EndpointProfile,
  { alertKey, auths }: Pick<Probe, 'alertKey' | 'auths'>,
): Probe {
  const findings: Finding[] = [];
  const name = (field: string) => `valence.${endpoint}.${field}`;
  const probe: Probe = {
    endpoint,
    ask,
    profile,
    acceptedSeconds: undefined,
    newestHour: undefined,
    newestRecords: [],
    isAbsent: false,
    isKeyRefused: false,
    open: new Set(),
    alertKey,
    auths,
    findings,
    matched: (field, message) => void findings.push(ok(name(field), message)),
    noted: (field, message, fix) => void findings.push(warn(name(field), message, fix)),
    differs: (field, message, fix) => void findings.push(fail(name(field), message, fix)),
    corrected(field, message, patch) {
      findings.push(fail(name(field), message, PROPOSED));
      probe.profile = withPatch(probe.profile, patch);
    },
  };
  return probe;
}
