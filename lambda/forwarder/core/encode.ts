import { canonicalJson } from './canonical-json.ts';
import type { Log } from './log-item.ts';
import { fitShape } from './shape.ts';
import { shrink } from './shrink.ts';

/** Datadog cuts a larger log silently, with a 202. Source: Datadog documentation, "Send logs", limits. */
export const MAX_LOG_BYTES = 1_000_000;

const DUPLICATE_MARK = ',"possible_duplicate":true';

/** What marking a log as a possible duplicate later on adds to it. */
export const DUPLICATE_MARK_BYTES = DUPLICATE_MARK.length;

/** A log and its JSON text, which ends with the `valence_forwarder` block. */
export interface EncodedLog {
  text: string;
  /** Length of the text in UTF-8, with room for the duplicate mark. */
  bytes: number;
  /** The log itself, made when it is asked for. */
  readonly log: Log;
  /** Holds numbers that JSON.stringify would round. */
  exactNumbers: boolean;
}

/** Length of a log's text in UTF-8, with room for the duplicate mark. */
export const bytesWithMark = (text: string): number => Buffer.byteLength(text) + DUPLICATE_MARK_BYTES;

function encode(log: Log, exactNumbers: boolean): EncodedLog {
  const { valence_forwarder, ...rest } = log;
  const inOrder = { ...rest, valence_forwarder };
  // Sorted by key, the block is the last one too.
  const text = exactNumbers ? canonicalJson(inOrder) : JSON.stringify(inOrder);
  return { log, text, exactNumbers, bytes: bytesWithMark(text) };
}

/** Brings a log into the shape and size that Datadog keeps whole, as far as that is possible, and encodes it. */
export function encodeLog(log: Log): EncodedLog {
  const fitted = fitShape(log);
  const encoded = encode(fitted.log, fitted.exactNumbers);
  return encoded.bytes <= MAX_LOG_BYTES ? encoded : (shrunk(encoded, MAX_LOG_BYTES) ?? encoded);
}

/** The same log within `maxBytes`, or undefined when it cannot be shrunk that far. */
export function shrunk({ log, exactNumbers }: EncodedLog, maxBytes: number): EncodedLog | undefined {
  const small = shrink(log, maxBytes - DUPLICATE_MARK_BYTES);
  return small && encode(small, exactNumbers);
}

/** The text of a log with the mark that Datadog may hold it already. */
export const markedText = ({ text }: EncodedLog): string =>
  `${text.slice(0, -'}}'.length)}${DUPLICATE_MARK}}}`;
