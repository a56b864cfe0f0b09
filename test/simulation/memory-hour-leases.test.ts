import { hourLeasesContract } from '../support/hour-leases-contract.ts';
import { memoryHourLeases } from './memory-hour-leases.ts';

hourLeasesContract('simulated leases', async () => memoryHourLeases());
