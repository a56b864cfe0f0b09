import { describe, expect, it } from 'vitest';
import { deadlineIn } from '../../lambda/common/clock.ts';
import { OutOfTime, SourceError } from '../../lambda/common/errors.ts';
import { type BackfillRequest, backfill } from '../../lambda/forwarder/core/backfill.ts';
import type { JsonObject } from '../../lambda/forwarder/core/json.ts';
import type { Range, Stream } from '../../lambda/forwarder/core/ports.ts';
import { runStream } from '../../lambda/forwarder/core/stream.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/stream-run.ts';
import { memoryHourLeases } from '../simulation/memory-hour-leases.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { alertRecord, auditRecord, LOG_CONTEXT } from '../support/core-records.ts';
import { fakeQuarantine, fakeSink, fakeSource, memoryStore } from '../support/fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from '../support/outside-world.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** A whole hour, two days ago. */
const START = Math.floor((NOW - 2 * DAY) / HOUR) * HOUR;

const SETTINGS: StreamSettings = {
  initialLookbackSeconds: 12 * HOUR,
  settleSeconds: 0,
  lookbackSeconds: DAY,
  parallelSlices: 4,
  alertUpdates: false,
  alertSeverities: undefined,
  volatileFields: [],
  boundedAbove: true,
  logContext: LOG_CONTEXT,
  datadogKeyFix: 'Store the right key.',
};

/** A stream that the live run has served once, and backfills of it. */
async function world() {
  const sink = fakeSink();
  const source = fakeSource();
  const ranges: Range[] = [];
  const { pages } = source;
  source.pages = (stream, range, options) => {
    ranges.push(range);
    return pages(stream, range, options);
  };
  const clock = stubClock();
  const table = new MemoryStore();
  const hours = memoryHourLeases(table);
  const ports = {
    source,
    sink,
    store: memoryStore([], table),
    quarantine: fakeQuarantine(),
    telemetry: recordingTelemetry(),
    clock,
    chance: () => 0.5,
    hours,
  };
  let invocations = 0;
  const invocation = (timeMs = 235_000) => ({
    owner: `invocation-${++invocations}`,
    deadline: deadlineIn(clock, timeMs),
    killedInMs: timeMs + 5000,
  });
  const settingsOf = (settings: Partial<StreamSettings>) => ({ ...SETTINGS, ...settings });
  const live = (settings: Partial<StreamSettings> = {}, stream: Stream = 'audit-logs') =>
    runStream(stream, ports, settingsOf(settings), invocation());
  await live();
  ranges.length = 0;
  return {
    ...ports,
    source,
    sink,
    clock,
    ranges,
    live,
    fill: (
      request: Partial<BackfillRequest> = {},
      settings: Partial<StreamSettings> = {},
      timeMs?: number,
      other: Partial<typeof ports> = {},
    ) =>
      backfill(
        { stream: 'audit-logs', from: START, to: START + 3 * HOUR, ...request },
        { ...ports, ...other },
        settingsOf(settings),
        invocation(timeMs),
      ),
  };
}

/** Audit records of the past that all differ, ten minutes apart from {@link START} on. */
const pastRecords = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => auditRecord({ actor: `user-${n}`, timeEpoch: START + n * 600 }));

const added = (log: JsonObject | undefined) => log?.['valence_forwarder'] as JsonObject;

