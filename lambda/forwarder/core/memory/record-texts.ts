import type { JsonObject } from '../../../shared/json.ts';
import { parseJsonText, UNBOUNDED } from '../../../shared/json-text.ts';

/** Position of a text within the bytes of a batch. */
export interface TextPlace {
  start: number;
  /** First byte after the text. */
  end: number;
}

/**
 * How to read the records of a batch again, which only rejected ones need. Most logs contain their record unchanged, so
 * it is enough to keep its position: neither records nor pages stay in memory while a post is under way.
 */
export class RecordTexts {
  /**
   * Canonical JSON of the records that their logs do not contain unchanged: as bytes, because a text made of parts takes many times
   * as much.
   */
  readonly #own = new Map<number, Buffer>();
  /** Start and end of each of the others, alternating. */
  readonly #places: Uint32Array;

  /** @param capacity maximum number of records */
  constructor(capacity: number) {
    this.#places = new Uint32Array(capacity * 2);
  }

  clear(): void {
    this.#own.clear();
  }

  /** @param text canonical JSON, or its position in the bytes of the batch, with or without its braces */
  set(index: number, text: string | TextPlace): void {
    if (typeof text === 'string') {
      this.#own.set(index, Buffer.from(text));
      return;
    }
    this.#places[index * 2] = text.start;
    this.#places[index * 2 + 1] = text.end;
  }

  /** How many bytes of the record are kept here. */
  keptLength(index: number): number {
    return this.#own.get(index)?.length ?? 0;
  }

  /** @param bytes bytes of the batch */
  at(index: number, bytes: Buffer): JsonObject {
    const text =
      this.#own.get(index)?.toString() ??
      bytes.toString('utf8', this.#places[index * 2], this.#places[index * 2 + 1]);
    // It was bounded when it was read.
    return parseJsonText(text.startsWith('{') ? text : `{${text}}`, UNBOUNDED) as JsonObject;
  }
}
