import { memoryStore } from '../support/fake-ports.ts';
import { stateStoreContract } from '../support/state-store-contract.ts';

stateStoreContract('simulated store', async () => memoryStore());
