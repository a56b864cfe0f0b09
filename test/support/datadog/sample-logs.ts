import { PRIMARY_EVENT } from '../../../infra/datadog/facts.ts';
import { LOG_PIPELINE } from '../../../infra/datadog/pipeline.ts';
import type { DetectionRule } from '../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, groupsOf } from '../../../infra/datadog/rules.ts';
import type { LogsPipeline } from '../../../infra/datadog/types.ts';
import type { StreamReport } from '../../../lambda/forwarder/core/runs/report.ts';
import { resultOf } from '../../../lambda/forwarder/core/runs/report.ts';
import { runSummary } from '../../../lambda/forwarder/reporting/run-summary.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import type { ProcessedLog } from '../../../tools/datadog/interpreter/log.ts';
import { plainValuesAt, setAt } from '../../../tools/datadog/interpreter/paths.ts';
import { processLog } from '../../../tools/datadog/interpreter/process-log.ts';
import type { Status } from '../../../tools/datadog/interpreter/status.ts';
import { type PostedLog, postedLogs } from '../../../tools/preview/data/preview-logs.ts';
import { sampleData } from '../../../tools/sample-data/sample-data.ts';
import { NOW } from '../outside-world.ts';
import { goldenNames, readGolden } from './golden.ts';

/** What a Datadog organisation might hold of this product after the pipeline: records, run summaries and signals. */

const HOUR = 3600;

const COUNTRIES = [
  { iso_code: 'FR', name: 'France' },
  { iso_code: 'BR', name: 'Brazil' },
  { iso_code: 'JP', name: 'Japan' },
];

/** Addresses of most goldens. */
const KNOWN_ADDRESSES: readonly unknown[] = ['192.0.2.7', '203.0.113.7'];

const countryOf = (ip: string) => ({ country: COUNTRIES[ip.length % COUNTRIES.length] });

/** The pipelines of an organisation, in their order. */
type Pipelines = readonly LogsPipeline[];

const OURS: Pipelines = [LOG_PIPELINE];

/** A posted log as Datadog holds it, where every address is somewhere. */
export function processed(posted: JsonObject, arrival: number, pipelines = OURS): ProcessedLog {
  const ips = ['ipAddress', 'alert.events.ip'].flatMap((path) => plainValuesAt(posted, path).map(String));
  const geoIp = Object.fromEntries(ips.filter(Boolean).map((ip) => [ip, countryOf(ip)]));
  return processLog(pipelines, posted, { now: arrival * 1000, geoIp });
}

/** Records of a day, each alert with its type. */
function recordsOfADay(): PostedLog[] {
  const { alerts, auditLogs, alertTypes } = sampleData({
    seed: 7,
    range: { from: NOW - 16 * HOUR, to: NOW },
    alerts: 120,
    auditLogs: 400,
  });
  const typeOf = (alert: JsonObject) => alertTypes.find(({ vuid }) => vuid === alert['alertTypeVuid']);
  const inputs = [
    ...alerts.map((record) => ({
      stream: 'alerts' as const,
      record: { alertType: typeOf(record), ...record },
    })),
    ...auditLogs.map((record) => ({ stream: 'audit-logs' as const, record })),
  ];
  return postedLogs(inputs, NOW, NOW);
}

/** The odd shapes. */
const oddRecords = (): PostedLog[] =>
  goldenNames().flatMap((name) => {
    const { stream, record, now } = readGolden(name);
    return postedLogs([{ stream, record }], now, NOW);
  });

/** Records of a first fill, of which one was posted twice and one had to be cut. */
function recordsOfAFirstFill(): PostedLog[] {
  const records = sampleData({ seed: 8, range: { from: NOW - HOUR, to: NOW }, alerts: 0, auditLogs: 3 });
  const inputs = records.auditLogs.map((record) => ({ stream: 'audit-logs' as const, record }));
  const marks = [{}, { possible_duplicate: true }, { shrunk: true }];
  return postedLogs(inputs, NOW, NOW).map(({ posted, arrival }, index) => ({
    posted: {
      ...posted,
      ddtags: `${posted['ddtags']},backfill:true`,
      valence_forwarder: { ...(posted['valence_forwarder'] as JsonObject), ...marks[index] },
    },
    arrival,
  }));
}

/** A severe alert that was closed and is open again. */
function recordsOfAReopenedAlert(): PostedLog[] {
  const { record } = readGolden('50-alert-critical.json');
  const versions = ['Resolved', 'Open'].map((status) => ({
    stream: 'alerts' as const,
    record: { ...record, vuid: 'alert-reopened', status },
  }));
  return postedLogs(versions, NOW, NOW).map(({ posted, arrival }) => ({
    posted: {
      ...posted,
      valence_forwarder: {
        ...(posted['valence_forwarder'] as JsonObject),
        ...{ update: true, changed: ['status'] },
      },
    },
    arrival,
  }));
}

