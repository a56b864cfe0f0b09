import type { JsonObject } from '../../../shared/json.ts';
import { parseJsonText } from '../../../shared/json-text.ts';

/** Where a text stands in some bytes. */
export interface TextPlace {
  start: number;
  /** First byte behind. */
  end: number;
}

/**
 * How the records of a batch are read again, which few ever are. Nearly all stand in their logs as they are, so that neither
 * they nor the pages they came on need to be kept for as long as a post takes.
 */
export class RecordTexts {
  /** Canonical JSON of the records that do not. */
  readonly #own = new Map<number, string>();
  /** Start and end of each of the others, in turn. */
  readonly #places: Uint32Array;

  /** @param capacity how many records there can be */
  constructor(capacity: number) {
    this.#places = new Uint32Array(capacity * 2);
  }

  /** Forgets all texts. */
  clear(): void {
    this.#own.clear();
  }

  /**
   * Sets one.
   * @param text canonical JSON, or where it stands in the bytes of the batch, with or without its braces
   */
  set(index: number, text: string | TextPlace): void {
    if (typeof text === 'string') {
      this.#own.set(index, text);
      return;
    }
    this.#places[index * 2] = text.start;
    this.#places[index * 2 + 1] = text.end;
  }

  /** @param bytes of the batch */
  at(index: number, bytes: Buffer): JsonObject {
    const text =
      this.#own.get(index) ?? bytes.toString('utf8', this.#places[index * 2], this.#places[index * 2 + 1]);
    return parseJsonText(text.startsWith('{') ? text : `{${text}}`) as JsonObject;
  }
}
