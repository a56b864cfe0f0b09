import type { StateStore } from '../../lambda/forwarder/core/ports.ts';
import { stateStoreContract } from '../support/state-store-contract.ts';
import { MemoryStore } from './memory-store.ts';

stateStoreContract('simulated store', async (): Promise<StateStore> => {
  const store = new MemoryStore();
  return {
    acquire: async (request) => store.acquire(request),
    save: async (lease, progress) => store.save(lease, progress),
    release: async (lease, progress, clean) => store.release(lease, progress, clean),
    read: async (stream) => store.read(stream),
    loadLedger: async (stream, hour) => store.loadLedger(stream, hour),
    appendLedger: async (stream, chunk) => store.appendLedger(stream, chunk),
  };
});
