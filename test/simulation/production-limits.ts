import { Batch } from '../../lambda/forwarder/core/delivery/batch.ts';
import type { Item } from '../../lambda/forwarder/core/delivery/item.ts';
import type { LogText } from '../../lambda/forwarder/core/logs/log-text.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import type { Scenario } from './scenario.ts';

/**
 * Scales the limits of the production code down, so that a few dozen records fill batches and cut slices.
 * @returns undoes it
 */
export function scaleLimits({ maxBatchLogs, maxSliceRecords }: Scenario): () => void {
  const { isFull, isDense } = sliceRules;
  const { add, take } = Batch.prototype;
  const collected = new WeakMap<Batch, number>();
  sliceRules.isFull = (records) => records > maxSliceRecords;
  sliceRules.isDense = (records) => records > maxSliceRecords / 2;
  Batch.prototype.add = function (this: Batch, item: Item, log: LogText) {
    const count = collected.get(this) ?? 0;
    const added = count < maxBatchLogs && add.call(this, item, log);
    if (added) collected.set(this, count + 1);
    return added;
  };
  Batch.prototype.take = function (this: Batch) {
    collected.delete(this);
    return take.call(this);
  };
  return () => {
    Object.assign(sliceRules, { isFull, isDense });
    Object.assign(Batch.prototype, { add, take });
  };
}
