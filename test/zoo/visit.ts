import type { ServerResponse } from 'node:http';
import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { StreamReport } from '../../lambda/forwarder/core/runs/report.ts';
import { valenceSource } from '../../lambda/forwarder/valence/client.ts';
import {
  type ApiProfile,
  isBoundedAbove,
  maxSliceSecondsOf,
  pageHalvingsOf,
  resolveApiProfile,
} from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { fakeSink } from '../support/fake-ports.ts';
import { NOW, recordingTelemetry, type StubClock, stubClock, stubKey } from '../support/outside-world.ts';
import { type Answer, type SeenRequest, scriptedServer } from '../support/scripted-server.ts';
import { streamWorld } from '../support/stream-world.ts';
import type { ZooApi } from './apis.ts';
import { ListRequest, type ZooAnswer } from './list.ts';

/** Runs five minutes apart, as the default schedule has them. */
const RUNS = 3;
const INTERVAL_MS = 300_000;

const HOUR_SECONDS = 3600;

/** What came of a visit. */
export interface Visit {
  /** Codes, messages and fixes of the errors that the runs ended with. */
  errors: { code: string; message: string; fix: string }[];
  /** Records of the API that did not arrive. */
  missing: number;
  /** Logs that arrived beyond one for each record. */
  surplus: number;
  requests: number;
}

/** The records of the API: half a day of them, some alike, some in one second. */
function truth(): Record<Stream | 'alert-types', JsonObject[]> {
  const start = NOW - 12 * HOUR_SECONDS;
  const auditLogs = Array.from({ length: 260 }, (_, n) => ({
    actor: `user-${n % 9}@example.com`,
    action: 'User signed in',
    success: n % 3 > 0,
    ipAddress: '192.0.2.7',
    // Every tenth record is like its predecessor.
    details: `Sign-in ${n % 10 === 9 ? n - 1 : n}`,
    timeEpoch: start + 60 + Math.floor((n % 10 === 9 ? n - 1 : n) / 3) * 480,
  }));
  const alerts = Array.from({ length: 45 }, (_, n) => ({
    vuid: `alert-${n}`,
    alertTypeVuid: `type-${n % 4}`,
    creationTimestamp: start + 90 + n * 900,
    status: 'Open',
    summaryLine: `Alert ${n}`,
  }));
  const types = Array.from({ length: 4 }, (_, n) => ({
    vuid: `type-${n}`,
    name: `Type ${n}`,
    severity: 'High',
  }));
  return { 'audit-logs': auditLogs, alerts, 'alert-types': types };
}

const streamOf = (path: string): ListRequest['stream'] | undefined =>
  (['alert-types', 'audit-logs', 'alerts'] as const).find((name) => path.endsWith(name));

/** Puts the answer of an API on the wire, dated by the clock of the visit. */
const onTheWire =
  ({ status = 200, headers = {}, body, cut = false }: ZooAnswer, clock: StubClock): Answer =>
  (response: ServerResponse) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, {
      date: new Date(clock.wall()).toUTCString(),
      'content-type': 'application/json',
      ...headers,
      ...(status !== 204 && { 'content-length': Buffer.byteLength(text) }),
    });
    if (!cut) response.end(text);
    else response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
  };

/** The name of a record: that of its alert, or the sentence of the audit log. */
const nameOf = (log: JsonObject): string =>
  String((log['alert'] as JsonObject | undefined)?.['vuid'] ?? log['details'] ?? log['vuid']);

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/**
 * Runs the production core and Valence client against an API of the zoo, with a clock that moves by sleeping.
 * @param profile what a user would have set
 */
export async function visit(api: ZooApi, profile: object): Promise<Visit> {
  const records = truth();
  const clock = stubClock();
  const answer = (request: SeenRequest): Answer => {
    const stream = streamOf(request.path);
    if (!stream) return onTheWire({ status: 404 }, clock);
    const now = Math.floor(clock.wall() / 1000);
    return onTheWire(api.answer(new ListRequest(stream, records[stream], request, now)), clock);
  };
  await using server = await scriptedServer(answer);
  const resolved = resolveApiProfile(profile);
  const sink = fakeSink();
  const source = valenceSource({
    transport: axiosTransport(),
    apiKey: stubKey('valence-key'),
    origin: server.origin,
    profile: resolved,
    clock,
    random: () => 0.5,
    telemetry: recordingTelemetry(),
  });
  const world = streamWorld({ source, sink, clock });
  const errors: Visit['errors'] = [];
  for (let run = 0; run < RUNS; run++) {
    for (const stream of STREAMS) {
      const report: StreamReport = await world.run(stream, settingsFor(stream, resolved));
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
    surplus: sum(names.map((name) => -difference(name))),
    requests: server.requests.length,
  };
}

function settingsFor(stream: Stream, profile: ApiProfile) {
  const endpoint = stream === 'alerts' ? profile.alerts : profile.auditLogs;
  return {
    boundedAbove: isBoundedAbove(endpoint),
    maxSliceSeconds: maxSliceSecondsOf(endpoint),
    pageHalvings: pageHalvingsOf(endpoint),
    volatileFields: endpoint.volatileFields,
  };
}
