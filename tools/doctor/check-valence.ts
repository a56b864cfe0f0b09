import type { Config } from '../../lambda/forwarder/config.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import type { EndpointName } from '../../lambda/settings/api-profile.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { VALENCE_ORIGINS, type ValenceRegion } from '../../lambda/shared/valence-regions.ts';
import { type Finding, fail, failure, ok } from './finding.ts';
import { type ProbedEndpoint, probeEndpoint } from './probe-endpoint.ts';
import { proposedValenceApi } from './proposal.ts';
import { requestsTo } from './requests.ts';

export interface ValenceCheck {
  transport: Transport;
  apiKey: ApiKey;
  /** Origin, profile and streams. */
  config: Pick<Config, 'valence' | 'streams'>;
  /** The profile overrides in force, as the user wrote them. */
  overrides: JsonObject;
  /** Origins of the regions. @default Valence's own */
  origins?: Readonly<Record<ValenceRegion, string>>;
}

export interface ValenceFindings {
  findings: Finding[];
  /** What `valenceApi` should be; undefined when it is right, or nothing is known. */
  proposal: JsonObject | undefined;
}

/** The region whose API accepts the key, when it is not the configured one. */
async function otherRegion({
  transport,
  apiKey,
  config,
  origins = VALENCE_ORIGINS,
}: ValenceCheck): Promise<string | undefined> {
  const { origin, profile } = config.valence;
  const regions = Object.entries(origins);
  // An address of its own has no region.
  if (!regions.some(([, known]) => known === origin)) return undefined;
  for (const [region, other] of regions) {
    if (other === origin) continue;
    const ask = requestsTo({ transport, apiKey, origin: other }, 'alerts');
    const now = Math.floor(Date.now() / 1000);
    const answered = await ask.page(profile.alerts, { from: now - HOUR_SECONDS, to: now }).then(
      ({ answer }) => answer !== undefined,
      () => false,
    );
    if (answered) return region;
  }
  return undefined;
}

const regionFix = (region: string) =>
  `The key works in region "${region}": set region (VALENCE_REGION on a local run) to ${region}.`;

/** Compares Valence's API with the profile, endpoint by endpoint. */
export async function checkValence(check: ValenceCheck): Promise<ValenceFindings> {
  const { transport, apiKey, config, overrides } = check;
  const { origin, profile } = config.valence;
  const endpoints: EndpointName[] = [
    ...(config.streams.includes('alerts') ? (['alerts', 'alertTypes'] as const) : []),
    ...(config.streams.includes('audit-logs') ? (['auditLogs'] as const) : []),
  ];
  const probed: ProbedEndpoint[] = [];
  try {
    for (const endpoint of endpoints) {
      probed.push(await probeEndpoint({ transport, apiKey, origin }, profile, endpoint));
    }
  } catch (error) {
    const region = await otherRegion(check);
    const refused = failure('valence.key', error);
    const fixed = region === undefined ? refused : fail(refused.name, refused.message, regionFix(region));
    return { findings: [fixed], proposal: undefined };
  }
  const findings = probed.flatMap((endpoint) => endpoint.findings);
  if (probed.some(({ answered }) => answered)) {
    return {
      findings: [ok('valence.key', `${new URL(origin).host} accepts the key`), ...findings],
      proposal: proposedValenceApi(overrides, probed),
    };
  }
  const region = await otherRegion(check);
  if (region === undefined) return { findings, proposal: undefined };
  const unanswered = fail(
    'valence.region',
    `${new URL(origin).host} does not answer as expected`,
    regionFix(region),
  );
  return { findings: [unanswered, ...findings], proposal: undefined };
}
