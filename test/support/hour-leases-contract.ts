import { describe, expect, it } from 'vitest';
import type { HourLeases, HourRequest } from '../../lambda/forwarder/core/backfill-ports.ts';
import type { LeaseAnswer, StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { leaseRequest, progressOf, taken } from './leases.ts';

const NOW = 1_767_000_000;

/** A request for an hour of `alerts`, at {@link NOW} for 260 seconds by default. */
export const hourRequest = (change: Partial<HourRequest> = {}): HourRequest => {
  const now = change.now ?? NOW;
  return {
    stream: 'alerts',
    hour: 490_833,
    owner: 'backfill-1',
    now,
    leaseUntil: now + 260,
    expiresAt: now + 15 * 86_400,
    slice: 3600,
    ...change,
  };
};

/**
 * What a backfill relies on in the leases of hours, as tests of whichever are given.
 * @param makeTable an empty table, for each test a new one
 */
export function hourLeasesContract(
  name: string,
  makeTable: () => Promise<{ leases: HourLeases; store: StateStore }>,
): void {
  describe(`${name}: the lease of an hour`, () => {
    it('an hour without a state is free and clean, and begins with the requested slice', async () => {
      const { leases } = await makeTable();

      expect(await leases.acquireHour(hourRequest())).toEqual({ held: false, clean: true, slice: 3600 });
    });

    it('an hour in use is held, up to the end of its lease and no longer', async () => {
      const { leases } = await makeTable();
      await leases.acquireHour(hourRequest());

      const before = await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 259 }));
      const atItsEnd = await leases.acquireHour(hourRequest({ owner: 'backfill-3', now: NOW + 260 }));

      expect(before).toEqual({ held: true, until: NOW + 260 });
      expect(atItsEnd.held).toBe(false);
    });

    it('F69 of five backfills that want an hour at once, one gets it', async () => {
      const { leases } = await makeTable();

      const answers = await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((owner) => leases.acquireHour(hourRequest({ owner }))),
      );

      expect(answers.filter(({ held }) => !held)).toHaveLength(1);
    });

    it('each stream and each hour has a lease of its own', async () => {
      const { leases } = await makeTable();
      await leases.acquireHour(hourRequest());

      const others = await Promise.all([
        leases.acquireHour(hourRequest({ stream: 'audit-logs', owner: 'backfill-2' })),
        leases.acquireHour(hourRequest({ hour: 490_834, owner: 'backfill-2' })),
      ]);

      expect(others.map(({ held }) => held)).toEqual([false, false]);
    });

    it('an hour given back is free at once, as clean and with the slice that its holder said', async () => {
      const { leases } = await makeTable();
      const first = hourRequest();
      await leases.acquireHour(first);
      await leases.releaseHour(first, { clean: true, slice: 900 });
      const second = hourRequest({ owner: 'backfill-2', now: NOW + 1 });
      const afterClean = await leases.acquireHour(second);
      await leases.releaseHour(second, { clean: false, slice: 450 });

      const afterDoubt = await leases.acquireHour(hourRequest({ owner: 'backfill-3', now: NOW + 2 }));

      expect(afterClean).toEqual({ held: false, clean: true, slice: 900 });
      expect(afterDoubt).toEqual({ held: false, clean: false, slice: 450 });
    });

    it('F56 the hour of a killed backfill is taken over once its lease ended, and is not clean', async () => {
      const { leases } = await makeTable();
      await leases.acquireHour(hourRequest());

      const answer = await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 300 }));

      expect(answer).toEqual({ held: false, clean: false, slice: 3600 });
    });

    it('F55 a holder whose hour was taken over gives nothing back', async () => {
      const { leases } = await makeTable();
      const stale = hourRequest();
      await leases.acquireHour(stale);
      await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 300 }));

      await leases.releaseHour(stale, { clean: true, slice: 60 });

      expect(await leases.acquireHour(hourRequest({ owner: 'backfill-3', now: NOW + 301 }))).toEqual({
        held: true,
        until: NOW + 560,
      });
    });

    it('runs and backfills get fences for their ledger chunks in the order in which they ask', async () => {
      const { leases, store } = await makeTable();
      const first = await store.acquire(leaseRequest());
      const second = await leases.nextFence('alerts', NOW + 1);
      const third = await leases.nextFence('alerts', NOW + 2);

      const fourth = await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 300 }));

      const fences = [fenceOf(first), second, third, fenceOf(fourth)];
      expect(fences).toEqual([0, 1, 2, 3].map((later) => (fences[0] ?? 0) + later));
      // Above those that backfills once had, which began at five thousand million and the epoch second.
      expect(fences[0]).toBeGreaterThan(5_000_000_000 + NOW);
      expect(fences[3]).toBeLessThan(10_000_000_000);
    });

    it('a backfill that counts on leaves the lease of a run alone', async () => {
      const { leases, store } = await makeTable();
      const answer = taken(await store.acquire(leaseRequest()));
      await leases.nextFence('alerts', NOW + 1);

      await store.release(answer.lease, progressOf(answer.state), true);

      expect(await store.read('alerts')).toMatchObject({ owner: '', fence: answer.lease.fence, clean: true });
    });

    it('of five backfills at once each gets a fence of its own', async () => {
      const { leases, store } = await makeTable();
      await store.acquire(leaseRequest());

      const fences = await Promise.all(Array.from({ length: 5 }, () => leases.nextFence('alerts', NOW)));

      expect(new Set(fences).size).toBe(5);
    });
  });
}

const fenceOf = (answer: LeaseAnswer): number => taken(answer).lease.ledgerFence;
