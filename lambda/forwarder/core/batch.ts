import { DUPLICATE_MARK_BYTES, MAX_BYTES_PER_UNIT, markedText } from './encode.ts';
import type { JsonObject } from './json.ts';
import type { LedgerEntry } from './ledger.ts';
import type { LogSource } from './log-item.ts';
import type { Stream } from './ports.ts';

/**
 * Datadog takes 5 MB uncompressed and 1000 logs a request; the byte cap leaves room for a proxy's envelope.
 * Source: Datadog API reference, "Send logs" (v2).
 */
export const MAX_BATCH_BYTES = 4_500_000;
export const MAX_BATCH_LOGS = 1000;

const FIRST_BUFFER_BYTES = 64 * 1024;

const OPENING = Buffer.from('[');
const CLOSING = Buffer.from(']');

/** A record on its way: what there is to know of it besides its log, which stands in the bytes of its batch. */
export interface Item {
  /** Reads the record again: thousands are on their way at once, and few are ever needed once more. */
  record: () => JsonObject;
  alertType: JsonObject | undefined;
  /** Epoch seconds; undefined when the record has no usable time. */
  time: number | undefined;
  fingerprint: string;
  /** An alert that was forwarded before and has changed. */
  update: boolean;
  /** Belongs to the first run's initial range or to a backfill. */
  backfill: boolean;
  /** What is noted once Datadog has it. */
  entry: LedgerEntry;
  /** Datadog may hold the log already, and the log is to say so. */
  marked: boolean;
  /** Its log was cut short already. */
  shrunk?: true;
}

/** What the log of an item is made of, to make it once more. */
export const sourceOf = (stream: Stream, item: Item): LogSource => ({
  ...item,
  stream,
  record: item.record(),
});

/** Items with the texts of their logs, as one post carries them. */
export class FilledBatch {
  readonly items: readonly Item[];
  /** Holds the texts, with one byte before and behind each that separates it from its neighbours. */
  readonly #bytes: Buffer;
  /** Where the first text begins, and where each one ends. */
  readonly #bounds: readonly number[];

  /**
   * @param bytes must stand as long as the batch is of use
   * @param bounds one more than items
   */
  constructor(items: readonly Item[], bytes: Buffer, bounds: readonly number[]) {
    this.items = items;
    this.#bytes = bytes;
    this.#bounds = bounds;
  }

  /** A batch of one. */
  static of(item: Item, text: string): FilledBatch {
    const bytes = Buffer.from(`[${text}]`);
    return new FilledBatch([item], bytes, [1, bytes.length - 1]);
  }

  /** The logs as a JSON array, each marked that is to be, or all of them. */
  body(markAll: boolean): string | Buffer {
    if (markAll || this.items.some(({ marked }) => marked)) {
      const texts = this.items.map(({ marked }, index) =>
        marked || markAll ? markedText(this.#text(index)) : this.#text(index),
      );
      return `[${texts.join(',')}]`;
    }
    const [start = 0, end = 0] = [this.#bounds[0], this.#bounds.at(-1)];
    const isWhole = this.#bytes[start - 1] === OPENING[0] && this.#bytes[end] === CLOSING[0];
    if (isWhole) return this.#bytes.subarray(start - 1, end + 1);
    return Buffer.concat([OPENING, this.#bytes.subarray(start, end), CLOSING]);
  }

  /** What its logs measure, each with room for its mark. */
  get bytes(): number {
    const [start = 0, end = 0] = [this.#bounds[0], this.#bounds.at(-1)];
    return end - start + this.items.length * DUPLICATE_MARK_BYTES;
  }

  /** The same logs, all to be marked. */
  marked(): FilledBatch {
    const items = this.items.map((item) => ({ ...item, marked: true }));
    return new FilledBatch(items, this.#bytes, this.#bounds);
  }

  /** The first half, and the other one. */
  halves(): [FilledBatch, FilledBatch] {
    const middle = Math.ceil(this.items.length / 2);
    const part = (from: number, to: number) => {
      const [first = 0, ...ends] = this.#bounds.slice(from, to + 1);
      // Behind the end of one text and a comma, the next one begins.
      const bounds = [from === 0 ? first : first + 1, ...ends];
      return new FilledBatch(this.items.slice(from, to), this.#bytes, bounds);
    };
    return [part(0, middle), part(middle, this.items.length)];
  }

  #text(index: number): string {
    const start = (this.#bounds[index] as number) + (index === 0 ? 0 : 1);
    return this.#bytes.toString('utf8', start, this.#bounds[index + 1]);
  }
}

/**
 * Collects items up to what one post may carry, brackets, commas and duplicate marks counted. Each text is written into
 * the bytes of the post at once, so that thousands of texts need not be kept.
 */
export class Batch {
  #items: Item[] = [];
  #bytes = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #bounds = [1];
  /** Bytes so far, without the closing bracket. */
  #length = 0;

  /**
   * Adds an item, unless the post would become too large; an empty batch takes any.
   * @param text its log as JSON, in parts
   * @returns whether it was added
   */
  add(item: Item, text: readonly string[]): boolean {
    const start = this.#length + 1;
    const characters = text.reduce((sum, { length }) => sum + length, 0);
    this.#reserve(start + characters * MAX_BYTES_PER_UNIT + 1);
    let end = start;
    for (const part of text) end += this.#bytes.write(part, end);
    const bytes = end + 1 + (this.#items.length + 1) * DUPLICATE_MARK_BYTES;
    if (this.#items.length > 0 && (this.#items.length >= MAX_BATCH_LOGS || bytes > MAX_BATCH_BYTES)) {
      return false;
    }
    this.#bytes.write(this.#items.length === 0 ? '[' : ',', this.#length);
    this.#length = end;
    this.#bounds.push(end);
    this.#items.push(item);
    return true;
  }

  /** Hands out what was collected, which stands until the next item is added, and starts anew. */
  take(): FilledBatch {
    this.#bytes.write(']', this.#length);
    const filled = new FilledBatch(this.#items, this.#bytes, this.#bounds);
    this.#items = [];
    this.#bounds = [1];
    this.#length = 0;
    return filled;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