describe('a backfill', () => {
  it('forwards a range of the past, tagged, and says up to where', async () => {
    const { fill, source, sink } = await world();
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
    });
    expect(sink.accepted).toHaveLength(18);
    expect(sink.accepted.every(({ ddtags }) => String(ddtags).includes('backfill:true'))).toBe(true);
  });

  it('forwards nothing when it is repeated', async () => {
    const { fill, source, sink } = await world();
    source.records['audit-logs'] = pastRecords(18);
    await fill();

    const again = await fill();

    expect(again).toMatchObject({ coveredTo: START + 3 * HOUR, fetched: 18, forwarded: 0, duplicates: 18 });
    expect(sink.accepted).toHaveLength(18);
  });

  it('leaves the last word on an alert to whoever forwarded it last', async () => {
    const { fill, live, source, sink, clock } = await world();
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
    const { fill, live, source, sink, clock } = await world();
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW + 60 })];
    await clock.sleep(DAY * 1000);
    await live({ lookbackSeconds: 0 });

    const report = await fill({ from: NOW - HOUR, to: NOW + HOUR });

    expect(report).toMatchObject({ forwarded: 0, duplicates: 1, error: null });
    expect(sink.accepted).toHaveLength(1);
  });

  it('goes by whole hours and keeps to the range asked for within the first and the last', async () => {
    const { fill, ranges } = await world();

    await fill({ from: START + 1800, to: START + 2 * HOUR + 60 });

    expect(ranges).toEqual([
      { from: START + 1800, to: START + HOUR },
      { from: START + HOUR, to: START + 2 * HOUR },
      { from: START + 2 * HOUR, to: START + 2 * HOUR + 60 },
    ]);
  });

  it('ends where the live run begins, and says so', async () => {
    const { fill, store, telemetry, ranges } = await world();
    const finalWatermark = (await store.read('audit-logs'))?.finalWatermark ?? 0;

    const report = await fill({ from: finalWatermark - 100, to: NOW });

    expect(report).toMatchObject({ to: finalWatermark, coveredTo: finalWatermark });
    expect(Math.max(...ranges.map(({ to }) => to))).toBe(finalWatermark);
    expect(telemetry.infos).toContainEqual({
      message: expect.stringContaining('where the live run begins'),
      fields: { stream: 'audit-logs', asked: NOW, end: finalWatermark },
    });
  });

  it('does nothing for a range that is the live run’s own', async () => {
    const { fill, ranges } = await world();

    const report = await fill({ from: NOW - 60, to: NOW });

    expect(report).toMatchObject({ from: NOW - 60, to: NOW - 60, coveredTo: NOW - 60, error: null });
    expect(ranges).toEqual([]);
  });

  it('moves no watermark and takes no lease of the live run', async () => {
    const { fill, store, source } = await world();
    source.records['audit-logs'] = pastRecords(18);
    const before = await store.read('audit-logs');

    await fill();

    expect(await store.read('audit-logs')).toEqual(before);
  });

  it('of a stream that was never served is refused with what to do', async () => {
    const { fill } = await world();

    const report = await fill({ stream: 'alerts' });

    expect(report).toMatchObject({
      coveredTo: START,
      error: { code: 'state-none', message: expect.stringContaining('alerts') },
    });
    expect(report.error?.fix).toContain('scheduled run');
  });

  it('keeps to the severities that are wanted', async () => {
    const { fill, live, source, store, hours, sink, telemetry, quarantine, clock } = await world();
    await live();
    const ports = { source, sink, store, telemetry, quarantine, clock, hours, chance: () => 0.5 };
    const invocation = { owner: 'alerts', deadline: deadlineIn(clock, 235_000), killedInMs: 240_000 };
    await runStream('alerts', ports, SETTINGS, invocation);
    source.types.set('type-1', { vuid: 'type-1', severity: 'Low' });
    source.records.alerts = [alertRecord({ creationTimestamp: START })];

    const report = await fill({ stream: 'alerts' }, { alertSeverities: new Set(['High']) });

    expect(report).toMatchObject({ filtered: 1, forwarded: 0 });
  });

  it('fetches the alert types once, however many hours there are', async () => {
    const { fill, source, sink, store, telemetry, quarantine, clock } = await world();
    const ports = { source, sink, store, telemetry, quarantine, clock, chance: () => 0.5 };
    const invocation = { owner: 'alerts', deadline: deadlineIn(clock, 235_000), killedInMs: 240_000 };
    await runStream('alerts', ports, SETTINGS, invocation);
    source.records.alerts = [0, 1, 2].map((n) =>
      alertRecord({ vuid: `alert-${n}`, creationTimestamp: START + n * HOUR }),
    );
    source.asked.length = 0;

    await fill({ stream: 'alerts' });

    expect(source.asked.filter((asked) => asked === 'alert-types')).toHaveLength(1);
  });
});

