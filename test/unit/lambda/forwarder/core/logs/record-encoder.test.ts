import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { AUDIT_RECORD_FIELDS } from '../../../../../../lambda/contract.ts';
import { buildLog } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import { encodedBytes, encodeLog } from '../../../../../../lambda/forwarder/core/logs/encode.ts';
import { RecordEncoder } from '../../../../../../lambda/forwarder/core/logs/record-encoder.ts';
import { redaction } from '../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import type { LogSource } from '../../../../../../lambda/forwarder/core/logs/types.ts';
import { canonicalForm } from '../../../../../../lambda/forwarder/core/records/canonical-json.ts';
import { recordTime } from '../../../../../../lambda/forwarder/core/records/time.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { parseJsonText } from '../../../../../../lambda/shared/json-text.ts';
import {
  alertSource,
  auditSource,
  LOG_CONTEXT,
  manyKeys,
  nested,
} from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

function encode(source: LogSource): string {
  const { head, body, tail } = new RecordEncoder(source.stream, LOG_CONTEXT).encode(
    source,
    canonicalForm(source.record),
    recordTime(source.stream, source.record),
    NOW,
  );
  return head + body + tail;
}

/** What the encoder saves its work against: the log as an object, brought into shape and written. */
const written = (source: LogSource) => encodeLog(buildLog(source, LOG_CONTEXT, NOW));

/** Equal content, digits of large numbers included, whatever the order of keys. */
const content = (text: string) => canonicalForm(parseJsonText(text)).text;

const ODD_RECORDS: [name: string, change: JsonObject][] = [
  ['an unknown field', { note: 'x' }],
  ['a field that would hijack a name of Datadog', { status: 'error', host: 'h' }],
  ['a nested field', { details: { a: [1] } }],
  ['a text that needs escapes', { details: 'a "quoted"\n\u0000 日 \ud800', summaryLine: '"\\' }],
  [
    'a line break where messages show the text',
    { actor: 'Ann\n# x', vuid: 'alert\n# x', connectorUids: ['a', 'b``c'] },
  ],
  ['lists that are nested', { actor: [['a\nb'], 'c\nd'], connectorUids: [['a\nb'], 'c\nd'] }],
  ['exact digits', { details: new LosslessNumber('12345678901234567890') }],
  ['a time in milliseconds', { timeEpoch: (NOW - 60) * 1000, creationTimestamp: (NOW - 60) * 1000 }],
  ['a time as text', { timeEpoch: String(NOW - 60), creationTimestamp: String(NOW - 60) }],
  ['no time', { timeEpoch: null, creationTimestamp: null }],
  ['an old time', { timeEpoch: NOW - 86_400, creationTimestamp: NOW - 86_400 }],
  ['a time ahead', { timeEpoch: NOW + 7200, creationTimestamp: NOW + 7200 }],
  ['a type of its own', { alertType: { vuid: 't', severity: 'Low' } }],
  ['a severity in another case', { alertType: { vuid: 't', severity: 'LOW' } }],
  ['no severity but a default', { alertType: { severity: '', defaultSeverity: 'high' } }],
  ['a severity that is no text', { alertType: { severity: { a: 1 }, defaultSeverity: 'High' } }],
  ['no events', { events: [] }],
  ['events that are none', { events: 'none' }],
  ['300 aux keys', { events: [{ eventId: 'e', aux: manyKeys(300) }] }],
  ['250 unknown fields', manyKeys(250)],
  ['hostile nesting', { events: [{ aux: nested(10_000) }], details: nested(10_000) }],
  ['a long key', { ['k'.repeat(60)]: 1 }],
  ['more than a megabyte', { summaryLine: 'x'.repeat(1_100_000), details: 'x'.repeat(1_100_000) }],
];

const ATTRIBUTES = ['message', 'alert', 'alert_type_details', 'valence_forwarder', ...AUDIT_RECORD_FIELDS];

/** A value that may be nested deeply, to be compared. */
const comparable = (value: unknown) => (value === undefined ? 'none' : canonicalForm({ value }).text);

describe('what conditions are compared with', () => {
  it.each([['a usual record', {}] as const, ...ODD_RECORDS])(
    'is the log as it would be sent: %s',
    (_, change) => {
      const redacted = redaction(
        { remove: ['actor', 'alert.events'], hash: ['action'] },
        Buffer.alloc(32),
        false,
      );
      for (const source of [
        alertSource(change),
        auditSource(change),
        alertSource(change, { alertType: undefined }),
      ]) {
        for (const context of [LOG_CONTEXT, { ...LOG_CONTEXT, redaction: redacted }]) {
          const attributeOf = new RecordEncoder(source.stream, context).attributesOf(source, NOW);
          const log = buildLog(source, context, NOW);
          for (const name of ATTRIBUTES)
            expect(comparable(attributeOf(name)), name).toBe(comparable(log[name]));
        }
      }
    },
  );

  it.each([
    [auditSource(), 'action', ['timeEpoch', 'actor', 'action', 'ipAddress', 'details']],
    [alertSource(), 'message', ['creationTimestamp', 'vuid', 'connectorUids', 'summaryLine']],
  ] as const)('is not made where the record has it: $0.stream', (source, name, needed) => {
    const read = new Set<unknown>();
    const record = new Proxy(source.record, {
      get: (target, key) => {
        read.add(key);
        return Reflect.get(target, key);
      },
    });

    new RecordEncoder(source.stream, LOG_CONTEXT).attributesOf({ ...source, record }, NOW)(name);

    expect([...read]).toEqual(needed);
  });
});

describe('the encoder of records', () => {
  it.each(ODD_RECORDS)('writes the same log as the long way: %s', (_, change) => {
    for (const source of [alertSource(change), auditSource(change)]) {
      expect(content(encode(source))).toBe(content(written(source)));
    }
  });

  it('writes the same log as parsing and encoding, for any record', () => {
    const records = fc.dictionary(
      fc.constantFrom('actor', 'action', 'details', 'success', 'vuid', 'summaryLine', 'events', 'note'),
      fc.jsonValue({ maxDepth: 4 }),
    );
    fc.assert(
      fc.property(records, fc.boolean(), fc.boolean(), (change, update, backfill) => {
        const more = { update, backfill };
        for (const source of [
          alertSource(change as JsonObject, more),
          auditSource(change as JsonObject, more),
        ]) {
          expect(content(encode(source))).toBe(content(written(source)));
        }
      }),
    );
  });

  it('says of an alert whose type is unknown that it is', () => {
    const text = encode(alertSource({}, { alertType: undefined }));

    expect(JSON.parse(text).valence_forwarder).toMatchObject({ no_alert_type: true });
  });

  it('F47 shrinks the log of a record when Datadog asks for less, and reports when it cannot', () => {
    const source = alertSource({ events: [{ aux: 'x'.repeat(500_000) }] });
    const encoder = new RecordEncoder(source.stream, LOG_CONTEXT);

    const text = encoder.shrunk(source, 250_000, NOW) ?? '';

    expect(encodedBytes(text)).toBeLessThanOrEqual(250_000);
    expect(JSON.parse(text).valence_forwarder).toMatchObject({ shrunk: true });
    expect(encoder.shrunk(source, 50, NOW)).toBeUndefined();
  });
});
