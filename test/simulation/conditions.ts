import type { Fault, Scenario } from './scenario.ts';
import type { ServerTraits } from './server-traits.ts';

type Limits = Pick<
  Scenario,
  'faultRate' | 'lambdaTimeoutMs' | 'maxBatchLogs' | 'maxSliceRecords' | 'density' | 'machines'
>;

/**
 * What a scenario has whatever its seed draws, so that a planted bug meets the conditions that it needs in most seeds, and does so
 * after a change of the draws, too.
 */
export interface Conditions extends Partial<Limits> {
  /** Milliseconds between runs while there are faults. */
  interval?: number;
  /** These faults and no others. */
  faults?: readonly Fault[];
  server?: Partial<ServerTraits>;
  settings?: Partial<Scenario['settings']>;
}
