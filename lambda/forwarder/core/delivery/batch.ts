import { MAX_BATCH_BYTES, MAX_BATCH_LOGS, MAX_KEPT_TEXT } from '../../../limits.ts';
import type { PackedChunk } from '../ledger/chunks.ts';
import { DUPLICATE_MARK_BYTES, MAX_BYTES_PER_UNIT, withDuplicateMark } from '../logs/encode.ts';
import type { LogText } from '../memory/log-text.ts';
import { RecordTexts } from '../memory/record-texts.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import { type Item, ItemColumns } from './item.ts';

/** The limits of one batch. The simulator lowers them, so that a few dozen records fill batches. */
export const batchLimits = { bytes: MAX_BATCH_BYTES, logs: MAX_BATCH_LOGS };

const [OPENING, COMMA, CLOSING] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
];

/** Items with the texts of their logs, and how to read their records again. */
interface Contents {
  items: ItemColumns;
  records: RecordTexts;
  /** The texts, with one separating byte before and after each. */
  bytes: Buffer;
  /** The start of the first text, then the end of each. */
  bounds: Uint32Array;
}

/** @param capacity how many items there can be */
const noContents = (capacity: number, bytes: Buffer): Contents => ({
  items: new ItemColumns(capacity),
  records: new RecordTexts(capacity),
  bytes,
  bounds: new Uint32Array(capacity + 1).fill(OPENING.length, 0, 1),
});

/** A range of the items of a batch. */
interface BatchRange {
  from: number;
  to: number;
  /** How many items the whole batch has. */
  of: number;
  allPossibleDuplicates: boolean;
}

/** Items with the texts of their logs, as one post carries them: all of a batch, or a range of it. */
export class SealedBatch {
  readonly #contents: Contents;
  readonly #range: BatchRange;

  /** @param contents must not change while the batch is in use */
  constructor(contents: Contents, range: BatchRange) {
    this.#contents = contents;
    this.#range = range;
  }

  /** A batch of one. */
  static of(item: Item, text: string): SealedBatch {
    const bytes = Buffer.from(`[${text}]`);
    const contents = noContents(1, bytes);
    contents.items.set(0, item);
    contents.records.set(0, canonicalJson(item.record));
    contents.bounds[1] = bytes.length - CLOSING.length;
    return new SealedBatch(contents, { from: 0, to: 1, of: 1, allPossibleDuplicates: false });
  }

  get length(): number {
    return this.#range.to - this.#range.from;
  }

  /** Size of its logs, each with room for its mark. */
  get bytes(): number {
    const { from, to } = this.#range;
    return this.#end(to - 1) - this.#start(from) + this.length * DUPLICATE_MARK_BYTES;
  }

  /** Size of its logs, and of the texts of records that they do not contain. */
  get heldBytes(): number {
    const { records } = this.#contents;
    return this.bytes + this.#places().reduce((sum, place) => sum + records.keptLength(place), 0);
  }

  /** Whether Datadog may have any of its logs already. */
  get hasPossibleDuplicates(): boolean {
    const { from, to, allPossibleDuplicates } = this.#range;
    if (allPossibleDuplicates) return true;
    const { items } = this.#contents;
    for (let place = from; place < to; place++) if (items.isPossibleDuplicate(place)) return true;
    return false;
  }

  item(index: number): Item {
    const { items, records, bytes } = this.#contents;
    const place = this.#range.from + index;
    const item = items.at(place, records.at(place, bytes));
    return {
      ...item,
      possibleDuplicate: item.possibleDuplicate || this.#range.allPossibleDuplicates,
    };
  }

  /** The ledger chunks to write once Datadog has accepted its logs. @param salt of the run */
  ledgerChunks(salt: string): PackedChunk[] {
    return this.#contents.items.entries.chunks(this.#range.from, this.#range.to, salt);
  }

  /** The logs as a JSON array. Possible duplicates are marked, or all logs. */
  body(markAll: boolean): string | Buffer {
    const { items, bytes } = this.#contents;
    const { from, to, of, allPossibleDuplicates } = this.#range;
    const all = markAll || allPossibleDuplicates;
    if (all || this.hasPossibleDuplicates) {
      const texts = this.#places().map((place) => {
        const text = bytes.toString('utf8', this.#start(place), this.#end(place));
        return all || items.isPossibleDuplicate(place) ? withDuplicateMark(text) : text;
      });
      return `[${texts.join(',')}]`;
    }
    const [start, end] = [this.#start(from), this.#end(to - 1)];
    if (this.length === of) return bytes.subarray(start - OPENING.length, end + CLOSING.length);
    return Buffer.concat([OPENING, bytes.subarray(start, end), CLOSING]);
  }

