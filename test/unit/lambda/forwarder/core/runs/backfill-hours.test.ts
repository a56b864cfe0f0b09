import { describe, expect, it } from 'vitest';
import { OutOfTime, SourceError } from '../../../../../../lambda/shared/errors.ts';
import { backfillWorld, DAY, HOUR, pastRecords, START } from '../../../../../support/backfill-world.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { added } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';

/** A backfill takes the first hour and is killed; its lease has run out since. */
async function leaveKilled({ hours, clock }: Awaited<ReturnType<typeof backfillWorld>>): Promise<void> {
  await hours.acquireHour({
    stream: 'audit-logs',
    hour: START / HOUR,
    owner: 'killed',
    now: NOW,
    leaseUntil: NOW + 260,
    expiresAt: NOW + DAY,
    slice: HOUR,
  });
  await clock.sleep(300_000);
}

describe('hours and their owners', () => {
  it('an hour that another backfill holds is left alone and never claimed', async () => {
    const { fill, source, hours, clock, sink } = await backfillWorld();
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
    const { fill, source, sink } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(18);

    const both = await Promise.all([fill(), fill()]);
    await fill();

    expect(both.map(({ skipped }) => skipped)).toContain('lease-held');
    expect(sink.accepted).toHaveLength(18);
  });

  it('F56 the hour of a killed backfill is filled again with every log marked, later hours are not', async () => {
    const world = await backfillWorld();
    const { fill, source, sink } = world;
    source.records['audit-logs'] = pastRecords(12);
    await leaveKilled(world);

    await fill({ to: START + 2 * HOUR });

    expect(sink.accepted.map((log) => added(log)['possible_duplicate'])).toEqual([
      ...Array(6).fill(true),
      ...Array(6).fill(undefined),
    ]);
  });

  it('logs are marked after a killed backfill until its hour was filled once, and no longer', async () => {
    const world = await backfillWorld();
    const { fill, source, sink } = world;
    await leaveKilled(world);
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
    const { fill, source, sink } = await backfillWorld();
    const from = START - 20 * DAY;
    source.records['audit-logs'] = [auditRecord({ timeEpoch: from })];

    await fill({ from, to: from + HOUR });

    expect(added(sink.accepted[0])).toMatchObject({
      possible_duplicate: true,
      redated: true,
      event_time: from,
    });
  });

  it('ledger chunks of hours filled concurrently never collide', async () => {
    const { fill, source, store } = await backfillWorld();
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
    const { fill, source, sink } = await backfillWorld();
    source.records['audit-logs'] = [auditRecord({ timeEpoch: null })];

    await fill({ to: START + HOUR });

    expect(added(sink.accepted[0])).toMatchObject({ timestamp_invalid: true, possible_duplicate: true });
  });
});

describe('what stops a backfill', () => {
  it('is the deadline: the result says how far it came, and the next call continues from there', async () => {
    const { fill, source, sink, clock } = await backfillWorld();
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
    const { fill, source, sink } = await backfillWorld();
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
    const { fill, source, sink } = await backfillWorld();
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

  it('F29 is no page that is too large in a part of a refused hour: the part is divided further', async () => {
    const { fill, source, sink } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(6);
    const refusing = {
      ...source,
      async *pages(...call: Parameters<typeof source.pages>) {
        const [, { from, to }] = call;
        if (to - from > 1800) throw new SourceError('source-status', 'Refused.', 'None.', 400);
        if (to - from > 900) throw new SourceError('page-too-large', 'Too large.', 'None.');
        yield* source.pages(...call);
      },
    };

    const report = await fill({ to: START + HOUR }, {}, undefined, { source: refusing });

    expect(report).toMatchObject({ coveredTo: START + HOUR, forwarded: 6, error: null, holes: [] });
    expect(sink.accepted).toHaveLength(6);
  });

  it('is an error of the source: what was covered until then stays covered, the hour is free again', async () => {
    const { fill, source } = await backfillWorld();
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
    const { fill, source, telemetry } = await backfillWorld();
    source.records['audit-logs'] = pastRecords(1);

    const report = await fill({}, {}, undefined, { sink });

    expect(report).toMatchObject({ coveredTo: START, forwarded: 0, error: { fix: 'Store the right key.' } });
    expect(telemetry.counts.CredentialFailures).toBe(1);
  });

  it('F24 is a clock of Valence that went back: what it cannot have shown yet is not claimed', async () => {
    const { fill, live, source, clock } = await backfillWorld();
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
    const { fill, ranges } = await backfillWorld();

    await fill({ to: START + HOUR }, { boundedAbove: false });

    expect(ranges).toEqual([{ from: START, to: START + HOUR }]);
  });
});