describe('hours and who holds them', () => {
  it('an hour that another backfill holds is left alone and never claimed', async () => {
    const { fill, source, hours, clock, sink } = await world();
    source.records['audit-logs'] = pastRecords(18);
    const taken = { stream: 'audit-logs', hour: (START + HOUR) / HOUR, owner: 'other' } as const;
    await hours.acquireHour({ ...taken, now: NOW, leaseUntil: NOW + 260, expiresAt: NOW + DAY, slice: HOUR });

    const first = await fill();
    await clock.sleep(300_000);
    const second = await fill({ from: first.coveredTo });

    expect(first).toMatchObject({
      coveredTo: START + HOUR,
      forwarded: 6,
      skipped: 'lease-held',
      error: null,
    });
    expect(second).toMatchObject({ coveredTo: START + 3 * HOUR, forwarded: 12, skipped: null });
    expect(sink.accepted).toHaveLength(18);
  });

  it('two backfills of the same range at once forward each record once', async () => {
    const { fill, source, sink } = await world();
    source.records['audit-logs'] = pastRecords(18);

    const both = await Promise.all([fill(), fill()]);
    await fill();

    expect(both.map(({ skipped }) => skipped)).toContain('lease-held');
    expect(sink.accepted).toHaveLength(18);
  });

  it('F56 the hour of a killed backfill is filled again with every log marked, later hours are not', async () => {
    const { fill, source, hours, clock, sink } = await world();
    source.records['audit-logs'] = pastRecords(12);
    const killed = { stream: 'audit-logs', hour: START / HOUR, owner: 'killed' } as const;
    await hours.acquireHour({
      ...killed,
      now: NOW,
      leaseUntil: NOW + 260,
      expiresAt: NOW + DAY,
      slice: HOUR,
    });
    await clock.sleep(300_000);

    await fill({ to: START + 2 * HOUR });

    expect(sink.accepted.map((log) => added(log)['possible_duplicate'])).toEqual([
      ...Array(6).fill(true),
      ...Array(6).fill(undefined),
    ]);
  });

  it('the mark of a killed backfill ends when its hour was filled once since, and no sooner', async () => {
    const { fill, source, hours, clock, sink } = await world();
    const killed = { stream: 'audit-logs', hour: START / HOUR, owner: 'killed' } as const;
    await hours.acquireHour({
      ...killed,
      now: NOW,
      leaseUntil: NOW + 260,
      expiresAt: NOW + DAY,
      slice: HOUR,
    });
    await clock.sleep(300_000);
    const late = (n: number) =>
      source.records['audit-logs'].push(auditRecord({ actor: `late-${n}`, timeEpoch: START + n }));
    await fill({ to: START + 1800 });
    late(1);
    await fill({ to: START + HOUR });
    late(2);

    await fill({ to: START + HOUR });

    expect(sink.accepted.map((log) => added(log)['possible_duplicate'])).toEqual([true, undefined]);
  });

  it('a range whose ledger may have expired is sent as a possible duplicate', async () => {
    const { fill, source, sink } = await world();
    const from = START - 20 * DAY;
    source.records['audit-logs'] = [auditRecord({ timeEpoch: from })];

    await fill({ from, to: from + HOUR });

    expect(added(sink.accepted[0])).toMatchObject({
      possible_duplicate: true,
      redated: true,
      event_time: from,
    });
  });

  it('ledger chunks of hours filled side by side never meet', async () => {
    const { fill, source, store } = await world();
    const undated = auditRecord({ actor: 'undated', timeEpoch: null });
    source.records['audit-logs'] = [...pastRecords(12), undated];

    await Promise.all([fill({ to: START + HOUR }), fill({ from: START + HOUR, to: START + 2 * HOUR })]);

    const again = await fill({ to: START + 2 * HOUR });
    expect(again).toMatchObject({ forwarded: 0, error: null });
    const fences = await Promise.all(
      [0, START / HOUR, START / HOUR + 1].map((hour) => store.loadLedger('audit-logs', hour)),
    );
    expect(new Set(fences.flat().map(({ fence }) => fence)).size).toBe(2);
  });

  it('F25 a record without a time says that the live run may be sending it too', async () => {
    const { fill, source, sink } = await world();
    source.records['audit-logs'] = [auditRecord({ timeEpoch: null })];

    await fill({ to: START + HOUR });

    expect(added(sink.accepted[0])).toMatchObject({ timestamp_invalid: true, possible_duplicate: true });
  });
});

