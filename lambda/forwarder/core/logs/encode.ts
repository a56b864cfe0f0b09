import { MAX_LOG_BYTES } from '../../../limits.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import { fitShape } from './fit.ts';
import { shrink } from './shrink.ts';
import type { Log } from './types.ts';

/** UTF-8 takes at most so many bytes for a unit of a JavaScript string. */
export const MAX_BYTES_PER_UNIT = 3;

const DUPLICATE_MARK = ',"possible_duplicate":true';

/** What marking a log as a possible duplicate later on adds to it. */
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
 * Brings a log into the shape and size that Datadog keeps whole, as far as that is possible.
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

/** The text of a log with the mark that Datadog may hold it already. */
export const withDuplicateMark = (text: string): string =>
  `${text.slice(0, -'}}'.length)}${DUPLICATE_MARK}}}`;
