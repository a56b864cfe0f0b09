import { LOG_PIPELINE } from '../infra/datadog/pipeline.ts';
import { VERSION } from '../lambda/common/version.ts';
import { encodeLog } from '../lambda/forwarder/core/encode.ts';
import { copyFingerprint, identify } from '../lambda/forwarder/core/fingerprint.ts';
import type { JsonObject } from '../lambda/forwarder/core/json.ts';
import { buildLog, type LogContext } from '../lambda/forwarder/core/log-item.ts';
import type { Stream } from '../lambda/forwarder/core/ports.ts';
import { recordTime } from '../lambda/forwarder/core/record-time.ts';
import type { ProcessedLog } from './datadog/log.ts';
import { processLog, type Surroundings } from './datadog/process-log.ts';

/** A record as Valence returned it; an alert may carry its type as `alertType`. */
export interface PreviewInput {
  stream: Stream;
  record: JsonObject;
}

export type PreviewedLog = Pick<ProcessedLog, 'service' | 'status' | 'timestamp' | 'message' | 'attributes'>;

const CONTEXT: LogContext = { tenant: 'default', version: VERSION, runId: 'preview', tags: [] };

const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * Logs as the forwarder would post them now, parsed.
 * @param now epoch seconds; decides what is re-dated
 */
function postedLog({ stream, record }: PreviewInput, copy: number, now: number): JsonObject {
  const { alertType } = record;
  const log = buildLog(
    {
      stream,
      record,
      alertType: stream === 'alerts' && isObject(alertType) ? alertType : undefined,
      fingerprint: copyFingerprint(identify(stream, record, []).content, copy),
      update: false,
      backfill: false,
    },
    CONTEXT,
    now,
  );
  return JSON.parse(encodeLog(log).text) as JsonObject;
}

/**
 * The logs of records as Datadog shows them after the forwarder's pipeline, without what Datadog's own databases of IP
 * addresses and user agents add.
 * @param now epoch seconds at which they are forwarded; each record's own time when left out, so that none is re-dated
 * @param otherwise epoch seconds for a record without a usable time
 */
export function previewLogs(
  inputs: readonly PreviewInput[],
  now: number | undefined,
  otherwise: number,
): PreviewedLog[] {
  return processedLogs(inputs, now, otherwise).map(({ service, status, timestamp, message, attributes }) => ({
    service,
    status,
    timestamp,
    message,
    attributes,
  }));
}

/** The same logs with all that queries can ask of them. Parameters as those of {@link previewLogs}. */
export function processedLogs(
  inputs: readonly PreviewInput[],
  now: number | undefined,
  otherwise: number,
  databases: Pick<Surroundings, 'geoIp' | 'userAgents'> = {},
): ProcessedLog[] {
  const copies = new Map<string, number>();
  return inputs.map((input) => {
    const { content } = identify(input.stream, input.record, []);
    const copy = (copies.get(content) ?? 0) + 1;
    copies.set(content, copy);
    const sentAt = now ?? recordTime(input.stream, input.record) ?? otherwise;
    const posted = postedLog(input, copy, sentAt);
    return processLog([LOG_PIPELINE], posted, { now: sentAt * 1000, ...databases });
  });
}
