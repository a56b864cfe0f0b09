import { AUDIT_RECORD_FIELDS, LOG_SOURCE, type Stream } from '../../../contract.ts';
import { MAX_LOG_BYTES } from '../../../limits.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { LogText } from '../memory/log-text.ts';
import { type Canonical, canonicalForm, scalarText } from '../records/canonical-json.ts';
import { recordTime, TIME_FIELD } from '../records/time.ts';
import { alertBlock, buildLog, commonBlock, isWithinDatadogWindow, logTags, messageOf } from './build.ts';
import { DUPLICATE_MARK_BYTES, encodeLog, MAX_BYTES_PER_UNIT, shrunkText } from './encode.ts';
import type { AttributeOf } from './exclude.ts';
import { fitsBesides } from './fit.ts';
import { shownRecord, shownType } from './shown.ts';
import { AUDIT_FIELDS, type Log, type LogContext, type LogSource } from './types.ts';

/** One record of the stream that an encoder is for, and what is known of it. */
type StreamLogSource = Omit<LogSource, 'stream'>;

/** Whether a text is below Datadog's limit for a log. Its length decides most cases without counting bytes. */
const isSmall = (log: LogText): boolean =>
  log.length * MAX_BYTES_PER_UNIT + DUPLICATE_MARK_BYTES <= MAX_LOG_BYTES ||
  log.bytes + DUPLICATE_MARK_BYTES <= MAX_LOG_BYTES;

const messagePart = (message: string | undefined) =>
  message === undefined ? '' : `,"message":${scalarText(message)}`;

/**
 * Encodes the logs of one stream for one run. Most records are sent unchanged: their log is built around the canonical text
 * that their fingerprint was made from, so that each record is written only once.
 */
export class RecordEncoder {
  readonly #stream: Stream;
  readonly #context: LogContext;
  /** The first fields of every log, as text. */
  readonly #opening: { live: string; backfill: string };
  readonly #blockTail: string;
  /** Alert types are shared by many alerts, most as they are. */
  readonly #typeForms = new WeakMap<JsonObject, Canonical>();

  constructor(stream: Stream, context: LogContext) {
    const opening = (backfill: boolean) =>
      JSON.stringify({ ddsource: LOG_SOURCE, service: stream, ddtags: logTags(context, backfill) }).slice(
        0,
        -1,
      );
    this.#stream = stream;
    this.#context = context;
    this.#opening = { live: opening(false), backfill: opening(true) };
    const { fingerprint: _, ...common } = commonBlock('', context);
    this.#blockTail = JSON.stringify(common).slice(1);
  }

  /**
   * The attributes of the log of a record as it would be sent, but for its size. The log itself is only made if it is not its
   * record unchanged, or for what is not in the record: otherwise it would take half as long as all else that an audit record needs.
   * @param now trusted time in epoch seconds
   */
  attributesOf(source: StreamLogSource, now: number): AttributeOf {
    const { record, alertType } = source;
    let log: Log | undefined;
    const made = (name: string) => {
      log ??= this.#logOf(source, now);
      return log[name];
    };
    if (!this.#isAsItIs(source, recordTime(this.#stream, record), now)) return made;
    return this.#stream === 'alerts'
      ? (name) => {
          if (name === 'message') return messageOf(record['summaryLine']);
          if (name === 'alert' && !Object.hasOwn(record, 'alertType')) return record;
          if (name === 'alert_type_details') return shownType(alertType, record);
          return made(name);
        }
      : (name) => {
          if (name === 'message') return messageOf(record['details']);
          return AUDIT_FIELDS.has(name) ? record[name] : made(name);
        };
  }

  /**
   * The log of a record, by the wire contract.
   * @param form canonical form of the record
   * @param time of the record, epoch seconds
   * @param now trusted time in epoch seconds
   */
  encode(source: StreamLogSource, form: Canonical, time: number | undefined, now: number): LogText {
    const plain = this.#isAsItIs(source, time, now) ? this.#plainText(source, form) : undefined;
    if (plain && isSmall(plain)) return plain;
    const text = encodeLog(this.#logOf(source, now));
    return new LogText(text, '', '', form.text);
  }

  /**
   * The same log within `maxBytes`, marked as shrunk.
   * @returns undefined when it cannot be shrunk that far
   */
  shrunk(source: StreamLogSource, maxBytes: number, now: number): string | undefined {
    return shrunkText(this.#logOf(source, now), maxBytes);
  }

  /** Whether the record can be sent unchanged: no new date, nothing to redact, no text that messages cannot show. */
  #isAsItIs({ record }: StreamLogSource, time: number | undefined, now: number): boolean {
    return (
      time !== undefined &&
      record[TIME_FIELD[this.#stream]] === time &&
      isWithinDatadogWindow(time, now) &&
      !this.#context.redaction &&
      shownRecord(this.#stream, record) === record
    );
  }

  /** @returns undefined when a field or the shape of the record must change */
  #plainText(source: StreamLogSource, form: Canonical): LogText | undefined {
    const opening = source.backfill ? this.#opening.backfill : this.#opening.live;
    return this.#stream === 'alerts'
      ? this.#alertText(source, form, opening)
      : this.#auditText(source, form, opening);
  }

  #auditText(
    { record, fingerprint }: StreamLogSource,
    form: Canonical,
    opening: string,
  ): LogText | undefined {
    if (form.levels > 0) return undefined;
    let known = 0;
    for (const field of AUDIT_RECORD_FIELDS) if (record[field] !== undefined) known++;
    if (known !== form.attributes) return undefined;
    return new LogText(
      `${opening}${messagePart(messageOf(record['details']))},`,
      form.text.slice(1, -1),
      `,"valence_forwarder":{"fingerprint":"${fingerprint}",${this.#blockTail}}`,
    );
  }

  #alertText(source: StreamLogSource, form: Canonical, opening: string): LogText | undefined {
    const { record, alertType, fingerprint } = source;
    const shown = shownType(alertType, record);
    const type = shown && this.#typeForm(shown);
    if (Object.hasOwn(record, 'alertType') || !fitsBesides(form, type)) return undefined;
    const typePart = type ? `,"alert_type_details":${type.text}` : '';
    const own = JSON.stringify(alertBlock(source, record));
    const ownPart = own === '{}' ? '' : `${own.slice(1, -1)},`;
    return new LogText(
      `${opening}${messagePart(messageOf(record['summaryLine']))},"alert":`,
      form.text,
      `${typePart},"valence_forwarder":{${ownPart}"fingerprint":"${fingerprint}",${this.#blockTail}}`,
    );
  }

  #logOf(source: StreamLogSource, now: number): Log {
    return buildLog({ ...source, stream: this.#stream }, this.#context, now);
  }

  #typeForm(shown: JsonObject): Canonical {
    const known = this.#typeForms.get(shown);
    if (known) return known;
    const form = canonicalForm(shown);
    this.#typeForms.set(shown, form);
    return form;
  }
}
