import { describe, expect, it } from 'vitest';
import { runStream } from '../../../../../../lambda/forwarder/core/runs/stream.ts';
import { deadlineIn } from '../../../../../../lambda/shared/clock.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import {
  backfillWorld,
  DAY,
  HOUR,
  pastRecords,
  SETTINGS,
  START,
} from '../../../../../support/backfill-world.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { NOW } from '../../../../../support/outside-world.ts';

describe('a backfill', () => {
  it('forwards a range of the past, tagged, and says up to where', async () => {
    const { fill, source, sink } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(18);

    const report = await fill();

    expect(report).toEqual({
      stream: 'audit-logs',
      from: START,
      to: START + 3 * HOUR,
      coveredTo: START + 3 * HOUR,
      fetched: 18,
      forwarded: 18,
      duplicates: 0,
      filtered: 0,
      quarantined: 0,
      skipped: null,
      error: null,
      holes: [],
    });
    expect(sink.accepted).toHaveLength(18);
    expect(sink.accepted.every(({ ddtags }) => String(ddtags).includes('backfill:true'))).toBe(true);
  });

  it('forwards nothing when it is repeated', async () => {
    const { fill, source, sink } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(18);
    await fill();

    const again = await fill();

    expect(again).toMatchObject({ coveredTo: START + 3 * HOUR, fetched: 18, forwarded: 0, duplicates: 18 });
    expect(sink.accepted).toHaveLength(18);
  });

  it('lets the latest version of an alert win, by the order of runs and backfills', async () => {
    const { fill, live, source, sink, clock } = await backfillWorld();
    const updates = { alertUpdates: true };
    await live(updates, 'alerts');
    // Without a time, every slice of every run meets it.
    const undated = { creationTimestamp: null };
    source.records.alerts = [alertRecord({ ...undated, status: 'Open' })];
    await fill({ stream: 'alerts', from: START, to: START + HOUR }, updates);
    source.records.alerts = [alertRecord({ ...undated, status: 'Resolved' })];

    for (let run = 0; run < 3; run++) {
      await clock.sleep(HOUR * 1000);
      await live(updates, 'alerts');
    }
    source.records.alerts = [alertRecord({ ...undated, status: 'Open' })];
    await fill({ stream: 'alerts', from: START, to: START + HOUR }, updates);
    await live(updates, 'alerts');

    expect(sink.accepted.map(({ alert }) => (alert as JsonObject)['status'])).toEqual([
      'Open',
      'Resolved',
      'Open',
    ]);
  });

  it('forwards nothing that the live run has forwarded', async () => {
    const { fill, live, source, sink, clock } = await backfillWorld();
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW + 60 })];
    await clock.sleep(DAY * 1000);
    await live({ lookbackSeconds: 0 });

    const report = await fill({ from: NOW - HOUR, to: NOW + HOUR });

    expect(report).toMatchObject({ forwarded: 0, duplicates: 1, error: null });
    expect(sink.accepted).toHaveLength(1);
  });

  it('processes whole hours, and only the requested range within the first and the last', async () => {
    const { fill, ranges } = await backfillWorld();

    await fill({ from: START + 1800, to: START + 2 * HOUR + 60 });

    expect(ranges).toEqual([
      { from: START + 1800, to: START + HOUR },
      { from: START + HOUR, to: START + 2 * HOUR },
      { from: START + 2 * HOUR, to: START + 2 * HOUR + 60 },
    ]);
  });

  it('ends where the live run begins, and says so', async () => {
    const { fill, store, telemetry, ranges } = await backfillWorld();
    const finalWatermark = (await store.read('audit-logs'))?.finalWatermark ?? 0;

    const report = await fill({ from: finalWatermark - 100, to: NOW });

    expect(report).toMatchObject({ to: finalWatermark, coveredTo: finalWatermark });
    expect(Math.max(...ranges.map(({ to }) => to))).toBe(finalWatermark);
    expect(telemetry.infos).toContainEqual({
      event: 'backfill-shortened',
      message: expect.stringContaining('where the live run begins'),
      fields: { stream: 'audit-logs', asked: NOW, end: finalWatermark },
    });
  });

  it('does nothing for a range that belongs to the live run', async () => {
    const { fill, ranges } = await backfillWorld();

    const report = await fill({ from: NOW - 60, to: NOW });

    expect(report).toMatchObject({ from: NOW - 60, to: NOW - 60, coveredTo: NOW - 60, error: null });
    expect(ranges).toEqual([]);
  });

  it('moves no watermark and takes no lease of the live run', async () => {
    const { fill, store, source } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(18);
    const before = await store.read('audit-logs');

    await fill();

    expect(await store.read('audit-logs')).toEqual(before);
  });

  it('of a stream that was never served is refused with what to do', async () => {
    const { fill } = await backfillWorld();

    const report = await fill({ stream: 'alerts' });

    expect(report).toMatchObject({
      coveredTo: START,
      error: { code: 'state-none', message: expect.stringContaining('alerts') },
    });
    expect(report.error?.fix).toContain('scheduled run');
  });

  it('sends only alerts of the configured severities', async () => {
    const { fill, live, source, store, hours, sink, telemetry, quarantine, clock } = await backfillWorld();
    await live();
    const ports = { source, sink, store, telemetry, quarantine, clock, hours, random: () => 0.5 };
    const invocation = { owner: 'alerts', deadline: deadlineIn(clock, 235_000), remainingMs: 240_000 };
    await runStream('alerts', ports, SETTINGS, invocation);
    source.types.set('type-1', { vuid: 'type-1', severity: 'Low' });
    source.records.alerts = [alertRecord({ creationTimestamp: START })];

    const report = await fill({ stream: 'alerts' }, { alertSeverities: new Set(['High']) });

    expect(report).toMatchObject({ filtered: 1, forwarded: 0 });
  });

  it('fetches the alert types once, however many hours there are', async () => {
    const { fill, source, sink, store, telemetry, quarantine, clock } = await backfillWorld();
    const ports = { source, sink, store, telemetry, quarantine, clock, random: () => 0.5 };
    const invocation = { owner: 'alerts', deadline: deadlineIn(clock, 235_000), remainingMs: 240_000 };
    await runStream('alerts', ports, SETTINGS, invocation);
    source.records.alerts = [0, 1, 2].map((n) =>
      alertRecord({ vuid: `alert-${n}`, creationTimestamp: START + n * HOUR }),
    );
    source.asked.length = 0;

    await fill({ stream: 'alerts' });

    expect(source.asked.filter((asked) => asked === 'alert-types')).toHaveLength(1);
  });
});