describe('what stops a backfill', () => {
  it('is the deadline: it says how far it came, and goes on from there', async () => {
    const { fill, source, sink, clock } = await world();
    source.records['audit-logs'] = pastRecords(18);
    const slow = {
      ...source,
      async *pages(...call: Parameters<typeof source.pages>) {
        await clock.sleep(60_000);
        yield* source.pages(...call);
      },
    };

    const first = await fill({}, {}, 130_000, { source: slow });
    const second = await fill({ from: first.coveredTo });

    expect(first).toMatchObject({ coveredTo: START + 2 * HOUR, error: null, skipped: null });
    expect(second).toMatchObject({ coveredTo: START + 3 * HOUR, forwarded: 6 });
    expect(sink.accepted).toHaveLength(18);
  });

  it('an hour that takes longer than one invocation is filled in shorter and shorter slices', async () => {
    const { fill, source, sink } = await world();
    source.records['audit-logs'] = pastRecords(6);
    const short = {
      ...source,
      async *pages(...call: Parameters<typeof source.pages>) {
        const [, { from, to }] = call;
        if (to - from > 1000) throw new OutOfTime('reading');
        yield* source.pages(...call);
      },
    };

    const tries = [
      await fill({ to: START + HOUR }, {}, undefined, { source: short }),
      await fill({ to: START + HOUR }, {}, undefined, { source: short }),
      await fill({ to: START + HOUR }, {}, undefined, { source: short }),
    ];

    expect(tries.map(({ coveredTo }) => coveredTo).slice(0, 2)).toEqual([START, START]);
    expect(tries[2]?.coveredTo).toBeGreaterThan(START);
    expect(sink.accepted.length).toBeGreaterThan(0);
  });

  it('F29 a page that is too large is asked for again in a shorter slice, within the same invocation', async () => {
    const { fill, source, sink } = await world();
    source.records['audit-logs'] = pastRecords(6);
    const large = {
      ...source,
      async *pages(...call: Parameters<typeof source.pages>) {
        const [, { from, to }] = call;
        if (to - from > 1800) throw new SourceError('page-too-large', 'Too large.', 'None.');
        yield* source.pages(...call);
      },
    };

    const report = await fill({ to: START + HOUR }, {}, undefined, { source: large });

    expect(report).toMatchObject({ coveredTo: START + HOUR, forwarded: 6, error: null });
    expect(sink.accepted).toHaveLength(6);
  });

  it('is an error of the source: what was covered until then stays covered, the hour is free again', async () => {
    const { fill, source } = await world();
    source.records['audit-logs'] = pastRecords(18);
    const failure = new SourceError('source-unreachable', 'No answer.', 'Wait.');
    const broken = {
      ...source,
      async *pages(...call: Parameters<typeof source.pages>) {
        if (call[1].from >= START + HOUR) throw failure;
        yield* source.pages(...call);
      },
    };

    const report = await fill({}, {}, undefined, { source: broken });
    const next = await fill({ from: report.coveredTo });

    expect(report).toMatchObject({
      coveredTo: START + HOUR,
      forwarded: 6,
      error: { code: 'source-unreachable', fix: 'Wait.' },
    });
    expect(next).toMatchObject({ coveredTo: START + 3 * HOUR, forwarded: 12, skipped: null });
  });

  it('F45 is a refused key, which is counted', async () => {
    const sink = fakeSink(() => ({ outcome: 'credential', reason: '403' }));
    const { fill, source, telemetry } = await world();
    source.records['audit-logs'] = pastRecords(1);

    const report = await fill({}, {}, undefined, { sink });

    expect(report).toMatchObject({ coveredTo: START, forwarded: 0, error: { fix: 'Store the right key.' } });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F24 is a clock of Valence that went back: what it cannot have shown yet is not claimed', async () => {
    const { fill, live, source, clock } = await world();
    await clock.sleep(DAY * 1000);
    await live({ lookbackSeconds: 0 });
    const now = NOW + DAY;
    const behind = {
      ...source,
      async *pages() {
        yield { records: [], serverTime: now - 240 };
      },
    };

    const report = await fill({ from: now - 60, to: now }, {}, undefined, { source: behind });

    expect(report).toMatchObject({ coveredTo: now - 60, error: { code: 'clock-behind' } });
  });

  it('without an upper bound at the source an hour is read in one piece', async () => {
    const { fill, ranges } = await world();

    await fill({ to: START + HOUR }, { boundedAbove: false });

    expect(ranges).toEqual([{ from: START, to: START + HOUR }]);
  });
});
