import { canonicalJson } from './canonical-json.ts';
import type { Log } from './log-item.ts';
import { fitShape } from './shape.ts';
import { shrink } from './shrink.ts';

/** Datadog cuts a larger log silently, with a 202. Source: Datadog documentation, "Send logs", limits. */
const MAX_LOG_BYTES = 1_000_000;

/** What marking a log as a possible duplicate later on adds to it. */
export const DUPLICATE_MARK_BYTES = ',"possible_duplicate":true'.length;

/** A log and its JSON text. */
export interface EncodedLog {
  log: Log;
  text: string;
  /** Length of the text in UTF-8, with room for the duplicate mark. */
  bytes: number;
  /** Holds numbers that JSON.stringify would round. */
  exactNumbers: boolean;
}

function encode(log: Log, exactNumbers: boolean): EncodedLog {
  const text = exactNumbers ? canonicalJson(log) : JSON.stringify(log);
  return { log, text, exactNumbers, bytes: Buffer.byteLength(text) + DUPLICATE_MARK_BYTES };
}

/** Brings a log into the shape and size that Datadog keeps whole, as far as that is possible, and encodes it. */
export function encodeLog(log: Log): EncodedLog {
  const fitted = fitShape(log);
  const encoded = encode(fitted.log, fitted.exactNumbers);
  return encoded.bytes <= MAX_LOG_BYTES ? encoded : (shrunk(encoded, MAX_LOG_BYTES) ?? encoded);
}

/** The same log within `maxBytes`, or undefined when it cannot be shrunk that far. */
export function shrunk(encoded: EncodedLog, maxBytes: number): EncodedLog | undefined {
  const small = shrink(encoded.log, maxBytes - DUPLICATE_MARK_BYTES);
  return small && encode(small, encoded.exactNumbers);
}

/** The text of a log with the mark that Datadog may hold it already. */
export const markedText = ({ log, exactNumbers }: EncodedLog): string =>
  encode({ ...log, valence_forwarder: { ...log.valence_forwarder, possible_duplicate: true } }, exactNumbers)
    .text;
