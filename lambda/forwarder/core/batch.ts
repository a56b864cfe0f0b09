import type { EncodedLog } from './encode.ts';
import type { JsonObject } from './json.ts';
import type { LedgerEntry } from './ledger.ts';

/**
 * Datadog takes 5 MB uncompressed and 1000 logs a request; the byte cap leaves room for a proxy's envelope.
 * Source: Datadog API reference, "Send logs" (v2).
 */
export const MAX_BATCH_BYTES = 4_500_000;
export const MAX_BATCH_LOGS = 1000;

/** A record on its way: what is posted, and what is noted once Datadog has it. */
export interface Item {
  record: JsonObject;
  alertType: JsonObject | undefined;
  /** Epoch seconds; undefined when the record has no usable time. */
  time: number | undefined;
  fingerprint: string;
  entry: LedgerEntry;
  /** Datadog may hold the log already, and the log is to say so. */
  marked: boolean;
  encoded: EncodedLog;
}

/** Collects items up to what one post may carry, brackets and commas counted. */
export class Batch {
  #items: Item[] = [];
  #bytes = '[]'.length;

  /** Whether the item can join what is here; an empty batch takes any. */
  fits(item: Item): boolean {
    return (
      this.#items.length === 0 ||
      (this.#items.length < MAX_BATCH_LOGS &&
        this.#bytes + ','.length + item.encoded.bytes <= MAX_BATCH_BYTES)
    );
  }

  add(item: Item): void {
    this.#bytes += item.encoded.bytes + (this.#items.length > 0 ? ','.length : 0);
    this.#items.push(item);
  }

  /** Hands out what was collected and starts anew. */
  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = '[]'.length;
    return items;
  }
}
