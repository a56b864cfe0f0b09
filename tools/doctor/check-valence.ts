import type { Config } from '../../lambda/forwarder/config.ts';
import { tokenExchanges } from '../../lambda/forwarder/valence/exchanged-key.ts';
import type { ApiProfile, EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import type { Clock } from '../../lambda/shared/clock.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Known } from './find-list.ts';
import { type Finding, ok } from './finding.ts';
import { pacedBy } from './metered-transport.ts';
import { type ProbedEndpoint, probeEndpoint } from './probe-endpoint.ts';
import { proposedValenceApi } from './proposal.ts';

export interface ValenceCheck {
  transport: Transport;
  apiKey: ApiKey;
  /** Origin, profile and streams. The key goes to that origin alone. */
  config: Pick<Config, 'valence' | 'streams'>;
  /** Where the search begins. @default the profile in force */
  start?: ApiProfile;
  /** Paces the requests. */
  clock: Clock;
}

export interface ValenceFindings {
  findings: Finding[];
  /** What `valenceApi` should be; undefined when it is right, or nothing is known. */
  proposal: JsonObject | undefined;
  probed: readonly ProbedEndpoint[];
}

/** What an endpoint has taught that the others probably share: everything but its path and its page size. */
function taughtBy({ profile }: ProbedEndpoint, next: EndpointProfile): EndpointProfile {
  if (!profile) return next;
  const { path: _, pageSize: _size, ...shared } = profile;
  return { ...next, ...shared };
}

/** Compares Valence's API with the profile, endpoint by endpoint. Never throws. */
export async function checkValence(check: ValenceCheck): Promise<ValenceFindings> {
  const { transport, apiKey, config, clock } = check;
  const { origin, profile: inForce } = config.valence;
  const start = check.start ?? inForce;
  const endpoints: EndpointName[] = [
    ...(config.streams.includes('alerts') ? (['alerts', 'alertTypes'] as const) : []),
    ...(config.streams.includes('audit-logs') ? (['auditLogs'] as const) : []),
  ];
  const place = { transport, apiKey, origin, clock, pace: pacedBy(clock), tokens: tokenExchanges() };
  await apiKey.value();
  const probed: ProbedEndpoint[] = [];
  let known: Known = { prefix: undefined, isAnswered: false, isKeyRefused: false };
  for (const endpoint of endpoints) {
    const own = start[endpoint];
    if (!own) continue;
    const teacher = probed.find(({ isTried, profile }) => isTried && profile);
    const given = teacher ? taughtBy(teacher, own) : own;
    const found = await probeEndpoint(place, given, endpoint, known);
    probed.push(found);
    if ((found.isAnswered && found.profile) || (!known.isAnswered && found.isKeyRefused)) known = found;
  }
  const findings = probed.flatMap((endpoint) => endpoint.findings);
  const tried = probed.filter(({ isTried }) => isTried);
  const isKeyTaken = probed.some(({ isAnswered }) => isAnswered);
  return {
    findings: [
      ...(isKeyTaken ? [ok('valence.key', `${new URL(origin).host} accepts the key`)] : []),
      ...findings,
    ],
    proposal: proposedValenceApi(
      inForce,
      Object.fromEntries(tried.map(({ endpoint, profile }) => [endpoint, profile])),
    ),
    probed,
  };
}
