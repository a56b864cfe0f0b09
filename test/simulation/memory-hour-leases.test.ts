import { memoryStore } from '../support/fake-ports.ts';
import { hourLeasesContract } from '../support/hour-leases-contract.ts';
import { memoryHourLeases } from './memory-hour-leases.ts';
import { MemoryStore } from './memory-store.ts';

hourLeasesContract('simulated leases', async () => {
  const table = new MemoryStore();
  return { leases: memoryHourLeases(table), store: memoryStore([], table) };
});
