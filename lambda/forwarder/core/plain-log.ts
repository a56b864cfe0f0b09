import { type Canonical, canonicalForm } from './canonical-json.ts';
import type { JsonObject } from './json.ts';
import {
  AUDIT_FIELDS,
  alertBlock,
  commonBlock,
  LOG_SOURCE,
  type LogContext,
  type LogSource,
  logTags,
  timing,
} from './log-item.ts';
import { recordTime, TIME_FIELD } from './record-time.ts';
import { fitsBesides } from './shape.ts';

/**
 * Most records go to Datadog as they are. Their log is put together around the canonical text that their fingerprint was
 * made from, which saves writing each record twice.
 */

/** Text that is the same for many logs, by what it is made from. */
function remembered<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/** Root attributes that all logs of a run share, by stream and whether they are backfill. */
const openingsOf = remembered((context: LogContext) => {
  const opening = (service: string, backfill: boolean) =>
    JSON.stringify({ ddsource: LOG_SOURCE, service, ddtags: logTags(context, backfill) }).slice(0, -1);
  const both = (service: string) => ({ live: opening(service, false), backfill: opening(service, true) });
  return { alerts: both('alerts'), 'audit-logs': both('audit-logs') };
});

/** Alert types are shared by many alerts. */
const typeForm = remembered((alertType: JsonObject) => canonicalForm(alertType));

const messagePart = (text: unknown) => (typeof text === 'string' ? `,"message":${JSON.stringify(text)}` : '');

const isPlainAudit = (record: JsonObject, { levels }: Canonical): boolean =>
  levels === 0 && Object.keys(record).every((key) => AUDIT_FIELDS.has(key));

/**
 * The text of a record's log, as {@link buildLog} and encoding would make it but for the order of keys.
 * @param form canonical form of the record
 * @param now trusted time in epoch seconds
 * @returns undefined when the record cannot go out as it is: its time, a field or its shape must change, or something in
 * it must not leave
 */
export function plainLogText(
  source: LogSource,
  form: Canonical,
  context: LogContext,
  now: number,
): string | undefined {
  const { stream, record, alertType } = source;
  if (context.redact) return undefined;
  const { date } = timing(recordTime(stream, record), now);
  if (date === undefined || record[TIME_FIELD[stream]] !== date) return undefined;

  const opening = openingsOf(context)[stream][source.backfill ? 'backfill' : 'live'];
  if (stream === 'audit-logs') {
    if (!isPlainAudit(record, form)) return undefined;
    const block = JSON.stringify(commonBlock(source, context));
    return `${opening}${messagePart(record['details'])},${form.text.slice(1, -1)},"valence_forwarder":${block}}`;
  }

  if ('alertType' in record || !fitsBesides(form, alertType && typeForm(alertType))) return undefined;
  const block = JSON.stringify({ ...commonBlock(source, context), ...alertBlock(source, record) });
  const typePart = alertType ? `,"alert_type_details":${typeForm(alertType).text}` : '';
  return `${opening}${messagePart(record['summaryLine'])},"alert":${form.text}${typePart},"valence_forwarder":${block}}`;
}
