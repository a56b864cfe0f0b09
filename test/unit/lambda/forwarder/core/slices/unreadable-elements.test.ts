import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../../../../../lambda/forwarder/core/memory/pages.ts';
import type { Page, Quarantine, Range, ScanOptions } from '../../../../../../lambda/forwarder/core/ports.ts';
import { QUARANTINED_BYTES_EACH } from '../../../../../../lambda/limits.ts';
import { QuarantineError } from '../../../../../../lambda/shared/errors.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeQuarantine, fakeSource } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const BROKEN = Buffer.from('{"actor":NaN}');

const TIME = NOW - 600;
const record = auditRecord({ actor: 'ok', timeEpoch: TIME });

/** A world whose source shows these elements in every range, with the record in its own. */
function world(elements: Buffer[], quarantine: Quarantine = fakeQuarantine()) {
  const source = {
    ...fakeSource(),
    async *pages(_: unknown, { from, to }: Range, { onEnd }: ScanOptions): AsyncGenerator<Page> {
      const records = TIME >= from && TIME < to ? [record] : [];
      yield { records: [...elements.map((raw) => new Unreadable(raw)), ...records] };
      onEnd?.('stated');
    },
  };
  return streamWorld({ source, quarantine });
}

describe('F91 an unreadable element', () => {
  it('is quarantined as it came, counted and warned about; the others are delivered', async () => {
    const quarantine = fakeQuarantine();
    const { run, sink, telemetry } = world([BROKEN], quarantine);

    const report = await run();

    expect(report).toMatchObject({ forwarded: 1, quarantined: 1, error: null });
    expect(sink.accepted).toMatchObject([{ actor: 'ok' }]);
    expect(quarantine.elements).toEqual([
      {
        stream: 'audit-logs',
        reason: 'unreadable',
        raw: 'eyJhY3RvciI6TmFOfQ==',
        // The first half of the SHA-256 of the bytes.
        fingerprint: 'cdd50bc60d95f1cf6097ef08ba2a87cf',
        quarantinedAt: '2025-12-29T09:20:00.000Z',
      },
    ]);
    expect(telemetry.warnings).toEqual([
      expect.objectContaining({ event: 'first-run' }),
      expect.objectContaining({
        event: 'elements-unreadable',
        fields: expect.objectContaining({ elements: 1 }),
      }),
    ]);
  });

  it('is quarantined once, whichever slice and run shows it, and counts as no duplicate', async () => {
    const quarantine = fakeQuarantine();
    const { run, clock } = world([BROKEN, BROKEN], quarantine);

    const first = await run('audit-logs', { parallelSlices: 3, lookbackSeconds: 0 });
    await clock.sleep(3_600_000);
    const second = await run();

    expect(quarantine.elements).toHaveLength(1);
    expect(first).toMatchObject({ quarantined: 1, duplicates: 0 });
    expect(second).toMatchObject({ quarantined: 0, duplicates: 0 });
  });

  it('over the limit of a run fails the stream, and each run advances by the limit', async () => {
    const quarantine = fakeQuarantine();
    const elements = Array.from({ length: 10 }, (_, n) => Buffer.from(`{"actor":NaN${n}}`));
    const { run, clock } = world(elements, quarantine);
    const counts: number[] = [];
    const errors: unknown[] = [];

    for (let invocation = 0; invocation < 4; invocation++) {
      const report = await run('audit-logs', { maxQuarantined: 3 });
      counts.push(quarantine.elements.length);
      errors.push(report.error?.code);
      await clock.sleep(300_000);
    }

    expect(counts).toEqual([3, 6, 9, 10]);
    expect(errors).toEqual(['quarantine-limit', 'quarantine-limit', 'quarantine-limit', undefined]);
  });

  it('over the bytes of a run fails the stream, and each run advances, if only by one that is larger than all', async () => {
    const quarantine = fakeQuarantine();
    const sizes = [1, 1, 3, 1, 1].map((share) => share * QUARANTINED_BYTES_EACH);
    const elements = sizes.map((size, n) => Buffer.from(`NaN${n}`.padEnd(size, 'x')));
    const { run, clock } = world(elements, quarantine);
    const counts: number[] = [];
    const errors: unknown[] = [];

    for (let invocation = 0; invocation < 3; invocation++) {
      const report = await run('audit-logs', { maxQuarantined: 2 });
      counts.push(quarantine.elements.length);
      errors.push(report.error?.code);
      await clock.sleep(300_000);
    }

    expect(counts).toEqual([2, 3, 5]);
    expect(errors).toEqual(['quarantine-limit', 'quarantine-limit', undefined]);
  });

  it('over the limit of a run in concurrent slices: no more objects are written than the limit', async () => {
    const quarantine = fakeQuarantine();
    const source = {
      ...fakeSource(),
      async *pages(_: unknown, { from }: Range, { onEnd }: ScanOptions): AsyncGenerator<Page> {
        const records = Array.from(
          { length: 20 },
          (_, n) => new Unreadable(Buffer.from(`{"at":NaN${from}-${n}}`)),
        );
        yield { records };
        onEnd?.('stated');
      },
    };
    const { run } = streamWorld({ source, quarantine });

    const report = await run('audit-logs', { parallelSlices: 4, maxQuarantined: 30 });

    expect(report.error).toMatchObject({ code: 'quarantine-limit' });
    expect(quarantine.elements).toHaveLength(30);
  });

  it('is noted only after its object is written', async () => {
    const failing = fakeQuarantine([], new QuarantineError('quarantine-denied', 'Denied.', 'Allow it.'));
    const { run, store } = world([BROKEN], failing);

    expect(await run()).toMatchObject({ quarantined: 0, error: { code: 'quarantine-denied' } });
    expect(await store.loadLedger('audit-logs', 0)).toEqual([]);
  });

  it('is identified by its bytes', async () => {
    const quarantine = fakeQuarantine();
    const elements = Array.from({ length: 150 }, (_, n) => Buffer.from(`NaN${n}`));
    const { run, store } = world(elements, quarantine);

    expect(await run()).toMatchObject({ forwarded: 1, quarantined: 150 });
    expect(new Set(quarantine.elements.map(({ fingerprint }) => fingerprint)).size).toBe(150);
    expect(await store.loadLedger('audit-logs', 0)).toHaveLength(2);
  });
});
