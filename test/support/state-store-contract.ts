import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  LedgerChunk,
  Progress,
  StateStore,
  StreamState,
} from '../../lambda/forwarder/core/ports.ts';
import { LeaseLost, StateError } from '../../lambda/shared/errors.ts';

const NOW = 1_767_000_000;
const START = NOW - 43_200;
const EXPIRES_AT = NOW + 15 * 86_400;

/** A request for the lease of `alerts`, at {@link NOW} for 260 seconds unless told otherwise. */
export const leaseRequest = (change: Partial<LeaseRequest> = {}): LeaseRequest => {
  const now = change.now ?? NOW;
  return {
    stream: 'alerts',
    owner: 'run-1',
    now,
    leaseUntil: now + 260,
    start: START,
    slice: 3600,
    ...change,
  };
};

/** What a taken lease came with. Fails the test when the lease is held. */
export function taken(answer: LeaseAnswer): { lease: Lease; state: StreamState; firstRun: boolean } {
  if (answer.held) throw new Error(`The lease is held until ${answer.until}.`);
  return answer;
}

/** The part of a state that a run saves, with some of it changed. */
export function progressOf(state: StreamState, change: Partial<Progress> = {}): Progress {
  const { initialUntil, fence, owner, leaseUntil, lastRunAt, clean, ...progress } = state;
  return { ...progress, ...change };
}

const chunk = (change: Partial<LedgerChunk> = {}): LedgerChunk => ({
  hour: 490_833,
  fence: 7,
  sequence: 0,
  entries: randomBytes(33),
  ...change,
});

/** A chunk as plain data, whatever kind of byte array the store gave. */
const plain = ({ entries, ...rest }: LedgerChunk) => ({
  ...rest,
  entries: Buffer.from(entries).toString('hex'),
});

/**
 * What the forwarder relies on in a store of its state, as tests of whichever store is given.
 * @param makeStore an empty store, for each test a new one
 */
