import { canonicalJson } from './canonical-json.ts';
import { DUPLICATE_MARK_BYTES, MAX_BYTES_PER_UNIT, markedText } from './encode.ts';
import { type Item, ItemColumns } from './item.ts';
import type { LogText } from './record-encoder.ts';
import { RecordTexts } from './record-texts.ts';

/**
 * Datadog takes 5 MB uncompressed and 1000 logs a request; the byte cap leaves room for a proxy's envelope.
 * Source: Datadog API reference, "Send logs" (v2).
 */
export const MAX_BATCH_BYTES = 4_500_000;
export const MAX_BATCH_LOGS = 1000;

const FIRST_BUFFER_BYTES = 64 * 1024;

const [OPENING, COMMA, CLOSING] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
];

/** Items and how to read their records again. */
interface Contents {
  items: ItemColumns;
  records: RecordTexts;
}

const noContents = (): Contents => ({ items: new ItemColumns(), records: new RecordTexts() });

/** Items with the texts of their logs, as one post carries them: all that a batch collected, or some in a row of it. */
export class FilledBatch {
  readonly #items: ItemColumns;
  readonly #records: RecordTexts;
  /** Holds the texts, with one byte before and behind each that separates it from its neighbours. */
  readonly #bytes: Buffer;
  /** Where the texts end, behind the place where the first one begins. */
  readonly #bounds: readonly number[];
  readonly #from: number;
  readonly #to: number;
  readonly #allMarked: boolean;

  /**
   * @param bytes must stand as long as a body or an item is asked for
   * @param bounds of all items, also of those outside the row
   * @param row which of the items; all when left out
   */
  constructor(
    { items, records }: Contents,
    bytes: Buffer,
    bounds: readonly number[],
    { from = 0, to = items.length, allMarked = false } = {},
  ) {
    this.#items = items;
    this.#records = records;
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#from = from;
    this.#to = to;
    this.#allMarked = allMarked;
  }

  /** A batch of one. */
  static of(item: Item, text: string): FilledBatch {
    const contents = noContents();
    contents.items.add(item);
    contents.records.add(canonicalJson(item.record));
    const bytes = Buffer.from(`[${text}]`);
    return new FilledBatch(contents, bytes, [1, bytes.length - 1]);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** What its logs measure, each with room for its mark. */
  get bytes(): number {
    return this.#end(this.#to - 1) - this.#start(this.#from) + this.length * DUPLICATE_MARK_BYTES;
  }

  item(place: number): Item {
    const item = this.#items.at(this.#from + place);
    const record = this.#records.at(this.#from + place, this.#bytes);
    return { ...item, record, marked: item.marked || this.#allMarked };
  }

  /** What is noted once Datadog has its logs. */
  ledgerChunks(): { hour: number; entries: Uint8Array }[] {
    return this.#items.entries.chunks(this.#from, this.#to);
  }

  /** The logs as a JSON array, each marked that is to be, or all of them. */
  body(markAll: boolean): string | Buffer {
    const all = markAll || this.#allMarked;
    if (all || this.#places().some((place) => this.#items.isMarked(place))) {
      const texts = this.#places().map((place) => {
        const text = this.#bytes.toString('utf8', this.#start(place), this.#end(place));
        return all || this.#items.isMarked(place) ? markedText(text) : text;
      });
      return `[${texts.join(',')}]`;
    }
    const [start, end] = [this.#start(this.#from), this.#end(this.#to - 1)];
    const isWhole = this.length === this.#items.length;
    if (isWhole) return this.#bytes.subarray(start - OPENING.length, end + CLOSING.length);
    return Buffer.concat([OPENING, this.#bytes.subarray(start, end), CLOSING]);
  }

  /** The same logs, all to be marked. */
  marked(): FilledBatch {
    return this.#row(this.#from, this.#to, true);
  }

  /** The first half, and the other one. */
  halves(): [FilledBatch, FilledBatch] {
    const middle = this.#from + Math.ceil(this.length / 2);
    return [this.#row(this.#from, middle, this.#allMarked), this.#row(middle, this.#to, this.#allMarked)];
  }

  #row(from: number, to: number, allMarked: boolean): FilledBatch {
    const contents = { items: this.#items, records: this.#records };
    return new FilledBatch(contents, this.#bytes, this.#bounds, { from, to, allMarked });
  }

  #places(): number[] {
    return Array.from({ length: this.length }, (_, index) => this.#from + index);
  }

  #start(place: number): number {
    return (this.#bounds[place] as number) + (place === 0 ? 0 : COMMA.length);
  }

  #end(place: number): number {
    return this.#bounds[place + 1] as number;
  }
}

/**
 * Collects items up to what one post may carry, brackets, commas and duplicate marks counted. Each text is written into
 * the bytes of the post at once, so that thousands of texts need not be kept.
 */
export class Batch {
  #contents = noContents();
  #bytes: Buffer;
  #bounds = [OPENING.length];
  /** Bytes so far, without the closing bracket. */
  #length = 0;
  readonly #spare: Buffer[];

  /** @param spare bytes of earlier batches; megabytes that come and go would have the garbage collector look for them */
  constructor(spare: Buffer[] = []) {
    this.#spare = spare;
    this.#bytes = spare.pop() ?? Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  }

  /** Ends the batch and leaves its bytes to another one; no body that it handed out may be of use any more. */
  release(): void {
    this.#spare.push(this.#bytes);
  }

  /**
   * Adds an item, unless the post would become too large; an empty batch takes any.
   * @returns whether it was added
   */
  add(item: Item, { parts, record }: LogText): boolean {
    const { items, records } = this.#contents;
    const start = this.#length + 1;
    if (!this.#reserve(start, parts)) return false;
    this.#bytes.write(items.length === 0 ? '[' : ',', this.#length);
    const place = { start, end: start };
    let end = start;
    for (const [index, part] of parts.entries()) {
      if (index === 1) place.start = end;
      end += this.#bytes.write(part, end);
      if (index === 1) place.end = end;
    }
    this.#length = end;
    this.#bounds.push(end);
    items.add(item);
    records.add(record ?? place);
    return true;
  }

  /** Hands out what was collected, whose body and items stand until the next one is added, and starts anew. */
  take(): FilledBatch {
    this.#bytes.write(']', this.#length);
    const filled = new FilledBatch(this.#contents, this.#bytes, this.#bounds);
    this.#contents = noContents();
    this.#bounds = [OPENING.length];
    this.#length = 0;
    return filled;
  }

  /** Makes room for a text and the closing bracket. @returns false when the post would become too large */
  #reserve(start: number, text: readonly string[]): boolean {
    const { length } = this.#contents.items;
    const isEmpty = length === 0;
    if (length >= MAX_BATCH_LOGS) return false;
    const marks = (length + 1) * DUPLICATE_MARK_BYTES;
    const endAtMost = start + text.reduce((sum, { length }) => sum + length, 0) * MAX_BYTES_PER_UNIT + 1;
    if (endAtMost <= this.#bytes.length && endAtMost + marks <= MAX_BATCH_BYTES) return true;
    const end = start + text.reduce((sum, part) => sum + Buffer.byteLength(part), 0) + 1;
    if (!isEmpty && end + marks > MAX_BATCH_BYTES) return false;
    if (end <= this.#bytes.length) return true;
    const larger = Buffer.allocUnsafe(Math.max(end, Math.min(MAX_BATCH_BYTES, this.#bytes.length * 2)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    return true;
  }
}
