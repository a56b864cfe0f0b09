import { describe, expect, it } from 'vitest';
import type { Page, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import type { Hole } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { leaseRequest, progressOf, taken } from '../../../../../support/leases.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;
const MINUTE_MS = 60_000;
const START = NOW - 12 * HOUR;

interface Shown {
  record: JsonObject;
  /** The time that the source filters by. */
  at: number;
}

const shown = (details: string, timeEpoch: number, at = timeEpoch): Shown => ({
  record: auditRecord({ details, timeEpoch }),
  at,
});

/** A source that filters by another time than the one in its records, or not at all. */
function worldOf(all: Shown[], filters = true, settings: Parameters<typeof streamWorld>[1] = {}) {
  const source: Source = {
    async *pages(_stream, range, { onEnd }): AsyncGenerator<Page> {
      const records = all.filter(({ at }) => !filters || (at >= range.from && at < range.to));
      yield { records: records.map(({ record }) => record) };
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
  const sink = fakeSink();
  const world = streamWorld({ source, sink }, settings);
  return {
    ...world,
    later: (minutes: number) => world.clock.sleep(minutes * MINUTE_MS),
    sent: () => sink.accepted.map(({ details }) => details).sort(),
    marked: () => sink.accepted.filter(isMarked).map(({ details }) => details),
  };
}

describe('F101 records outside the range that was asked for', () => {
  it('a source that filters by another time: every record arrives once, unmarked', async () => {
    const all = Array.from({ length: 60 }, (_, n) =>
      shown(`record ${n}`, NOW - 11 * HOUR + n * 600, NOW - 11 * HOUR + n * 600 + (n % 7) * 1700),
    ).filter(({ at }) => at < NOW - 200);
    const world = worldOf(all);

    await world.run();
    await world.later(5);
    await world.run();

    expect(world.sent()).toEqual(all.map(({ record }) => record['details']).sort());
    expect(world.marked()).toEqual([]);
  });

  it('also without a look-back, when several slices are read concurrently', async () => {
    const all = [
      shown('first', NOW - 8 * HOUR, NOW - 7 * HOUR),
      shown('second', NOW - 7 * HOUR, NOW - 6 * HOUR),
    ];
    const world = worldOf(all, true, { lookbackSeconds: 0 });

    await world.run();

    expect(world.sent()).toEqual(['first', 'second']);
  });

  it('a source that ignores the range: every record arrives once', async () => {
    const all = Array.from({ length: 60 }, (_, n) => shown(`record ${n}`, NOW - 11 * HOUR + n * 600));
    const world = worldOf(all, false);

    await world.run();
    await world.later(5);
    await world.run();

    expect(world.sent()).toEqual(all.map(({ record }) => record['details']).sort());
    expect(world.marked()).toEqual([]);
  });

  it('what is older than the start of the stream is left out', async () => {
    const world = worldOf([shown('older', START - 10), shown('newer', START + 10)], false);

    await world.run();

    expect(world.sent()).toEqual(['newer']);
  });

  it('what is below the final watermark is marked, because a backfill may be forwarding it', async () => {
    const all = [shown('own', NOW - 600)];
    const world = worldOf(all);
    for (let hour = 0; hour < 60; hour++) {
      await world.run();
      await world.later(60);
    }
    const { finalWatermark = 0 } = (await world.store.read('audit-logs')) ?? {};
    const now = NOW + 60 * HOUR;
    all.push(
      shown('final', finalWatermark - HOUR, now - 900),
      shown('open', finalWatermark + HOUR, now - 900),
    );

    await world.run();

    expect(world.sent()).toEqual(['final', 'open', 'own']);
    expect(world.marked()).toEqual(['final']);
  });

  it('a slice that shows only such records names timeFilter', async () => {
    const world = worldOf([shown('changed', NOW - 8 * HOUR, NOW - 2 * HOUR)]);

    await world.run();

    const [warning] = world.telemetry.warnings.filter(({ event }) => event === 'records-outside-range');
    expect(warning?.message).toContain('timeFilter');
  });

  it('a run that posts them and ends uncleanly leaves doubt about everything since the final watermark', async () => {
    const all = [shown('changed', NOW - 8 * HOUR, NOW - 2 * HOUR)];
    const world = worldOf(all);
    await world.run();
    const { lease, state } = taken(
      await world.store.acquire(leaseRequest({ stream: 'audit-logs', owner: 'killed', now: NOW + 300 })),
    );
    await world.store.save(lease, progressOf(state, { postsOutside: 1 }));
    all.push(shown('perhaps sent', NOW - 9 * HOUR));
    await world.later(60);

    await world.run();

    expect(world.sent()).toEqual(['changed', 'perhaps sent']);
    expect(world.marked()).toEqual(['perhaps sent']);
    expect((await world.store.read('audit-logs'))?.postsOutside).toBe(0);
  });
});

describe('F101 records whose range became a hole after a post in doubt', () => {
  /** A stream with a hole of that doubt from NOW - 4 h to NOW - 3 h, whose source shows everything in every range. */
  async function worldWithHole(all: Shown[], doubt: boolean, settings?: Parameters<typeof streamWorld>[1]) {
    const world = worldOf(all, false, settings);
    await world.run();
    const { lease, state } = taken(
      await world.store.acquire(leaseRequest({ stream: 'audit-logs', owner: 'other', now: NOW + 300 })),
    );
    const [from, to] = [NOW - 4 * HOUR, NOW - 3 * HOUR];
    const hole: Hole = { from, to, status: 500, since: NOW, refusedAt: NOW + 3 * HOUR, doubt };
    await world.store.release(
      lease,
      progressOf(state, { finalWatermark: NOW - 8 * HOUR, holes: [hole] }),
      true,
    );
    await world.later(60);
    return world;
  }

  it.each([
    ['marked when they may be of the hole', true, ['before', 'in the hole', 'undated']],
    ['not marked without a doubt', false, []],
  ])('are %s', async (_, doubt, marked) => {
    const all: Shown[] = [];
    const world = await worldWithHole(all, doubt);
    all.push(
      // The source may have shown it for a later range than its own.
      shown('before', NOW - 5 * HOUR),
      shown('in the hole', NOW - 3.5 * HOUR),
      shown('after', NOW - 2 * HOUR),
      { record: auditRecord({ details: 'undated', timeEpoch: null }), at: NOW },
    );

    await world.run();

    expect(world.sent()).toEqual(['after', 'before', 'in the hole', 'undated']);
    expect(world.marked().sort()).toEqual(marked);
  });

  it('with timeFilter update, only those that are newer than the hole are not marked', async () => {
    const all: Shown[] = [];
    const world = await worldWithHole(all, true, { timeFilter: 'update' });
    all.push(shown('older', NOW - 30 * HOUR), shown('newer', NOW - 2 * HOUR));

    await world.run();

    expect(world.marked()).toEqual(['older']);
  });
});

describe('F101 timeFilter update', () => {
  it('a record belongs to the range that shows it, whatever its own time is', async () => {
    const all = [
      shown('long ago', NOW - 400 * HOUR, NOW - 3 * HOUR),
      shown('days ago', NOW - 50 * HOUR, NOW - 2 * HOUR),
      shown('now', NOW - 600),
    ];
    const world = worldOf(all, true, { timeFilter: 'update' });

    await world.run();
    await world.later(5);
    await world.run();

    expect(world.sent()).toEqual(['days ago', 'long ago', 'now']);
    // Older than the ledger remembers.
    expect(world.marked()).toEqual(['long ago']);
    expect(world.telemetry.warnings.map(({ event }) => event)).not.toContain('records-outside-range');
  });
});
