import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { leaseRequest, progressOf, taken } from './leases.ts';

const NOW = 1_767_000_000;
const START = NOW - 43_200;

/**
 * What the forwarder relies on in the leases of a store of its state, as tests of whichever store is given.
 * @param makeStore an empty store, for each test a new one
 */
export function stateStoreLeaseContract(name: string, makeStore: () => Promise<StateStore>): void {
  describe(`${name}: the lease`, () => {
    it('F60 the first run of a stream is reported as such and starts at the first start point', async () => {
      const store = await makeStore();

      const { lease, state, firstRun } = taken(await store.acquire(leaseRequest()));

      expect(firstRun).toBe(true);
      expect(lease).toMatchObject({ stream: 'alerts', owner: 'run-1', until: NOW + 260 });
      expect(state).toMatchObject({
        watermark: START,
        finalWatermark: START,
        sweepPosition: START,
        initialUntil: NOW,
        slice: 3600,
        sweepSlice: 3600,
        freshEnd: START,
        sweepEnd: START,
        freshDoubtEnd: START,
        sweepDoubtEnd: START,
        sweptAt: NOW,
        lastRecordAt: 0,
        clean: true,
      });
    });

    it('the fence of a new stream is above the epoch second, so that it sorts after any older ledger', async () => {
      const store = await makeStore();

      const { lease } = taken(await store.acquire(leaseRequest()));

      expect(lease.fence).toBeGreaterThanOrEqual(NOW);
    });

    it('a lease in use is held, up to its end and no longer', async () => {
      const store = await makeStore();
      await store.acquire(leaseRequest());

      const before = await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 259 }));
      const atItsEnd = await store.acquire(leaseRequest({ owner: 'run-3', now: NOW + 260 }));

      expect(before).toEqual({ held: true, until: NOW + 260 });
      expect(atItsEnd.held).toBe(false);
    });

    it('a lease that is held stays as it was', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));

      await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 10, start: NOW, slice: 60 }));

      await expect(store.save(lease, progressOf(state, { watermark: START + 60 }))).resolves.toBeUndefined();
      expect(await store.read('alerts')).toMatchObject({ owner: 'run-1', fence: lease.fence, slice: 3600 });
    });

    it('F56 the expired lease of a killed run is taken over, and its state is unclean', async () => {
      const store = await makeStore();
      const first = taken(await store.acquire(leaseRequest()));
      await store.save(first.lease, progressOf(first.state, { watermark: START + 3600, freshDoubtEnd: NOW }));

      const second = taken(await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 300, start: NOW })));

      expect(second.firstRun).toBe(false);
      expect(second.state).toMatchObject({
        clean: false,
        watermark: START + 3600,
        finalWatermark: START,
        freshDoubtEnd: NOW,
        initialUntil: NOW,
        lastRunAt: NOW,
      });
    });

    it('a released lease is free at once, and the state is clean only when its holder reported so', async () => {
      const store = await makeStore();
      const first = taken(await store.acquire(leaseRequest()));
      await store.release(first.lease, progressOf(first.state), true);
      const second = taken(await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 1 })));
      await store.release(second.lease, progressOf(second.state), false);

      const third = taken(await store.acquire(leaseRequest({ owner: 'run-3', now: NOW + 2 })));

      expect(second.state.clean).toBe(true);
      expect(third.state.clean).toBe(false);
    });

    it('F54 the owner that lost the reply asks again: it gets the first lease as the first run, unclean', async () => {
      const store = await makeStore();
      const lost = taken(await store.acquire(leaseRequest()));

      const { lease, state, firstRun } = taken(await store.acquire(leaseRequest()));

      expect(firstRun).toBe(true);
      expect(state).toMatchObject({ clean: false, watermark: START });
      expect(lease.fence).toBe(lost.lease.fence);
      await expect(store.save(lease, progressOf(state, { watermark: NOW }))).resolves.toBeUndefined();
    });

    it('F54 the owner of a later lease asks again: it gets the same fence, but unclean and with another ledger fence', async () => {
      const store = await makeStore();
      const first = taken(await store.acquire(leaseRequest()));
      await store.release(first.lease, progressOf(first.state), true);
      const request = leaseRequest({ owner: 'run-2', now: NOW + 1 });
      const lost = taken(await store.acquire(request));

      const { lease, state, firstRun } = taken(await store.acquire(request));

      expect(firstRun).toBe(false);
      expect([lost.state.clean, state.clean]).toEqual([true, false]);
      expect(lease.fence).toBe(first.lease.fence + 1);
      expect(lease.ledgerFence).toBeGreaterThan(first.lease.ledgerFence);
    });

    it('the fence grows by one with each lease', async () => {
      const store = await makeStore();
      const first = taken(await store.acquire(leaseRequest()));
      const second = taken(await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 300 })));
      await store.release(second.lease, progressOf(second.state), true);

      const third = taken(await store.acquire(leaseRequest({ owner: 'run-3', now: NOW + 301 })));

      expect([second.lease.fence, third.lease.fence]).toEqual([first.lease.fence + 1, first.lease.fence + 2]);
    });

    it('F69 of five runs that start at once, one gets the lease', async () => {
      const store = await makeStore();

      const answers = await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((owner) => store.acquire(leaseRequest({ owner }))),
      );

      expect(answers.filter((answer) => !answer.held)).toHaveLength(1);
    });

    it('each stream has a lease of its own', async () => {
      const store = await makeStore();
      await store.acquire(leaseRequest());

      const other = await store.acquire(leaseRequest({ stream: 'audit-logs', owner: 'run-2' }));

      expect(other.held).toBe(false);
    });
  });
}
