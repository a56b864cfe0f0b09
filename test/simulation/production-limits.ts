import { Batch, type Item } from '../../lambda/forwarder/core/batch.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices.ts';
import type { Scenario } from './scenario.ts';

/**
 * Scales the limits of the production code down, so that a few dozen records fill batches and cut slices.
 * @returns undoes it
 */
export function scaleLimits({ maxBatchLogs, maxSliceRecords }: Scenario): () => void {
  const { isFull, isDense } = sliceRules;
  const { fits, take } = Batch.prototype;
  const collected = new WeakMap<Batch, number>();
  sliceRules.isFull = (records) => records > maxSliceRecords;
  sliceRules.isDense = (records) => records > maxSliceRecords / 2;
  Batch.prototype.fits = function (this: Batch, item: Item) {
    const count = collected.get(this) ?? 0;
    const room = count < maxBatchLogs && fits.call(this, item);
    // Whoever is told that there is no room empties the batch first.
    collected.set(this, room ? count + 1 : 1);
    return room;
  };
  Batch.prototype.take = function (this: Batch) {
    const items = take.call(this);
    if (items.length < maxBatchLogs) collected.delete(this);
    return items;
  };
  return () => {
    Object.assign(sliceRules, { isFull, isDense });
    Object.assign(Batch.prototype, { fits, take });
  };
}
