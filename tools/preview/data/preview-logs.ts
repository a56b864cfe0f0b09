import { LOG_PIPELINE } from '../../../infra/datadog/pipeline.ts';
import type { Stream } from '../../../lambda/contract.ts';
import { buildLog } from '../../../lambda/forwarder/core/logs/build.ts';
import { encodeLog } from '../../../lambda/forwarder/core/logs/encode.ts';
import { redaction } from '../../../lambda/forwarder/core/logs/redact/redact.ts';
import type { LogContext } from '../../../lambda/forwarder/core/logs/types.ts';
import { copyFingerprint, identify } from '../../../lambda/forwarder/core/records/identity.ts';
import { recordTime } from '../../../lambda/forwarder/core/records/time.ts';
import { identityRulesOf, resolveApiProfile } from '../../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import type { RedactRules } from '../../../lambda/shared/redact-path.ts';
import { VERSION } from '../../../lambda/shared/version.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { processLog, type Surroundings } from '../../datadog/interpreter/process-log.ts';

const DEFAULTS = resolveApiProfile(undefined);

/** A record as Valence returned it; an alert may carry its type as `alertType`. */
export interface PreviewInput {
  stream: Stream;
  record: JsonObject;
}

export type PreviewedLog = Pick<ProcessedLog, 'service' | 'status' | 'timestamp' | 'message' | 'attributes'>;

const CONTEXT: LogContext = { tenant: 'default', version: VERSION, runId: 'preview', tags: [] };

/** Not that of any forwarder, so hashes and fingerprints of a preview are not those in Datadog. */
const SECRET = Buffer.alloc(32);

/** A log as it is posted, parsed. */
export interface PostedLog {
  posted: JsonObject;
  /** Epoch seconds. */
  arrival: number;
}

/** Posted logs, of which each is made when it is asked for; an array of them is one too. */
export interface LogsToCome extends Iterable<PostedLog> {
  readonly length: number;
}

/**
 * The logs of records as the forwarder posts them, in the order of the records.
 * @param now epoch seconds at which they are forwarded; each record's own time when left out, so that none is re-dated
 * @param otherwise epoch seconds for a record without a usable time
 * @param redact what is redacted, with a fixed secret; nothing by default
 * @param values what all logs of a run share; those of a preview by default
 */
export function* eachPostedLog(
  inputs: readonly PreviewInput[],
  now: number | undefined,
  otherwise: number,
  redact?: RedactRules,
  values: LogContext = CONTEXT,
): Generator<PostedLog> {
  const copies = new Map<string, number>();
  const context = { ...values, redaction: redact && redaction(redact, SECRET) };
  for (const { stream, record } of inputs) {
    const { content } = identify(stream, record, identityRulesOf(DEFAULTS, stream));
    const copy = (copies.get(content) ?? 0) + 1;
    copies.set(content, copy);
    const arrival = now ?? recordTime(stream, record) ?? otherwise;
    const { alertType } = record;
    const log = buildLog(
      {
        stream,
        record,
        alertType: stream === 'alerts' && isObject(alertType) ? alertType : undefined,
        fingerprint: copyFingerprint(content, copy),
        update: false,
        backfill: false,
      },
      context,
      arrival,
    );
    yield { posted: JSON.parse(encodeLog(log)), arrival };
  }
}

/** The same at once. Parameters as those of {@link eachPostedLog}. */
export const postedLogs = (...parameters: Parameters<typeof eachPostedLog>): PostedLog[] => [
  ...eachPostedLog(...parameters),
];

/**
 * The logs of records as Datadog holds them after the forwarder's pipeline. Parameters as those of {@link eachPostedLog}.
 * @param databases what Datadog looks up elsewhere; without it nothing is looked up
 */
export const processedLogs = (
  inputs: readonly PreviewInput[],
  now: number | undefined,
  otherwise: number,
  databases: Pick<Surroundings, 'geoIp' | 'userAgents'> = {},
  redact?: RedactRules,
): ProcessedLog[] =>
  postedLogs(inputs, now, otherwise, redact).map(({ posted, arrival }) =>
    processLog([LOG_PIPELINE], posted, { now: arrival * 1000, ...databases }),
  );

/** The same logs as Datadog shows them. Parameters as those of {@link eachPostedLog}. */
export const previewLogs = (
  inputs: readonly PreviewInput[],
  now: number | undefined,
  otherwise: number,
  redact?: RedactRules,
): PreviewedLog[] =>
  processedLogs(inputs, now, otherwise, {}, redact).map(
    ({ service, status, timestamp, message, attributes }) => ({
      service,
      status,
      timestamp,
      message,
      attributes,
    }),
  );
