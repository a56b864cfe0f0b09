import { SealedBatch } from './batch.ts';
import type { Item } from './item.ts';
import type { Rejection } from './poster.ts';

/** The log of an item within so many bytes, or undefined when it cannot be shrunk that far. */
export type Shrink = (item: Item, maxBytes: number) => string | undefined;

/** Divides rejected batches until each rejected record is alone. */
export class Bisection {
  readonly #shrink: Shrink;
  readonly #shrunken = new WeakSet<SealedBatch>();

  constructor(shrink: Shrink) {
    this.#shrink = shrink;
  }

  /**
   * What to post instead of a rejected batch: its halves; or its only log at half the size, once, if that was too large.
   * @returns nothing when a single record is rejected for good
   */
  partsOf(batch: SealedBatch, { tooLarge }: Rejection): SealedBatch[] {
    if (batch.length > 1) return batch.halves();
    const smaller = tooLarge ? this.#shrunk(batch) : undefined;
    return smaller ? [smaller] : [];
  }

  #shrunk(single: SealedBatch): SealedBatch | undefined {
    if (this.#shrunken.has(single)) return undefined;
    const item = single.item(0);
    const text = this.#shrink(item, single.bytes / 2);
    if (text === undefined) return undefined;
    const smaller = SealedBatch.of(item, text);
    this.#shrunken.add(smaller);
    return smaller;
  }
}
