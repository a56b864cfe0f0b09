import { describe, expect, test } from 'vitest';
import type { HourLeases, HourRequest } from '../../lambda/forwarder/core/ports.ts';

const NOW = 1_767_000_000;

/** A request for an hour of `alerts`, at {@link NOW} for 260 seconds unless told otherwise. */
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
 * @param makeLeases leases that nobody has taken, for each test new ones
 */
export function hourLeasesContract(name: string, makeLeases: () => Promise<HourLeases>): void {
  describe(`${name}: the lease of an hour`, () => {
    test('an hour that nobody has touched is free, clean, and begins with the slice asked for', async () => {
      const leases = await makeLeases();

      expect(await leases.acquireHour(hourRequest())).toEqual({ held: false, clean: true, slice: 3600 });
    });

    test('an hour in use is held, up to the end of its lease and no longer', async () => {
      const leases = await makeLeases();
      await leases.acquireHour(hourRequest());

      const before = await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 259 }));
      const atItsEnd = await leases.acquireHour(hourRequest({ owner: 'backfill-3', now: NOW + 260 }));

      expect(before).toEqual({ held: true, until: NOW + 260 });
      expect(atItsEnd.held).toBe(false);
    });

    test('F69 of five backfills that want an hour at once, one gets it', async () => {
      const leases = await makeLeases();

      const answers = await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((owner) => leases.acquireHour(hourRequest({ owner }))),
      );

      expect(answers.filter(({ held }) => !held)).toHaveLength(1);
    });

    test('each stream and each hour has a lease of its own', async () => {
      const leases = await makeLeases();
      await leases.acquireHour(hourRequest());

      const others = await Promise.all([
        leases.acquireHour(hourRequest({ stream: 'audit-logs', owner: 'backfill-2' })),
        leases.acquireHour(hourRequest({ hour: 490_834, owner: 'backfill-2' })),
      ]);

      expect(others.map(({ held }) => held)).toEqual([false, false]);
    });

    test('an hour given back is free at once, as clean and with the slice that its holder said', async () => {
      const leases = await makeLeases();
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

    test('F56 the hour of a killed backfill is taken over once its lease ended, and is not clean', async () => {
      const leases = await makeLeases();
      await leases.acquireHour(hourRequest());

      const answer = await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 300 }));

      expect(answer).toEqual({ held: false, clean: false, slice: 3600 });
    });

    test('F55 a holder whose hour was taken over gives nothing back', async () => {
      const leases = await makeLeases();
      const stale = hourRequest();
      await leases.acquireHour(stale);
      await leases.acquireHour(hourRequest({ owner: 'backfill-2', now: NOW + 300 }));

      await leases.releaseHour(stale, { clean: true, slice: 60 });

      expect(await leases.acquireHour(hourRequest({ owner: 'backfill-3', now: NOW + 301 }))).toEqual({
        held: true,
        until: NOW + 560,
      });
    });

    test('fences grow, differ from each other, and lie above those of every run', async () => {
      const leases = await makeLeases();

      const fences = await Promise.all(Array.from({ length: 5 }, () => leases.nextFence('alerts', NOW)));
      const later = await leases.nextFence('alerts', NOW + 1);

      expect(new Set(fences).size).toBe(5);
      expect(Math.min(...fences)).toBeGreaterThan(NOW + 100 * 366 * 86_400);
      expect(later).toBeGreaterThan(Math.max(...fences));
      expect(later).toBeLessThan(10_000_000_000);
    });
  });
}
