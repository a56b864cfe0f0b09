import { parseJsonText } from '../../common/json-text.ts';
import type { JsonObject } from './json.ts';

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
  readonly #own: (string | undefined)[] = [];
  /** Start and end of each, in turn. */
  readonly #places: number[] = [];

  /** @param text canonical JSON, or where it stands in the bytes of the batch, with or without its braces */
  add(text: string | TextPlace): void {
    const isOwn = typeof text === 'string';
    this.#own.push(isOwn ? text : undefined);
    this.#places.push(isOwn ? 0 : text.start, isOwn ? 0 : text.end);
  }

  /** @param bytes of the batch */
  at(index: number, bytes: Buffer): JsonObject {
    const text =
      this.#own[index] ?? bytes.toString('utf8', this.#places[index * 2], this.#places[index * 2 + 1]);
    return parseJsonText(text.startsWith('{') ? text : `{${text}}`) as JsonObject;
  }
}
