import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import {
  CredentialError,
  LeaseLost,
  QuarantineError,
  SourceError,
  StateError,
} from '../../../../../../lambda/shared/errors.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import {
  brokenSource,
  fakeQuarantine,
  fakeSink,
  fakeSource,
  memoryStore,
} from '../../../../../support/fake-ports.ts';
import { NOW, stubClock } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS as HOURS, SETTLE_SECONDS as SETTLE } from '../../../../../support/stream-settings.ts';
import { recentAuditRecords, streamWorld } from '../../../../../support/stream-world.ts';

/** A store whose one call fails. */
const failing = (call: keyof StateStore, error: Error): StateStore => ({
  ...memoryStore(),
  [call]: () => Promise.reject(error),
});

describe('a run that another holds up', () => {
  it('F69 leaves the stream alone and fetches nothing', async () => {
    const { run, source, store } = streamWorld();
    source.records['audit-logs'] = recentAuditRecords(3);
    await store.acquire({
      stream: 'audit-logs',
      owner: 'other',
      now: NOW - 10,
      leaseUntil: NOW + 250,
      start: NOW - 500,
      slice: 3600,
    });

    const report = await run();

    expect(report).toMatchObject({ skipped: 'lease-held', error: null, forwarded: 0, watermark: NOW - 500 });
    expect(source.asked).toEqual([]);
  });

  it('F55 stops when its lease was taken over, and notes nothing more', async () => {
    const released: string[] = [];
    const store: StateStore = {
      ...memoryStore(),
      save: () => Promise.reject(new LeaseLost('audit-logs')),
      release: async ({ owner }) => {
        released.push(owner);
      },
    };
    const { run } = streamWorld({ store });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'lease-lost' });
    expect(released).toEqual([]);
  });
});

describe('a run that loses its right in the middle', () => {
  /** Half a day of records, so that there are several slices one after another. */
  const halfADay = () =>
    Array.from({ length: 11 }, (_, n) =>
      auditRecord({ actor: `user-${n}`, timeEpoch: NOW - SETTLE - 1 - n * HOURS }),
    );

  it('F55 posts nothing more once its lease was taken over, and what it has posted is noted', async () => {
    let posted: number | undefined;
    const table = memoryStore();
    const store: StateStore = {
      ...table,
      async save(lease, progress) {
        if (sink.accepted.length === 0) return table.save(lease, progress);
        posted ??= sink.accepted.length;
        throw new LeaseLost('audit-logs');
      },
    };
    const { run, source, sink } = streamWorld({ store });
    source.records['audit-logs'] = halfADay();

    const report = await run('audit-logs', { parallelSlices: 1 });

    expect(report.error).toMatchObject({ code: 'lease-lost' });
    expect(posted).toBeGreaterThan(0);
    expect(posted).toBeLessThan(11);
    expect(sink.accepted).toHaveLength(posted as number);
    expect(report.forwarded).toBe(posted);
  });

  it.each([
    ['by a minute', 60, 'clock-jumped'],
    ['by an hour, past the end of its lease', HOURS, 'lease-lost'],
  ])(
    'F72 posts nothing more after the clock has jumped forward %s; the next run loses and repeats nothing',
    async (_, seconds, code) => {
      const clock = stubClock();
      let jumpedMs = 0;
      const sink = fakeSink();
      const jumping = {
        ...sink,
        async post(...call: Parameters<typeof sink.post>) {
          const answer = await sink.post(...call);
          jumpedMs = seconds * 1000;
          return answer;
        },
      };
      const { run, source } = streamWorld({
        clock: { ...clock, wall: () => clock.wall() + jumpedMs },
        sink: jumping,
      });
      source.records['audit-logs'] = halfADay();

      const report = await run('audit-logs', { parallelSlices: 1 });
      const posted = sink.accepted.length;
      await clock.sleep(300_000);
      const next = await run('audit-logs', { parallelSlices: 1 });

      expect(report.error).toMatchObject({ code });
      expect(posted).toBeGreaterThan(0);
      expect(posted).toBeLessThan(11);
      expect(next).toMatchObject({ error: null, caughtUp: true, forwarded: 11 - posted });
      expect(new Set(sink.accepted.map(({ actor }) => actor)).size).toBe(11);
    },
  );
});

