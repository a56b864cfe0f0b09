import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { ChangedPart } from '../../../../lambda/contract.ts';
import { buildLog } from '../../../../lambda/forwarder/core/logs/build.ts';
import { encodeLog } from '../../../../lambda/forwarder/core/logs/encode.ts';
import type { LogContext } from '../../../../lambda/forwarder/core/logs/types.ts';
import { copyFingerprint, identify } from '../../../../lambda/forwarder/core/records/identity.ts';
import { recordTime } from '../../../../lambda/forwarder/core/records/time.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { valueAt } from '../../../../tools/datadog/interpreter/paths.ts';
import { processLog } from '../../../../tools/datadog/interpreter/process-log.ts';
import { IDENTITY_RULES } from '../../stream-settings.ts';
import { ABROAD, BOTNET, HOME, type SampleRecord, START, TOR_EXIT } from './records.ts';

const CONTEXT: LogContext = { tenant: 'default', version: '1.2.3', runId: 'run', tags: ['team:security'] };

const place = (iso_code: string, name: string) => ({ country: { iso_code, name } });

const GEO_IP = {
  [HOME]: place('DE', 'Germany'),
  [ABROAD]: place('BR', 'Brazil'),
  [TOR_EXIT]: place('NL', 'Netherlands'),
  [BOTNET]: place('VN', 'Vietnam'),
};

/** What Datadog's threat intelligence knows; it comes after the pipelines. Source: Datadog documentation. */
const THREATS: Readonly<Record<string, JsonObject>> = {
  [TOR_EXIT]: { category: 'anonymizer', subcategory: 'tor', intention: 'suspicious' },
  [BOTNET]: { category: 'malware', subcategory: 'botnet', intention: 'malicious' },
};

/** How records are forwarded. */
export interface Circumstances {
  backfill?: boolean;
  /** What differs from the last logs of the alerts, which were forwarded before. */
  changed?: readonly ChangedPart[];
  /** Seconds between a record's time and its arrival. */
  lateBy?: number;
}

/** Records as Datadog holds them: through the forwarder's own code, the pipeline and threat intelligence. */
export function logsOf(
  records: readonly SampleRecord[],
  { backfill = false, changed, lateBy = 0 }: Circumstances = {},
): ProcessedLog[] {
  const copies = new Map<string, number>();
  return records.map((sample) => {
    const { stream, record } = sample;
    const differing = stream === 'alerts' ? (sample.changed ?? changed) : undefined;
    const { content } = identify(stream, record, IDENTITY_RULES);
    const copy = (copies.get(content) ?? 0) + 1;
    copies.set(content, copy);
    const arrival = (recordTime(stream, record) ?? START) + lateBy;
    const log = buildLog(
      {
        stream,
        record,
        alertType: record.alertType as JsonObject | undefined,
        fingerprint: copyFingerprint(content, copy),
        update: differing !== undefined,
        changed: differing,
        backfill,
      },
      CONTEXT,
      arrival,
    );
    const posted = JSON.parse(encodeLog(log));
    return withThreats(processLog([LOG_PIPELINE], posted, { now: arrival * 1000, geoIp: GEO_IP }));
  });
}

function withThreats(log: ProcessedLog): ProcessedLog {
  const threat = THREATS[String(valueAt(log.attributes, 'network.client.ip'))];
  if (!threat) return log;
  const threat_intel = { indicators_matched: ['IP'], results: [threat] };
  return { ...log, attributes: { ...log.attributes, threat_intel } };
}
