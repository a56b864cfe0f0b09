import { LosslessNumber } from 'lossless-json';
import { describe, expect, it, vi } from 'vitest';
import { Batch, SealedBatch } from '../../../../../../lambda/forwarder/core/delivery/batch.ts';
import type { Item } from '../../../../../../lambda/forwarder/core/delivery/item.ts';
import { encodedBytes, withDuplicateMark } from '../../../../../../lambda/forwarder/core/logs/encode.ts';
import { RecordEncoder } from '../../../../../../lambda/forwarder/core/logs/record-encoder.ts';
import type { LogSource } from '../../../../../../lambda/forwarder/core/logs/types.ts';
import { LogText } from '../../../../../../lambda/forwarder/core/memory/log-text.ts';
import { canonicalForm } from '../../../../../../lambda/forwarder/core/records/canonical-json.ts';
import { recordTime } from '../../../../../../lambda/forwarder/core/records/time.ts';
import { alertSource, auditSource, LOG_CONTEXT } from '../../../../../support/core-records.ts';
import { batchOf, filling, itemOf, itemsOf, logTextOf, textOf } from '../../../../../support/delivery.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const MAX_BYTES = 4_500_000;

const adds = (batch: Batch, item: Item) => batch.add(item, logTextOf(item));
const arrayOf = (texts: readonly string[]) => `[${texts.join(',')}]`;
/** The items of a batch as they were given, whatever became of their marks. */
const itemsIn = (batch: SealedBatch) => Array.from({ length: batch.length }, (_, place) => batch.item(place));
const actorsOf = (batch: SealedBatch) => itemsIn(batch).map((item) => item.record['actor']);

describe('a batch', () => {
  it('takes no memory before its first item, so that a run without new records allocates none', () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafe');
    try {
      expect(new Batch().seal()).toHaveLength(0);
      expect(allocate).not.toHaveBeenCalled();
    } finally {
      allocate.mockRestore();
    }
  });

  it('F52 takes exactly 4.5e6 bytes, brackets, commas and marks counted, and not one more', () => {
    const nine = Array.from({ length: 9 }, () => itemOf(0, { details: 'x'.repeat(225_000) }));
    const used = nine.reduce((sum, item) => sum + encodedBytes(textOf(item)) + 1, '[]'.length);
    const last = (bytes: number) => {
      const base = encodedBytes(textOf(itemOf(0, { details: '', padding: '' })));
      return itemOf(0, { details: '', padding: 'x'.repeat(bytes - base) });
    };

    const added = [0, 1].map((more) => adds(filling(nine), last(MAX_BYTES - used + more)));

    expect(added).toEqual([true, false]);
  });

  it('F52 never measures more than the cap, also when every log of it is marked', () => {
    const batch = new Batch();
    while (adds(batch, itemOf(0, { details: '日'.repeat(100_000) })));

    const filled = batch.seal();

    expect(Buffer.byteLength(filled.body(true))).toBeLessThanOrEqual(MAX_BYTES);
    expect(Buffer.byteLength(filled.body(true)) - '[]'.length).toBe(filled.bytes);
    expect(filled.length).toBeGreaterThan(5);
  });

  it('F52 takes 1000 logs and not one more', () => {
    const batch = filling(itemsOf(999));

    expect([adds(batch, itemOf(999)), adds(batch, itemOf(1000))]).toEqual([true, false]);
    expect(batch.seal().length).toBe(1000);
  });

  it('F91 takes no more logs than the texts of their records leave room for, however small the logs are', () => {
    const batch = new Batch();
    const small = new LogText('{}', '', '', JSON.stringify({ details: 'x'.repeat(1_000_000) }));
    let added = 0;
    while (batch.add(itemOf(added), small)) added++;

    expect(added).toBe(8);
    expect(batch.seal().heldBytes).toBeGreaterThan(8_000_000);
    expect(batch.add(itemOf(0), small)).toBe(true);
  });

  it('reads an embedded alert type again with its record, and returns the type of another alert as it is', () => {
    const type = { name: 'Embedded', severity: 'High' };
    const embedding = alertSource({ alertType: type }, { alertType: type });
    const naming = alertSource({}, { alertType: { name: 'Named' } });
    // No type, though a field is called like one.
    const audit = auditSource({ alertType: type });
    const batch = filling([embedding, naming, audit].map((source) => ({ ...itemOf(0), ...source })));

    expect(itemsIn(batch.seal()).map(({ alertType }) => alertType)).toEqual([
      type,
      { name: 'Named' },
      undefined,
    ]);
  });

  it('that is empty takes a log of any size, so that none is left behind', () => {
    expect(adds(new Batch(), itemOf(0, { padding: 'x'.repeat(MAX_BYTES * 2) }))).toBe(true);
  });

  it('returns its items and their body in order and starts empty again', () => {
    const items = [1, 2].map((n) => itemOf(n, { details: `日 "${n}" 😀` }));
    const batch = filling(items);

    const taken = batch.seal();

    expect(itemsIn(taken)).toEqual(items);
    expect(taken.body(false).toString()).toBe(arrayOf(items.map(textOf)));
    expect(batch.seal().length).toBe(0);
  });

  it('holds nothing of the post before, which was larger than any other can be', () => {
    const items = Array.from({ length: 300 }, (_, n) => itemOf(n, { details: 'é'.repeat(n * 10) }));
    const batch = filling([
      { ...itemOf(0, { padding: 'x'.repeat(MAX_BYTES * 2) }), possibleDuplicate: true },
    ]);
    batch.seal();

    for (const item of items) adds(batch, item);
    const taken = batch.seal();

    expect(taken.body(false).toString()).toBe(arrayOf(items.map(textOf)));
    expect(itemsIn(taken)).toEqual(items);
  });

  it('reads a record again from its own log, not from an earlier log in the same place', () => {
    const encoder = new RecordEncoder('audit-logs', LOG_CONTEXT);
    const logOf = (source: LogSource) => {
      const time = recordTime(source.stream, source.record);
      return encoder.encode(source, canonicalForm(source.record), time, NOW);
    };
    const [apart, within] = [auditSource({ note: 'kept next to its log' }), auditSource({ actor: 'b' })];
    const batch = new Batch();

    for (const source of [apart, within]) {
      batch.add({ ...itemOf(0), ...source }, logOf(source));
      expect(batch.seal().item(0).record).toEqual(source.record);
    }
  });
});