/** What the crawler of the hosted integration sends of the same tenant. */
const recordsOfACrawler = (odd: readonly PostedLog[]): PostedLog[] =>
  odd.map(({ posted: { valence_forwarder: _, ...posted }, arrival }) => ({
    posted: { ...posted, ddtags: '' },
    arrival,
  }));

/** As Datadog adds it to logs of an address that it knows; not to alerts with several, for which the order of the pipelines matters. */
function withThreats(log: ProcessedLog): ProcessedLog {
  const [address] = plainValuesAt(log.attributes, `${PRIMARY_EVENT}.ip`);
  const known =
    KNOWN_ADDRESSES.includes(address) && plainValuesAt(log.attributes, 'alert.events.ip').length < 2;
  const results = [{ category: 'tor', intention: 'malicious' }];
  return known ? { ...log, attributes: { ...log.attributes, threat_intel: { results } } } : log;
}

function samples(): PostedLog[] {
  const odd = oddRecords();
  return [
    ...recordsOfADay(),
    ...odd,
    ...recordsOfAFirstFill(),
    ...recordsOfAReopenedAlert(),
    ...recordsOfACrawler(odd),
  ];
}

let posted: readonly PostedLog[] | undefined;
const held = new Map<Pipelines, readonly ProcessedLog[]>();

/**
 * Made once for all tests of a worker, which leave them as they are.
 * @param pipelines that the logs pass; ours alone by default
 */
export function sampleRecords(pipelines: Pipelines = OURS): readonly ProcessedLog[] {
  posted ??= samples();
  const logs =
    held.get(pipelines) ?? posted.map((log) => withThreats(processed(log.posted, log.arrival, pipelines)));
  held.set(pipelines, logs);
  return logs;
}

const REPORT: StreamReport = {
  fetched: 12,
  forwarded: 10,
  duplicates: 2,
  filtered: 0,
  quarantined: 0,
  watermark: NOW - 120,
  finalWatermark: NOW - 24 * HOUR,
  silentSince: NOW - HOUR,
  hasWorked: true,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
};

/**
 * The summary of a run as Datadog holds it.
 * @param alerts how the run differed for alerts from one that all went well for
 */
export function sampleRun(alerts: Partial<StreamReport> = {}, tenant = 'default'): ProcessedLog {
  const summary = runSummary(resultOf({ alerts: { ...REPORT, ...alerts }, 'audit-logs': REPORT }), {
    context: { tenant, version: '1.0.0', runId: 'run-1', tags: [] },
    now: NOW,
    pace: { interval: 300, settle: 120 },
  });
  return processed(JSON.parse(JSON.stringify(summary)), NOW);
}

export const LATE: Partial<StreamReport> = { watermark: NOW - 2 * HOUR, caughtUp: false };
export const VERY_LATE: Partial<StreamReport> = { watermark: NOW - 13 * HOUR, caughtUp: false };
export const QUARANTINING: Partial<StreamReport> = { quarantined: 3 };
export const FAILED: Partial<StreamReport> = {
  error: { code: 'source-refused-key', message: 'Valence refused the key.', fix: 'Store another.' },
};

/** A log of the forwarder that is no summary. */
const probe = () =>
  processed({ ddsource: 'valence-forwarder', service: 'forwarder', message: 'A probe.' }, NOW);

export const sampleRuns = (): ProcessedLog[] => [
  sampleRun(),
  sampleRun(LATE),
  sampleRun(VERY_LATE),
  sampleRun(QUARANTINING),
  sampleRun(FAILED),
  probe(),
];

/** @param groups attributes that the rule groups by */
function signal(rule: string, status: string, groups: readonly string[]): ProcessedLog {
  const attributes: JsonObject = { workflow: { rule: { name: rule }, triage: { state: 'open' } } };
  for (const facet of groups) setAt(attributes, facet.slice(1), `any ${facet}`);
  // A signal has severities that no log has.
  return {
    source: 'valence-security',
    service: '',
    status: status as Status,
    timestamp: NOW * 1000,
    message: rule,
    tags: ['tactic:TA0003-persistence'],
    attributes,
  };
}

/** Signals of every rule in each of its severities, with what the rule groups by; and one of a rule that a user has cloned. */
export const sampleSignals = (): ProcessedLog[] => [
  ...Object.values<DetectionRule>(DETECTION_RULES).flatMap((rule) =>
    [...rule.cases, ...(rule.thirdPartyCases ?? [])].map(({ status }) =>
      signal(rule.name, status, groupsOf(rule)),
    ),
  ),
  signal('A clone', 'info', ['@usr.name']),
];
