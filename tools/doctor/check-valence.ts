import type { Config } from '../../lambda/forwarder/config.ts';
import { TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import { tokenExchanges } from '../../lambda/forwarder/valence/exchanged-key.ts';
import type {
  ApiProfile,
  AuthProfile,
  EndpointName,
  EndpointProfile,
} from '../../lambda/settings/api-profile.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import type { Clock } from '../../lambda/shared/clock.ts';
import type { PathRules } from '../../lambda/shared/exclude-condition.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { checkPaths } from './check-paths.ts';
import type { Known } from './find-list.ts';
import { type Finding, fail, ok } from './finding.ts';
import { pacedBy } from './metered-transport.ts';
import { isPlainProposal } from './plain.ts';
import { PROPOSED, STREAM_OF } from './probe.ts';
import { type ProbedEndpoint, probeEndpoint } from './probe-endpoint.ts';
import { overridesOf, proposedValenceApi } from './proposal.ts';

export interface ValenceCheck {
  transport: Transport;
  apiKey: ApiKey;
  /** Origin, profile, streams, and what is redacted and left out. The key goes to that origin alone. */
  config: Pick<Config, 'valence' | 'streams'> & PathRules;
  /** Where the search begins. @default the profile in force */
  start?: ApiProfile;
  /** Further ways to send the key, tried before the common ones when the API refuses it. @default none */
  auths?: readonly AuthProfile[];
  /** Paces the requests. */
  clock: Clock;
  /** Called after each request with how many the endpoint has got. */
  onRequest?: (endpoint: EndpointName, requests: number) => void;
}

export interface ValenceFindings {
  findings: Finding[];
  /** What `valenceApi` should be; undefined when it is right, or nothing is known. */
  proposal: JsonObject | undefined;
  probed: readonly ProbedEndpoint[];
}

/** Two objects of the same keys, where the second one's values that differ from a third one's replace the first one's. */
const withChanges = <T extends object>(base: T, found: T, start: T): T =>
  Object.fromEntries(
    Object.entries(base).map(([key, value]) => {
      const [now, before] = [Reflect.get(found, key), Reflect.get(start, key)];
      return [key, JSON.stringify(now) === JSON.stringify(before) ? value : now];
    }),
  ) as T;

/** A profile whose range parameters name the time field of another endpoint's records. */
function ofFields(profile: EndpointProfile, from: EndpointName, to: EndpointName): EndpointProfile {
  const [own, other] = [STREAM_OF[from], STREAM_OF[to]];
  if (!own || !other) return profile;
  const renamed = <T extends string | null>(text: T) =>
    (text?.replaceAll(TIME_FIELD[own], TIME_FIELD[other]) ?? null) as T;
  const { fromParam, toParam, rangeTemplate } = profile;
  return {
    ...profile,
    fromParam: renamed(fromParam),
    toParam: renamed(toParam),
    rangeTemplate: rangeTemplate && {
      name: renamed(rangeTemplate.name),
      value: renamed(rangeTemplate.value),
    },
  };
}

/** What had to be corrected for one endpoint probably has to be for the others: all but what lists differ in. */
function taughtBy(
  { endpoint, profile, start }: ProbedEndpoint,
  name: EndpointName,
  next: EndpointProfile,
): EndpointProfile {
  if (!profile) return next;
  const { path, pageSize, timeFilter } = next;
  const { maxOffset } = next.pagination;
  const pagination = { ...withChanges(next.pagination, profile.pagination, start.pagination), maxOffset };
  return {
    ...withChanges(next, ofFields(profile, endpoint, name), start),
    path,
    pageSize,
    timeFilter,
    pagination,
  };
}

const NOT_PLAIN = fail(
  'valence.profile',
  'the profile that fits is not shown: it has names or values with characters that could be dangerous in a shell',
  'Check that the address is that of Valence. If it is, set valenceApi by hand from the reference of the API.',
);

/** The endpoints that are asked for some streams, in this order. */
export const probedEndpoints = ({ streams }: Pick<Config, 'streams'>): EndpointName[] => [
  ...(streams.includes('alerts') ? (['alerts', 'alertTypes'] as const) : []),
  ...(streams.includes('audit-logs') ? (['auditLogs'] as const) : []),
];

/** Compares Valence's API with the profile, endpoint by endpoint. Never throws. */
export async function checkValence(check: ValenceCheck): Promise<ValenceFindings> {
  const { transport, apiKey, config, clock } = check;
  const { origin, profile: inForce } = config.valence;
  const { start = inForce, auths = [] } = check;
  const place = {
    transport,
    apiKey,
    origin,
    clock,
    pace: pacedBy(clock),
    tokens: tokenExchanges(),
    onRequest: check.onRequest,
  };
  await apiKey.value();
  const probed: ProbedEndpoint[] = [];
  let known: Known = { prefix: undefined, isAnswered: false, isKeyRefused: false };
  for (const endpoint of probedEndpoints(config)) {
    const own = start[endpoint];
    if (!own) continue;
    const teacher = probed.find(({ isTried, profile }) => isTried && profile);
    const given = teacher ? taughtBy(teacher, endpoint, own) : own;
    const found = await probeEndpoint(place, given, endpoint, { ...known, alertKey: start.alertKey, auths });
    probed.push(found);
    if ((found.isAnswered && found.profile) || (!known.isAnswered && found.isKeyRefused)) known = found;
  }
  const findings = probed.flatMap((endpoint) => endpoint.findings);
  const tried = probed.filter(({ isTried }) => isTried);
  const isKeyTaken = probed.some(({ isAnswered }) => isAnswered);
  const alerts = tried.find(({ endpoint }) => endpoint === 'alerts');
  const fitting = proposedValenceApi(inForce, {
    ...Object.fromEntries(tried.map(({ endpoint, profile }) => [endpoint, profile])),
    ...(alerts && { alertKey: alerts.alertKey }),
  });
  const isPlain = fitting === undefined || isPlainProposal(fitting, overridesOf(inForce));
  const proposal = isPlain ? fitting : undefined;
  const isDescribedOnly = proposal && findings.every(({ fix }) => fix !== PROPOSED);
  return {
    findings: [
      ...(isKeyTaken ? [ok('valence.key', `${new URL(origin).host} accepts the key`)] : []),
      ...findings,
      ...(isDescribedOnly
        ? [fail('valence.profile', 'the profile in force is not the one that fits', PROPOSED)]
        : []),
      ...(isPlain ? [] : [NOT_PLAIN]),
      ...checkPaths(
        config,
        Object.fromEntries(probed.map(({ endpoint, newestRecords }) => [endpoint, newestRecords])),
      ),
    ],
    proposal,
    probed,
  };
}