describe('a run that fails', () => {
  it('reports one error with its code and fix, holds the watermark and gives the lease back', async () => {
    const source = brokenSource(
      new SourceError('source-shape', 'There is no list at "items".', 'Set itemsPath.'),
    );
    const { run, store } = streamWorld({ source });

    const report = await run();

    expect(report).toMatchObject({
      error: { code: 'source-shape', message: 'There is no list at "items".', fix: 'Set itemsPath.' },
      watermark: NOW - 12 * HOURS,
      caughtUp: false,
    });
    expect(await store.read('audit-logs')).toMatchObject({ leaseUntil: 0, clean: true });
  });

  it('shows only the name and place of an unexpected error', async () => {
    const { run, telemetry } = streamWorld({ source: brokenSource(new TypeError('planted-record-content')) });

    const report = await run();

    expect(report.error).toEqual({
      code: 'unexpected',
      message: expect.stringMatching(/^Unexpected TypeError \([\w.-]+:\d+:\d+\) in the forwarder [\d.]+\.$/),
      fix: expect.any(String),
    });
    expect(JSON.stringify(report) + telemetry.text()).not.toContain('planted-record-content');
  });

  it('F58 fails before it fetches anything when the table is unreachable', async () => {
    const error = new StateError('state-unreachable', 'The table did not answer.', 'Check it.');
    const { run, source } = streamWorld({ store: failing('acquire', error) });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'state-unreachable' });
    expect(source.asked).toEqual([]);
  });

  it('F35 counts a refused key', async () => {
    const { run, telemetry } = streamWorld({
      source: brokenSource(new CredentialError('refused', '403', 'Store it.')),
    });

    const report = await run();

    expect(report.error).toMatchObject({ code: 'refused', fix: 'Store it.' });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F81 holds the watermark when alert types cannot be had', async () => {
    const source = {
      ...fakeSource({ alerts: [alertRecord({ creationTimestamp: NOW - HOURS })] }),
      alertTypes: () => Promise.reject(new SourceError('source-unreachable', 'No answer.', 'Wait.')),
    };
    const { run } = streamWorld({ source });

    const report = await run('alerts');

    expect(report).toMatchObject({ forwarded: 0, error: { code: 'source-unreachable' } });
    expect(report.watermark).toBeLessThanOrEqual(NOW - HOURS);
  });

  it('F74 forwards and notes nothing past a record that cannot be quarantined', async () => {
    const failure = new QuarantineError('quarantine-denied', 'Access denied.', 'Allow it.');
    const sink = fakeSink(([log]) =>
      log?.['ddsource'] === 'valence-security'
        ? { outcome: 'rejected', status: 400, tooLarge: false, reason: '400' }
        : { outcome: 'success' },
    );
    const { run, source } = streamWorld({ sink, quarantine: fakeQuarantine([], failure) });
    source.records['audit-logs'] = recentAuditRecords(1);

    const report = await run();

    expect(report).toMatchObject({ quarantined: 0, error: { code: 'quarantine-denied' } });
    expect(report.watermark).toBeLessThanOrEqual(NOW - SETTLE - 1);
  });

  it('leaves the state unclean when a batch is unconfirmed, and the next run marks what it repeats', async () => {
    let cut = true;
    const sink = fakeSink(() => (cut ? { outcome: 'deadline-exceeded' } : { outcome: 'success' }));
    const { run, source, store } = streamWorld({ sink });
    source.records['audit-logs'] = recentAuditRecords(1);
    await run();
    const { clean } = (await store.read('audit-logs')) ?? {};
    cut = false;

    const report = await run();

    expect(clean).toBe(false);
    expect(report).toMatchObject({ forwarded: 1, error: null });
    expect(sink.accepted).toMatchObject([{ valence_forwarder: { possible_duplicate: true } }]);
  });
});
