import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { StreamReport } from '../../lambda/forwarder/core/runs/report.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { valenceSource } from '../../lambda/forwarder/valence/client.ts';
import { listSettingsOf, resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import { usualRecords } from '../../tools/stand-ins/valence/apis/usual-records.ts';
import { fakeSink } from '../support/fake-ports.ts';
import { NOW, recordingTelemetry, stubClock, stubKey } from '../support/outside-world.ts';
import { streamWorld } from '../support/stream-world.ts';
import { KEY, startFilledApi } from './filled-api.ts';

/** Runs five minutes apart, as the default schedule has them. */
const RUNS = 3;
const INTERVAL_MS = 300_000;

/** What came of a visit. */
export interface Visit {
  /** Codes, messages and fixes of the errors that the runs ended with. */
  errors: { code: string; message: string; fix: string }[];
  /** Records of the API that did not arrive. */
  missing: number;
  /** Logs that arrived beyond one for each record. */
  excess: number;
  requests: number;
}

/** The name of a record: that of its alert, or the sentence of the audit log. */
const nameOf = (log: JsonObject): string =>
  String((log['alert'] as JsonObject | undefined)?.['vuid'] ?? log['details'] ?? log['vuid']);

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The production core and Valence client, with a clock that moves by sleeping. */
export function forwarderOver(origin: string, profile: object, clock = stubClock()) {
  const resolved = resolveApiProfile(profile);
  const sink = fakeSink();
  const source = valenceSource({
    transport: axiosTransport(),
    apiKey: stubKey(KEY),
    origin,
    profile: resolved,
    clock,
    random: () => 0.5,
    telemetry: recordingTelemetry(),
  });
  const world = streamWorld({ source, sink, clock });
  return {
    sink,
    clock,
    run: (stream: Stream, settings: Partial<StreamSettings> = {}): Promise<StreamReport> =>
      world.run(stream, { ...listSettingsOf(resolved, stream), ...settings }),
  };
}

/**
 * Runs the production core and Valence client against an API of the zoo, with a clock that moves by sleeping.
 * @param profile what a user would have set
 */
export async function visit(api: ZooApi, profile: object): Promise<Visit> {
  const clock = stubClock();
  const records = (api.records ?? usualRecords)(NOW);
  await using server = await startFilledApi(api, { apiKey: KEY, wall: clock.wall, records });
  const { sink, run: runStream } = forwarderOver(server.origin, profile, clock);
  const errors: Visit['errors'] = [];
  for (let run = 0; run < RUNS; run++) {
    for (const stream of STREAMS) {
      const report = await runStream(stream);
      if (report.error) errors.push(report.error);
    }
    await clock.sleep(INTERVAL_MS);
  }
  const expected = countsOf([...records.alerts, ...records['audit-logs']].map(nameOf));
  const arrived = countsOf(sink.accepted.map(nameOf));
  const sum = (differences: number[]) => differences.reduce((total, count) => total + Math.max(0, count), 0);
  const names = [...new Set([...expected.keys(), ...arrived.keys()])];
  const difference = (name: string) => (expected.get(name) ?? 0) - (arrived.get(name) ?? 0);
  return {
    errors,
    missing: sum(names.map(difference)),
    excess: sum(names.map((name) => -difference(name))),
    requests: server.requests.length,
  };
}
