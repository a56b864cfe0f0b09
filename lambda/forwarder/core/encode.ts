import { canonicalJson } from './canonical-json.ts';
import type { Log } from './log-item.ts';
import { fitShape } from './shape.ts';
import { shrink } from './shrink.ts';

/** Datadog cuts a larger log silently, with a 202. Source: Datadog documentation, "Send logs", limits. */
export const MAX_LOG_BYTES = 1_000_000;

/** UTF-8 takes at most so many bytes for a unit of a JavaScript string. */
export const MAX_BYTES_PER_UNIT = 3;

const DUPLICATE_MARK = ',"possible_duplicate":true';

/** What marking a log as a possible duplicate later on adds to it. */
export const DUPLICATE_MARK_BYTES = DUPLICATE_MARK.length;

/**
 * A log as JSON text, which ends with the `valence_forwarder` block. The text may have moved into the bytes of a batch;
 * the log itself may be made only when somebody needs to change it, which is rare.
 */
export class EncodedLog {
  /** Holds, or may hold, numbers that JSON.stringify would round. */
  readonly exactNumbers: boolean;
  readonly #log: Log | (() => Log);
  #text: string | undefined;
  #stored: Buffer | undefined;

  constructor(text: string, log: Log | (() => Log), exactNumbers: boolean) {
    this.#text = text;
    this.#log = log;
    this.exactNumbers = exactNumbers;
  }

  get text(): string {
    return this.#text ?? this.#stored?.toString() ?? '';
  }

  get log(): Log {
    return typeof this.#log === 'function' ? this.#log() : this.#log;
  }

  /** Length of the text in UTF-8, with room for the duplicate mark. */
  get bytes(): number {
    return Buffer.byteLength(this.text) + DUPLICATE_MARK_BYTES;
  }

  /** Lets go of the text, which stands in the given bytes from now on. */
  moveTo(bytes: Buffer): void {
    this.#stored = bytes;
    this.#text = undefined;
  }
}

function encode(log: Log, exactNumbers: boolean): EncodedLog {
  const { valence_forwarder, ...rest } = log;
  const inOrder = { ...rest, valence_forwarder };
  // Sorted by key, the block is the last one too.
  const text = exactNumbers ? canonicalJson(inOrder) : JSON.stringify(inOrder);
  return new EncodedLog(text, log, exactNumbers);
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
