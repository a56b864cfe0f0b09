import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LedgerChunk, Progress, StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { LeaseLost, StateError } from '../../lambda/shared/errors.ts';
import { leaseRequest, progressOf, taken } from './leases.ts';
import { stateStoreLeaseContract } from './state-store-lease-contract.ts';

const NOW = 1_767_000_000;
const START = NOW - 43_200;
const EXPIRES_AT = NOW + 15 * 86_400;

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
  stateStoreLeaseContract(name, makeStore);

  describe(`${name}: progress`, () => {
    it('every saved attribute is read back unchanged', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const progress: Progress = {
        saves: 3,
        startPoint: START - 9,
        typesMissingSince: START + 12,
        postsOutside: 1,
        holes: [
          { from: 100, to: 101, status: 500, since: 7, refusedAt: 8, doubt: false },
          { from: 200, to: 300, status: 'timeout', since: 9, refusedAt: 10, doubt: true },
        ],
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
        batchCap: 250,
        identity: {
          now: { alertKey: ['vuid'], volatileFields: ['lastSeen'], unorderedFields: [] },
          former: [
            {
              until: NOW - 9,
              rules: { alertKey: ['tenant', 'id'], volatileFields: [], unorderedFields: ['tags'] },
            },
          ],
        },
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

    it('F105 a save whose first attempt takes effect late does not undo the next one', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const first = progressOf(state, { slice: 1800 });
      const second = progressOf({ ...state, ...first }, { slice: 900 });
      await store.save(lease, first);
      await store.save(lease, second);

      await expect(store.save(lease, first)).rejects.toBeInstanceOf(StateError);

      expect(await store.read('alerts')).toMatchObject({ slice: 900, saves: second.saves });
    });

    it('F105 a repeat of the last save succeeds and changes nothing', async () => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const saved = progressOf(state, { slice: 1800 });
      await store.save(lease, saved);

      await store.save(lease, saved);

      expect(await store.read('alerts')).toMatchObject(saved);
    });

    it.each(['watermark', 'finalWatermark'] as const)('the %s never moves back', async (field) => {
      const store = await makeStore();
      const { lease, state } = taken(await store.acquire(leaseRequest()));
      const ahead = progressOf(state, { watermark: START + 3600, finalWatermark: START + 1800 });
      await store.save(lease, ahead);
      const back = { ...ahead, saves: ahead.saves + 1, [field]: ahead[field] - 1 };

      await expect(store.save(lease, back)).rejects.toBeInstanceOf(StateError);
      await expect(store.release(lease, back, true)).rejects.toBeInstanceOf(StateError);
      expect(await store.read('alerts')).toMatchObject(ahead);
    });
  });

  describe(`${name}: the ledger`, () => {
    it('chunks are read back whole, by fence and then sequence, whatever the order of writing', async () => {
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
