import { expect, it } from 'vitest';
import { memoryStore } from '../support/fake-ports.ts';
import { stateStoreContract } from '../support/state-store-contract.ts';
import { MemoryStore } from './memory-store.ts';

stateStoreContract('simulated store', async () => memoryStore());

it('the simulated store forgets a chunk at the moment it may, and no other', () => {
  let now = 1000;
  const store = new MemoryStore(() => now);
  const chunk = (sequence: number) => ({ hour: 1, fence: 1, sequence, entries: Buffer.from([1]) });
  store.appendLedger('alerts', chunk(0), 2000);
  store.appendLedger('alerts', chunk(1), 2001);

  now = 1999;
  const before = store.loadLedger('alerts', 1);
  now = 2000;
  const after = store.loadLedger('alerts', 1);

  expect(before).toEqual([chunk(0), chunk(1)]);
  expect(after).toEqual([chunk(1)]);
});