  /** The same logs, all as possible duplicates. */
  asPossibleDuplicates(): SealedBatch {
    return this.#part({ allPossibleDuplicates: true });
  }

  /** Its two halves. */
  halves(): [SealedBatch, SealedBatch] {
    const middle = this.#range.from + Math.ceil(this.length / 2);
    return [this.#part({ to: middle }), this.#part({ from: middle })];
  }

  #part(change: Partial<BatchRange>): SealedBatch {
    return new SealedBatch(this.#contents, { ...this.#range, ...change });
  }

  #places(): number[] {
    return Array.from({ length: this.length }, (_, index) => this.#range.from + index);
  }

  #start(place: number): number {
    return (this.#contents.bounds[place] as number) + (place === 0 ? 0 : COMMA.length);
  }

  #end(place: number): number {
    return this.#contents.bounds[place + 1] as number;
  }
}

const NO_CONTENTS = noContents(0, Buffer.alloc(0));
const EMPTY = new SealedBatch(NO_CONTENTS, {
  from: 0,
  to: 0,
  of: 0,
  allPossibleDuplicates: false,
});

/**
 * Collects items up to the limits of one post; brackets, commas and duplicate marks count. Each text is written into the
 * bytes of the post at once, so that thousands of texts need not be kept.
 *
 * A batch allocates its full size with the first item and reuses it, see memory/README.md. Bytes that are never written to take
 * no memory, but V8 counts them, and in small runs it would collect the garbage of the whole heap because of them.
 */
export class Batch {
  #contents = NO_CONTENTS;
  /** How many items there are. */
  #count = 0;
  /** Bytes so far, without the closing bracket. */
  #length = 0;
  /** Characters of records that their logs do not contain. */
  #kept = 0;

  /**
   * Adds an item, unless the post or what is kept with it would become too large; an empty batch takes any.
   * @returns whether it was added
   */
  add(item: Item, log: LogText): boolean {
    if (this.#count === 0) this.#begin();
    const start = this.#length + 1;
    if (!this.#reserve(start, log)) return false;
    const { items, records, bytes, bounds } = this.#contents;
    bytes.write(this.#count === 0 ? '[' : ',', this.#length);
    const bodyStart = start + bytes.write(log.head, start);
    const bodyEnd = bodyStart + bytes.write(log.body, bodyStart);
    const end = bodyEnd + bytes.write(log.tail, bodyEnd);
    items.set(this.#count, item);
    records.set(this.#count, log.record ?? { start: bodyStart, end: bodyEnd });
    this.#kept += log.record?.length ?? 0;
    this.#count++;
    bounds[this.#count] = end;
    this.#length = end;
    return true;
  }

  /** Returns the collected items, which are valid until the next item is added, and starts again. */
  seal(): SealedBatch {
    if (this.#count === 0) return EMPTY;
    this.#contents.bytes.write(']', this.#length);
    const range = { from: 0, to: this.#count, of: this.#count, allPossibleDuplicates: false };
    this.#restart();
    return new SealedBatch(this.#contents, range);
  }

  /** Removes the collected items. */
  clear(): void {
    this.#restart();
    this.#contents.items.clear();
    this.#contents.records.clear();
  }

  /** Allocates what the items need, unless that was done for the batch before and is still of the right size. */
  #begin(): void {
    const { items, records, bytes, bounds } = this.#contents;
    items.clear();
    records.clear();
    if (bounds.length === batchLimits.logs + 1 && bytes.length === batchLimits.bytes) return;
    this.#contents = noContents(batchLimits.logs, Buffer.allocUnsafe(batchLimits.bytes));
  }

  #restart(): void {
    this.#count = 0;
    this.#length = 0;
    this.#kept = 0;
  }

  /** Makes room for a text and the closing bracket. @returns false when the post would become too large */
  #reserve(start: number, log: LogText): boolean {
    const { bytes } = this.#contents;
    if (this.#count >= batchLimits.logs) return false;
    if (this.#count > 0 && this.#kept + (log.record?.length ?? 0) > MAX_KEPT_TEXT) return false;
    const marks = (this.#count + 1) * DUPLICATE_MARK_BYTES;
    const endAtMost = start + log.length * MAX_BYTES_PER_UNIT + 1;
    if (endAtMost <= bytes.length && endAtMost + marks <= batchLimits.bytes) return true;
    const end = start + log.bytes + 1;
    if (this.#count > 0) return end + marks <= batchLimits.bytes;
    if (end > bytes.length) this.#contents.bytes = Buffer.allocUnsafe(end);
    return true;
  }
}
