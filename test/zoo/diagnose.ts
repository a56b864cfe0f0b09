import { apiProfileOverrides, resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { checkValence } from '../../tools/doctor/check-valence.ts';
import type { Finding } from '../../tools/doctor/finding.ts';
import { describedProfile, startingProfile } from '../../tools/doctor/openapi/described-profile.ts';
import { readDescription } from '../../tools/doctor/openapi/read-description.ts';
import { type ApiReport, apiReport } from '../../tools/doctor/report/api-report.ts';
import type { ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import { usualRecords } from '../../tools/stand-ins/valence/apis/usual-records.ts';
import { NOW, stubClock, stubKey } from '../support/outside-world.ts';
import { KEY, startFilledApi } from './filled-api.ts';

/** What the doctor finds out about an API. */
export interface Diagnosis {
  findings: Finding[];
  /** The profile with which it says that everything arrives. */
  profile: JsonObject;
  /** Requests for finding out, by endpoint. */
  requests: Record<string, number>;
  /** What may be published about the API. */
  report: ApiReport;
  /** Methods of all its requests. */
  methods: string[];
}

/** Runs the doctor against an API of the zoo, with a clock that moves by sleeping. */
export async function diagnose(api: ZooApi): Promise<Diagnosis> {
  const clock = stubClock();
  const records = (api.records ?? usualRecords)(NOW);
  await using server = await startFilledApi(api, { apiKey: KEY, wall: clock.wall, records });
  const given = (api.documented ?? {}) as JsonObject;
  const described = api.openapi && describedProfile(await readDescription(api.openapi));
  const start = described && startingProfile(described, given);
  const { findings, proposal, probed } = await checkValence({
    transport: axiosTransport(),
    apiKey: stubKey(KEY),
    config: {
      valence: { origin: server.origin, secretId: '', profile: resolveApiProfile(given) },
      streams: ['alerts', 'audit-logs'],
    },
    clock,
    ...(described && { auths: described.auths }),
    ...(start && { start }),
  });
  return {
    findings,
    profile: proposal ?? apiProfileOverrides.parse(given),
    requests: Object.fromEntries(probed.map(({ endpoint, requests }) => [endpoint, requests.used().finding])),
    report: apiReport(probed),
    methods: [...new Set(server.requests.map(({ method }) => method))].sort(),
  };
}
