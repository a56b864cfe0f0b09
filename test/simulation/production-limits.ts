import { batchLimits } from '../../lambda/forwarder/core/delivery/batch.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import type { Scenario } from './scenario.ts';

/** More bytes than the records of any scenario have, so that their number limits a batch. Each slice takes so much memory. */
const BATCH_BYTES = 400_000;

/**
 * Scales the limits of the production code down, so that a few dozen records fill batches and cut slices.
 * @returns undoes it
 */
export function scaleLimits({ maxBatchLogs, maxSliceRecords }: Scenario): () => void {
  const { isFull, isDense } = sliceRules;
  const { bytes, logs } = batchLimits;
  sliceRules.isFull = (records) => records > maxSliceRecords;
  sliceRules.isDense = (records) => records > maxSliceRecords / 2;
  batchLimits.bytes = BATCH_BYTES;
  batchLimits.logs = Math.min(maxBatchLogs, logs);
  return () => {
    Object.assign(sliceRules, { isFull, isDense });
    Object.assign(batchLimits, { bytes, logs });
  };
}
