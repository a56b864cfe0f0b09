import { type Stream, UNREADABLE } from '../../../contract.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { buildLog, publishedFingerprint } from '../logs/build.ts';
import { AUDIT_FIELDS, type LogContext, type LogSource } from '../logs/types.ts';
import type { QuarantinedElement, QuarantinedObject, QuarantinedRecord } from '../ports.ts';
import type { Item } from './item.ts';
import type { Refusal } from './poster.ts';

/** The objects that keep refused records and unreadable elements: in full, or with as much as logs may show. */

interface Circumstances {
  stream: Stream;
  logContext: LogContext;
  /** Epoch milliseconds. */
  now: number;
}

const noteOf = (fingerprint: string, { stream, logContext, now }: Circumstances) => ({
  stream,
  fingerprint: publishedFingerprint(fingerprint, logContext),
  quarantinedAt: new Date(now).toISOString(),
  ...(logContext.redaction && { keyed: true as const }),
});

/** The object that keeps a record. */
export function quarantinedRecord(
  item: Item,
  { reason, status }: Pick<Refusal, 'reason' | 'status'>,
  circumstances: Circumstances,
): QuarantinedRecord {
  const { stream, logContext, now } = circumstances;
  const note = { ...noteOf(item.fingerprint, circumstances), reason, httpStatus: status };
  if (!logContext.redaction?.inQuarantine) {
    return { ...note, record: item.record, alertType: item.alertType };
  }
  const shown = redactedRecord({ ...item, stream }, logContext, item.time ?? Math.floor(now / 1000));
  return { ...note, ...shown, redacted: logContext.redaction.hashed };
}

/** The object that keeps an element without a record. Its bytes cannot be redacted, so they may have to be left out. */
export const quarantinedElement = (
  { raw, fingerprint }: { raw: Buffer; fingerprint: string },
  circumstances: Circumstances,
): QuarantinedElement => ({
  ...noteOf(fingerprint, circumstances),
  reason: UNREADABLE,
  ...(circumstances.logContext.redaction?.inQuarantine
    ? { raw: '', redacted: circumstances.logContext.redaction.hashed }
    : { raw: raw.toString('base64') }),
});

/**
 * The context for the logs of an object that is replayed. The present rules apply, also to what was redacted by former ones; what was
 * hashed or keyed is not hashed or keyed again.
 */
export function replayContext(
  { keyed, redacted }: Pick<QuarantinedObject, 'keyed' | 'redacted'>,
  context: LogContext,
): LogContext {
  const { redaction } = context;
  if (!redaction || !keyed) return context;
  const rules = redacted ? redaction.hashedBefore(redacted) : redaction;
  return { ...context, redaction: rules && { ...rules, publish: (fingerprint) => fingerprint } };
}

/**
 * What is left of a record in its redacted log.
 * @param now epoch seconds at which the log is dated by the record itself
 */
function redactedRecord(
  source: LogSource,
  context: LogContext,
  now: number,
): { record: JsonObject; alertType: JsonObject | undefined } {
  const {
    alert,
    alert_type_details: alertType,
    valence_forwarder: own,
    ...log
  } = buildLog(source, context, now);
  if (source.stream === 'alerts') return { record: alert ?? {}, alertType };
  const fields = Object.entries(log).filter(([name]) => AUDIT_FIELDS.has(name));
  return {
    record: { ...(isObject(own.extra) && own.extra), ...Object.fromEntries(fields) },
    alertType: undefined,
  };
}
