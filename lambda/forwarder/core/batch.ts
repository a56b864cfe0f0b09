import { DUPLICATE_MARK_BYTES, type EncodedLog, MAX_BYTES_PER_UNIT } from './encode.ts';
import type { JsonObject } from './json.ts';
import type { LedgerEntry } from './ledger.ts';

/**
 * Datadog takes 5 MB uncompressed and 1000 logs a request; the byte cap leaves room for a proxy's envelope.
 * Source: Datadog API reference, "Send logs" (v2).
 */
export const MAX_BATCH_BYTES = 4_500_000;
export const MAX_BATCH_LOGS = 1000;

const FIRST_BUFFER_BYTES = 64 * 1024;

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

/** Items, and what is posted for them. */
export interface Filled {
  items: readonly Item[];
  /** The logs as a JSON array, none of them marked; stands until the batch takes the next item. */
  body: Buffer;
}

/**
 * Collects items up to what one post may carry, brackets, commas and duplicate marks counted. Each text is written into
 * the bytes of the post at once, so that thousands of texts need not be kept.
 */
export class Batch {
  #items: Item[] = [];
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  /** Bytes so far, without the closing bracket. */
  #length = 0;

  /**
   * Adds an item, unless the post would become too large; an empty batch takes any.
   * @returns whether it was added
   */
  add(item: Item): boolean {
    const { text } = item.encoded;
    const start = this.#length + 1;
    this.#reserve(start + text.length * MAX_BYTES_PER_UNIT + 1);
    const end = start + this.#buffer.write(text, start);
    const bytes = end + 1 + (this.#items.length + 1) * DUPLICATE_MARK_BYTES;
    if (this.#items.length > 0 && (this.#items.length >= MAX_BATCH_LOGS || bytes > MAX_BATCH_BYTES)) {
      return false;
    }
    this.#buffer.write(this.#items.length === 0 ? '[' : ',', this.#length);
    this.#length = end;
    item.encoded.moveTo(this.#buffer.subarray(start, end));
    this.#items.push(item);
    return true;
  }

  /** Hands out what was collected and starts anew. */
  take(): Filled {
    const items = this.#items;
    const end = this.#length + this.#buffer.write(items.length === 0 ? '[]' : ']', this.#length);
    this.#items = [];
    this.#length = 0;
    return { items, body: this.#buffer.subarray(0, end) };
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    // What was moved here before stays in the former bytes.
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