export function stateStoreContract(name: string, makeStore: () => Promise<StateStore>): void {
  describe(`${name}: the lease`, () => {
    it('F60 the first run of a stream is told so and starts at the first start point', async () => {
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

    it('the fence of a new stream lies above the epoch second, so that it meets no older ledger', async () => {
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

    it('a released lease is free at once, and the state is as clean as its holder said', async () => {
      const store = await makeStore();
      const first = taken(await store.acquire(leaseRequest()));
      await store.release(first.lease, progressOf(first.state), true);
      const second = taken(await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 1 })));
      await store.release(second.lease, progressOf(second.state), false);

      const third = taken(await store.acquire(leaseRequest({ owner: 'run-3', now: NOW + 2 })));

      expect(second.state.clean).toBe(true);
      expect(third.state.clean).toBe(false);
    });

    it('F54 asked for again by its own taker, who lost the reply, the first lease is told as the first run, unclean', async () => {
      const store = await makeStore();
      const lost = taken(await store.acquire(leaseRequest()));

      const { lease, state, firstRun } = taken(await store.acquire(leaseRequest()));

      expect(firstRun).toBe(true);
      expect(state).toMatchObject({ clean: false, watermark: START });
      expect(lease.fence).toBe(lost.lease.fence);
      await expect(store.save(lease, progressOf(state, { watermark: NOW }))).resolves.toBeUndefined();
    });

    it('F54 asked for again by its own taker, a later lease has the same fence, but is unclean and writes to a ledger of its own', async () => {
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

  describe(`${name}: progress`, () => {
    it('what is saved is what is read, every part of it', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const progress: Progress = {
        watermark: START + 1,
        finalWatermark: START,
        sweepPosition: START + 2,
        slice: 1800,
        sweepSlice: 900,
        freshEnd: START + 3,
        sweepEnd: START + 4,
        sweptAt: NOW + 5,
        freshDoubtEnd: START + 6,
        sweepDoubtEnd: START + 7,
        lastRecordAt: START + 8,
      };

      await store.save(lease, progress);

      expect(await store.read('alerts')).toEqual({ ...state, ...progress, clean: false });
    });

    it('a stream without a run has no state, and reading it changes nothing', async () => {
      const store = await makeStore();

      expect(await store.read('audit-logs')).toBeUndefined();
      expect(taken(await store.acquire(leaseRequest({ stream: 'audit-logs' }))).firstRun).toBe(true);
    });

    it('F55 a run whose lease was taken over can save and release nothing', async () => {
      const store = await makeStore();
      const stale = taken(await store.acquire(leaseRequest()));
      const live = taken(await store.acquire(leaseRequest({ owner: 'run-2', now: NOW + 300 })));
      const ahead = progressOf(stale.state, { watermark: NOW });

      await expect(store.save(stale.lease, ahead)).rejects.toBeInstanceOf(LeaseLost);
      await expect(store.release(stale.lease, ahead, true)).rejects.toBeInstanceOf(LeaseLost);
      expect(await store.read('alerts')).toMatchObject({
        watermark: START,
        owner: 'run-2',
        leaseUntil: live.lease.until,
      });
    });

    it('F55 a run that has released its lease can save nothing more', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      await store.release(lease, progressOf(state), true);

      await expect(store.save(lease, progressOf(state, { watermark: NOW }))).rejects.toBeInstanceOf(
        LeaseLost,
      );
    });

    it.each(['watermark', 'finalWatermark'] as const)('the %s never moves back', async (field) => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const ahead = progressOf(state, { watermark: START + 3600, finalWatermark: START + 1800 });
      await store.save(lease, ahead);
      const back = { ...ahead, [field]: ahead[field] - 1 };

      await expect(store.save(lease, back)).rejects.toBeInstanceOf(StateError);
      await expect(store.release(lease, back, true)).rejects.toBeInstanceOf(StateError);
      expect(await store.read('alerts')).toMatchObject(ahead);
    });
  });

  describe(`${name}: the ledger`, () => {
    it('chunks come back whole, by fence and then sequence, whatever the order of writing', async () => {
      const store = await makeStore();
      const inOrder = [
        chunk({ fence: 9, sequence: 2 }),
        chunk({ fence: 9, sequence: 10 }),
        chunk({ fence: 10, sequence: 0 }),
        chunk({ fence: 1_767_000_001, sequence: 1 }),
      ];

      for (const one of inOrder.toReversed()) await store.appendLedger('alerts', one, EXPIRES_AT);

      expect((await store.loadLedger('alerts', 490_833)).map(plain)).toEqual(inOrder.map(plain));
    });

    it('an hour holds its own chunks only, and so does a stream', async () => {
      const store = await makeStore();
      await store.appendLedger('alerts', chunk({ hour: 490_834 }), EXPIRES_AT);
      await store.appendLedger('alerts', chunk({ hour: 49_083 }), EXPIRES_AT);
      await store.appendLedger('audit-logs', chunk(), EXPIRES_AT);
      await store.appendLedger('alerts', chunk({ hour: 0 }), EXPIRES_AT);

      expect(await store.loadLedger('alerts', 490_833)).toEqual([]);
      expect(await store.loadLedger('alerts', 0)).toHaveLength(1);
    });

    it('F54 a chunk written twice with the same content is there once', async () => {
      const store = await makeStore();
      const one = chunk();
      await store.appendLedger('alerts', one, EXPIRES_AT);

      await store.appendLedger('alerts', one, EXPIRES_AT);

      expect((await store.loadLedger('alerts', one.hour)).map(plain)).toEqual([plain(one)]);
    });

    it('a chunk is never overwritten by other content', async () => {
      const store = await makeStore();
      const one = chunk();
      await store.appendLedger('alerts', one, EXPIRES_AT);

      await expect(store.appendLedger('alerts', chunk(), EXPIRES_AT)).rejects.toBeInstanceOf(StateError);

      expect((await store.loadLedger('alerts', one.hour)).map(plain)).toEqual([plain(one)]);
    });

    it('F59 30,000 fingerprints written at once all come back', async () => {
      const store = await makeStore();
      const chunks = Array.from({ length: 30 }, (_, sequence) =>
        chunk({ sequence, entries: randomBytes(1 + 1000 * 32) }),
      );

      await Promise.all(chunks.map((one) => store.appendLedger('alerts', one, EXPIRES_AT)));

      expect((await store.loadLedger('alerts', 490_833)).map(plain)).toEqual(chunks.map(plain));
    });
  });
}
