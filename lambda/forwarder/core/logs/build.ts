import { LOG_SOURCE, type Stream } from '../../../contract.ts';
import { NEWEST_DATED_SECONDS, OLDEST_DATED_SECONDS } from '../../../limits.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { primaryEvent, primaryEventIndex } from '../records/primary-event.ts';
import { recordTime, TIME_FIELD } from '../records/time.ts';
import { shownRecord, shownType } from './shown.ts';
import { AUDIT_FIELDS, type ForwarderBlock, type Log, type LogContext, type LogSource } from './types.ts';

/** The value of `ddtags`. */
export function logTags(context: LogContext, backfill: boolean): string {
  return [
    `tenant:${context.tenant}`,
    `forwarder_version:${context.version}`,
    ...(context.env ? [`env:${context.env}`] : []),
    ...context.tags,
    ...(backfill ? ['backfill:true'] : []),
  ].join(',');
}

const without = (record: JsonObject, unwanted: (key: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !unwanted(key)));

/** Whether Datadog keeps a log with this date, in epoch seconds. */
export const isWithinDatadogWindow = (time: number, now: number): boolean =>
  time >= now - OLDEST_DATED_SECONDS && time <= now + NEWEST_DATED_SECONDS;

/** The date of the log, if Datadog accepts it, and what `valence_forwarder` says about it. */
function timing(time: number | undefined, now: number) {
  if (time === undefined) return { block: { redated: true, timestamp_invalid: true } as const };
  return isWithinDatadogWindow(time, now)
    ? { date: time, block: {} }
    : { block: { event_time: time, redated: true } as const };
}

/** The message of a log, by what its record says; undefined if that is no text. */
export const messageOf = (said: unknown): string | undefined => (typeof said === 'string' ? said : undefined);

const withMessage = (said: unknown) => {
  const message = messageOf(said);
  return message === undefined ? {} : { message };
};

/** The same record with its time as whole seconds, or without it when the log is re-dated. */
function redated(stream: Stream, record: JsonObject, date: number | undefined): JsonObject {
  const field = TIME_FIELD[stream];
  if (date === undefined) return without(record, (key) => key === field);
  return record[field] === date ? record : { ...record, [field]: date };
}

/** The fingerprint by which a record is known outside the ledger. */
export const publishedFingerprint = (fingerprint: string, { redaction }: LogContext): string =>
  redaction ? redaction.publish(fingerprint) : fingerprint;

/** The fields of `valence_forwarder` that every log has. @param fingerprint as it is published */
export const commonBlock = (fingerprint: string, { tenant, runId }: LogContext): ForwarderBlock => ({
  fingerprint,
  tenant,
  run_id: runId,
});

/** The fields of `valence_forwarder` that only alerts have. */
export function alertBlock(
  { alertType, update, changed }: Pick<LogSource, 'alertType' | 'update' | 'changed'>,
  alert: JsonObject,
): Partial<ForwarderBlock> {
  const index = primaryEventIndex(alert);
  return {
    ...(index !== undefined && { primary_event: primaryEvent((alert['events'] as unknown[])[index]) }),
    ...(!alertType && { no_alert_type: true }),
    ...(update && { update: true }),
    ...(changed && { changed }),
  };
}

function alertLog(
  source: LogSource,
  date: number | undefined,
): Partial<Log> & { block: Partial<ForwarderBlock> } {
  const alert = shownRecord('alerts', redated('alerts', source.record, date));
  const type = shownType(source.alertType, source.record);
  return {
    ...withMessage(alert['summaryLine']),
    alert: 'alertType' in alert ? without(alert, (key) => key === 'alertType') : alert,
    ...(type && { alert_type_details: type }),
    block: alertBlock(source, alert),
  };
}

function auditLog(
  source: LogSource,
  date: number | undefined,
): Partial<Log> & { block: Partial<ForwarderBlock> } {
  const record = shownRecord('audit-logs', redated('audit-logs', source.record, date));
  const extra = without(record, (key) => AUDIT_FIELDS.has(key));
  return {
    ...withMessage(record['details']),
    ...without(record, (key) => !AUDIT_FIELDS.has(key)),
    block: Object.keys(extra).length > 0 ? { extra } : {},
  };
}

/**
 * The log of a record, by the wire contract (docs/wire-format.md), redacted.
 * @param now trusted time in epoch seconds; decides whether the record's own date would be accepted
 */
export function buildLog(source: LogSource, context: LogContext, now: number): Log {
  const { stream, record } = source;
  const { date, block } = timing(recordTime(stream, record), now);
  const { block: own, ...body } = stream === 'alerts' ? alertLog(source, date) : auditLog(source, date);
  const log: Log = {
    ddsource: LOG_SOURCE,
    service: stream,
    ddtags: logTags(context, source.backfill),
    ...body,
    valence_forwarder: {
      ...commonBlock(publishedFingerprint(source.fingerprint, context), context),
      ...block,
      ...own,
    },
  };
  return context.redaction ? context.redaction.redact(log) : log;
}
