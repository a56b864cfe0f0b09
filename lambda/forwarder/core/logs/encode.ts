import { MAX_LOG_BYTES } from '../../../limits.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import { fitShape } from './fit.ts';
import { shrink } from './shrink.ts';
import type { Log } from './types.ts';

/** Maximum number of UTF-8 bytes for one UTF-16 code unit. */
export const MAX_BYTES_PER_UNIT = 3;

const DUPLICATE_MARK = ',"possible_duplicate":true';

/** What the mark adds to a log. */
export const DUPLICATE_MARK_BYTES = DUPLICATE_MARK.length;

function encode(log: Log, exactNumbers: boolean): string {
  const { valence_forwarder, ...rest } = log;
  const inOrder = { ...rest, valence_forwarder };
  // Sorted by key, the block is the last one too.
  return exactNumbers ? canonicalJson(inOrder) : JSON.stringify(inOrder);
}

/** Length of a text in UTF-8, with room for the duplicate mark. */
export const encodedBytes = (text: string): number => Buffer.byteLength(text) + DUPLICATE_MARK_BYTES;

/**
 * Encodes a log in a shape and size that Datadog keeps complete, as far as possible.
 * @returns its JSON, which ends with the `valence_forwarder` block
 */
export function encodeLog(log: Log): string {
  const { log: fitted, exactNumbers } = fitShape(log);
  const text = encode(fitted, exactNumbers);
  return encodedBytes(text) <= MAX_LOG_BYTES ? text : (shrunkText(log, MAX_LOG_BYTES) ?? text);
}

/** The same within `maxBytes`, marks included, or undefined when the log cannot be shrunk that far. */
export function shrunkText(log: Log, maxBytes: number): string | undefined {
  const { log: fitted, exactNumbers } = fitShape(log);
  const small = shrink(fitted, maxBytes - DUPLICATE_MARK_BYTES);
  return small && encode(small, exactNumbers);
}

/** The text of a log, marked as a possible duplicate. */
export const withDuplicateMark = (text: string): string =>
  `${text.slice(0, -'}}'.length)}${DUPLICATE_MARK}}}`;
