import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../lambda/forwarder/core/logs/build.ts';
import {
  encodedBytes,
  encodeLog,
  shrunkText,
  withDuplicateMark,
} from '../../../../../../lambda/forwarder/core/logs/encode.ts';
import {
  alertSource,
  auditSource,
  LOG_CONTEXT,
  manyKeys,
  nested,
} from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

const encodedAlert = (change: Parameters<typeof alertSource>[0]) =>
  encodeLog(buildLog(alertSource(change), LOG_CONTEXT, NOW));

const MAX_LOG_BYTES = 1_000_000;

describe('encoding a log', () => {
  it('is its JSON', () => {
    const log = buildLog(auditSource(), LOG_CONTEXT, NOW);

    expect(JSON.parse(encodeLog(log))).toEqual(log);
  });

  it('F31 keeps every digit of exact numbers', () => {
    const text = encodedAlert({
      id: new LosslessNumber('12345678901234567890'),
      huge: new LosslessNumber('1e400'),
    });

    expect(text).toContain('"id":12345678901234567890');
    expect(text).toContain('"huge":1e400');
  });

  it.each([
    ['plain text', {}],
    ['exact numbers', { id: new LosslessNumber('12345678901234567890') }],
    ['several bytes a character', { summaryLine: 'Überprüfung 日本 😀 \ud800' }],
  ])('reserves exactly the bytes that the duplicate mark takes: %s', (_, change) => {
    const encoded = encodedAlert(change);

    const marked = withDuplicateMark(encoded);

    expect(Buffer.byteLength(marked)).toBe(encodedBytes(encoded));
    expect(JSON.parse(marked)).toMatchObject({ valence_forwarder: { possible_duplicate: true } });
    expect(encoded).not.toContain('possible_duplicate');
  });

  it('F31 keeps every digit when it is marked', () => {
    expect(withDuplicateMark(encodedAlert({ id: new LosslessNumber('12345678901234567890') }))).toContain(
      '"id":12345678901234567890',
    );
  });

  it('F28 shrinks a log over 1 MB, valid and marked', () => {
    const text = encodedAlert({ events: [{ eventId: 'e0', aux: 'x'.repeat(2_000_000) }] });

    expect(encodedBytes(text)).toBeLessThanOrEqual(MAX_LOG_BYTES);
    expect(JSON.parse(text)).toMatchObject({
      alert: { vuid: 'alert-1', events: [{ eventId: 'e0' }] },
      valence_forwarder: { shrunk: true },
    });
  });

  it('F28 leaves a log of exactly 1 MB, mark included, as it is', () => {
    const empty = encodedBytes(encodedAlert({ summaryLine: '', note: '' }));
    const exact = encodedAlert({ summaryLine: '', note: 'x'.repeat(MAX_LOG_BYTES - empty) });
    const over = encodedAlert({ summaryLine: '', note: 'x'.repeat(MAX_LOG_BYTES - empty + 1) });

    expect(encodedBytes(exact)).toBe(MAX_LOG_BYTES);
    expect(JSON.parse(exact).valence_forwarder).not.toHaveProperty('shrunk');
    expect(JSON.parse(over).valence_forwarder.shrunk).toBe(true);
  });

  it('F32 does not fail on 10,000 levels', () => {
    const text = encodedAlert({
      events: [{ ip: nested(10_000), aux: nested(10_000) }],
      other: nested(10_000),
    });

    expect(JSON.parse(text)).toMatchObject({ alert: { vuid: 'alert-1' } });
  });

  it('F41 puts an aux of 300 keys into the log as text', () => {
    const text = encodedAlert({ events: [{ aux: manyKeys(300) }] });

    expect(JSON.parse(text)).toMatchObject({
      alert: { events: [{ aux: expect.stringContaining('"k299":299') }] },
      valence_forwarder: { aux_as_text: true },
    });
  });

  it('F47 shrinks further when Datadog asks for less, mark included, and reports when it cannot', () => {
    const log = buildLog(alertSource({ events: [{ aux: 'x'.repeat(500_000) }] }), LOG_CONTEXT, NOW);

    expect(encodedBytes(shrunkText(log, 250_000) ?? '')).toBeLessThanOrEqual(250_000);
    expect(shrunkText(log, 50)).toBeUndefined();
  });
});
