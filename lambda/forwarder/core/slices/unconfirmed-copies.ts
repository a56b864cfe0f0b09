import { MAX_KEPT_TEXT } from '../../../limits.ts';
import type { Identity } from '../records/identity.ts';

/** Records with more copies than are certain, which only a second scan can decide on. */
export class UnconfirmedCopies {
  /** Canonical JSON by the fingerprint of the content. */
  readonly #texts = new Map<string, string>();
  #length = 0;

  get size(): number {
    return this.#texts.size;
  }

  /** @returns whether the record is kept; false when there is no room for its text */
  keep({ content, form }: Identity): boolean {
    if (this.#texts.has(content)) return true;
    if (this.#length + form.text.length > MAX_KEPT_TEXT) return false;
    this.#length += form.text.length;
    this.#texts.set(content, form.text);
    return true;
  }

  /** The records, as content and canonical JSON. */
  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#texts[Symbol.iterator]();
  }
}
