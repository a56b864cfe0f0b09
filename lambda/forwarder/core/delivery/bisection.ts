import { SealedBatch } from './batch.ts';
import type { Item } from './item.ts';
import type { Refusal } from './poster.ts';

/** The log of an item within so many bytes, or undefined when it cannot be shrunk that far. */
export type Shrink = (item: Item, maxBytes: number) => string | undefined;

/** Divides refused batches until each refused record is alone. */
export class Bisection {
  readonly #shrink: Shrink;
  readonly #shrunken = new WeakSet<SealedBatch>();

  constructor(shrink: Shrink) {
    this.#shrink = shrink;
  }

  /**
   * What to post instead of a refused batch: its halves; or its only log at half the size, once, if that was too large.
   * @returns nothing when a single record is refused for good
   */
  partsOf(batch: SealedBatch, refusal: Refusal): SealedBatch[] {
    if (batch.length > 1) return batch.halves();
    const smaller = refusal.outcome === 'rejected' && refusal.tooLarge ? this.#shrunk(batch) : undefined;
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
