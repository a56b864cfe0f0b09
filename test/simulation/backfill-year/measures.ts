import { gzipSync } from 'node:zlib';
import type { Stream } from '../../../lambda/contract.ts';
import type { LedgerChunk } from '../../../lambda/forwarder/core/state-ports.ts';

/** The memory of the function. */
const GZIP_LEVEL = 1;
const POSTS_PER_SAMPLE = 64;

/** Requests that AWS and the two services would have received. */
export class Measures {
  sourceRequests = 0;
  posts = 0;
  /** Uncompressed. */
  #postedBytes = 0;
  #sampledBytes = 0;
  #compressedBytes = 0;
  writeUnits = 0;
  readUnits = 0;
  quarantinePuts = 0;
  invocations = 0;
  /** Invocations that died. */
  killed = 0;
  billedMs = 0;
  transitions = 0;
  /** Bytes of the ledger in DynamoDB. */
  ledgerBytes = 0;

  /** Counts a post. One in so many is compressed, to estimate the traffic. */
  post(text: string): void {
    if (this.posts % POSTS_PER_SAMPLE === 0) {
      this.#sampledBytes += text.length;
      this.#compressedBytes += gzipSync(text, { level: GZIP_LEVEL }).length;
    }
    this.posts++;
    this.#postedBytes += text.length;
  }

  /** Compressed. */
  get postedGb(): number {
    if (this.posts === 0) return 0;
    return (this.#postedBytes * (this.#compressedBytes / this.#sampledBytes)) / 1e9;
  }
}

/** Source: DynamoDB developer guide, "Read and write operations": a write unit takes 1 KB, a consistent read unit 4 KB. */
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** Size of a ledger item without its entries: the names `pk`, `sk`, `entries`, `expiresAt`, and the other values. */
const chunkBytes = (stream: Stream, { entries }: LedgerChunk) =>
  2 + stream.length + 2 + 'LEDGER#0000000000#0000000000#000000'.length + 7 + entries.length + 9 + 7;

export const writeUnits = (stream: Stream, chunk: LedgerChunk): number =>
  Math.ceil(chunkBytes(stream, chunk) / WRITE_UNIT_BYTES);

/** A query that finds nothing costs a unit, too. */
export const queryUnits = (stream: Stream, chunks: readonly LedgerChunk[]): number =>
  Math.max(1, Math.ceil(chunks.reduce((sum, chunk) => sum + chunkBytes(stream, chunk), 0) / READ_UNIT_BYTES));
