import { MAX_KEPT_TEXT } from '../../../limits.ts';
import type { Identity } from '../records/identity.ts';

/** Records with more copies than are certain, which only a second scan can decide on. */
export class UnconfirmedCopies {
  /** Canonical JSON by the fingerprint of the content: as bytes, because a text made of parts takes many times as much. */
  readonly #texts = new Map<string, Buffer>();
  #length = 0;

  get size(): number {
    return this.#texts.size;
  }

  /** @returns whether the record is kept; false when there is no room for its text */
  keep({ content, form }: Identity): boolean {
    if (this.#texts.has(content)) return true;
    if (this.#length + form.text.length > MAX_KEPT_TEXT) return false;
    this.#length += form.text.length;
    this.#texts.set(content, Buffer.from(form.text));
    return true;
  }

  /** The records, as content and canonical JSON. */
  *[Symbol.iterator](): Generator<[string, string]> {
    for (const [content, text] of this.#texts) yield [content, text.toString()];
  }
}