describe('a filled batch', () => {
  const items = [1, 2, 3, 4, 5].map((n) => itemOf(n, { details: `日 ${n}` }));
  const texts = items.map(textOf);

  it('F43 falls into halves, and these again, down to single logs, each a whole array', () => {
    const [first, second] = batchOf(items).halves();
    const [third, fourth] = second.halves();

    expect(actorsOf(first)).toEqual(['user-1', 'user-2', 'user-3']);
    expect([first, second, third, fourth].map((part) => part.body(false).toString())).toEqual([
      arrayOf(texts.slice(0, 3)),
      arrayOf(texts.slice(3)),
      arrayOf(texts.slice(3, 4)),
      arrayOf(texts.slice(4)),
    ]);
  });

  it('F48 marks all logs, or those alone that are to be, whichever part of it', () => {
    const batch = batchOf(items.map((item, n) => ({ ...item, possibleDuplicate: n === 3 })));
    const [, second] = batch.halves();
    const all = arrayOf(texts.slice(3).map(withDuplicateMark));

    expect(second.body(false).toString()).toBe(arrayOf([withDuplicateMark(texts[3] ?? ''), texts[4] ?? '']));
    expect(second.body(true).toString()).toBe(all);
    expect(second.asPossibleDuplicates().body(false).toString()).toBe(all);
    expect(itemsIn(second).map(({ possibleDuplicate }) => possibleDuplicate)).toEqual([true, false]);
    expect(itemsIn(second.asPossibleDuplicates()).map(({ possibleDuplicate }) => possibleDuplicate)).toEqual([
      true,
      true,
    ]);
  });

  it('of one log is its array', () => {
    const single = SealedBatch.of(itemOf(1), texts[0] ?? '');

    expect(single.body(false).toString()).toBe(arrayOf(texts.slice(0, 1)));
    expect(single.body(true).toString()).toBe(arrayOf([withDuplicateMark(texts[0] ?? '')]));
  });
});

describe('a record on its way', () => {
  const throughBatch = (source: LogSource) => {
    const time = recordTime(source.stream, source.record);
    const log = new RecordEncoder(source.stream, LOG_CONTEXT).encode(
      source,
      canonicalForm(source.record),
      time,
      NOW,
    );
    const batch = new Batch();
    batch.add({ ...itemOf(0), ...source }, log);
    return { kept: log.record !== undefined, record: batch.seal().item(0).record };
  };

  it.each([
    ['an audit record', auditSource({ details: '日 "quoted" \ud800' })],
    [
      'an alert',
      alertSource({ summaryLine: '"\\', events: [{ id: new LosslessNumber('12345678901234567890') }] }),
    ],
  ])('is read again from the log that holds it as it is: %s', (_, source) => {
    expect(throughBatch(source)).toEqual({ kept: false, record: source.record });
  });

  it.each([
    ['an audit record with a field of its own', auditSource({ note: 'x' })],
    ['an alert that is re-dated', alertSource({ creationTimestamp: NOW - 86_400 })],
    ['an alert with its type', alertSource({ alertType: { vuid: 't' } })],
  ])('is kept next to a log that contains another: %s', (_, source) => {
    expect(throughBatch(source)).toEqual({ kept: true, record: source.record });
  });
});
