import type { Stream } from '../../../contract.ts';
import { ENTRY_WORDS, type UnpackedChunk } from './chunks.ts';
import type { LedgerEntry } from './entry.ts';
import { FingerprintTable, wordsOf } from './fingerprint-table.ts';
import { NO_PARTS, type NotedParts } from './noted-parts.ts';
import type { RunSecret } from './salt.ts';
import { versionTag } from './salt.ts';

/** What the ledger knows of a record. */
export type Known = 'absent' | 'unchanged' | 'changed';

const KEY_WORDS = 4;

/**
 * The value of an alert in a table: the tag of its version, the digests of its parts as a chunk has them, and the index of the
 * salt that made both.
 */
const TAG_WORDS = 2;
const NOTED_WORDS = TAG_WORDS + 2;
const VALUE_WORDS: Record<Stream, number> = { 'audit-logs': 0, alerts: NOTED_WORDS + 1 };

/** The index of the salt of this run. */
const OWN_SALT = 0;

/** Slices that are processed concurrently are dense or long; dense ones need no more hours than this at once. */
const MAX_SPARE_TABLES = 4;

/** Entries of the ledger in memory, by their hour. */
export class LedgerTables {
  readonly #stream: Stream;
  readonly #secret: RunSecret;
  readonly #hours = new Map<number, FingerprintTable>();
  /** Tables of cleared hours, the latest ones last. */
  #spare: FingerprintTable[] = [];
  /** The salt of this run first, then those of the runs that wrote the loaded entries. */
  readonly #salts: string[];
  readonly #saltIndexes = new Map<string, number>();

  constructor(stream: Stream, secret: RunSecret) {
    this.#stream = stream;
    this.#secret = secret;
    this.#salts = [secret.salt];
  }

  has(hour: number): boolean {
    return this.#hours.has(hour);
  }

  /**
   * Creates the table of an hour, unless it exists.
   * @param entries how many will be added
   */
  open(hour: number, entries: number): void {
    this.#tableOf(hour).reserve(entries);
  }

  /** Adds the entries of a chunk, later ones over earlier ones. */
  add(hour: number, { salt, words }: UnpackedChunk): void {
    const table = this.#tableOf(hour);
    const saltIndex = this.#indexOf(salt);
    const hasTags = this.#stream === 'alerts';
    const stride = ENTRY_WORDS[this.#stream];
    for (let at = 0; at < words.length; at += stride) {
      const value = table.addWords(words, at);
      if (!hasTags) continue;
      for (let index = 0; index < NOTED_WORDS; index++) {
        table.set(value + index, words[at + KEY_WORDS + index] as number);
      }
      table.set(value + NOTED_WORDS, saltIndex);
    }
  }

  /** Whether there is an entry with the key, of whatever version. */
  holds({ hour, key }: LedgerEntry): boolean {
    return (this.#hours.get(hour)?.find(key) ?? -1) >= 0;
  }

  lookUp({ hour, key, version }: LedgerEntry): Known {
    const table = this.#hours.get(hour);
    const at = table?.find(key) ?? -1;
    if (!table || at < 0) return 'absent';
    if (version === undefined) return 'unchanged';
    const tag = wordsOf(versionTag(this.#saltAt(table, at), version));
    return tag[0] === table.get(at) && tag[1] === table.get(at + 1) ? 'unchanged' : 'changed';
  }

  /** What was last noted of an alert's parts; undefined when its key is not known in its hour. */
  partsOf({ hour, key }: LedgerEntry): NotedParts | undefined {
    const table = this.#hours.get(hour);
    const at = table?.find(key) ?? -1;
    if (!table || at < 0) return undefined;
    const [first, last] = [table.get(at + TAG_WORDS), table.get(at + TAG_WORDS + 1)];
    return {
      salt: this.#saltAt(table, at),
      status: first >>> 16,
      severity: first & 0xffff,
      events: last >>> 16,
    };
  }

  remember(entry: LedgerEntry): void {
    const { hour, key, version } = entry;
    const table = this.#tableOf(hour);
    const at = table.add(key);
    if (version === undefined) return;
    const tag = wordsOf(versionTag(this.#secret.salt, version));
    for (let index = 0; index < TAG_WORDS; index++) table.set(at + index, tag[index] as number);
    table.set(at + NOTED_WORDS, OWN_SALT);
    this.rememberParts(entry);
  }

  /** Adds what an entry that is remembered says of its parts. */
  rememberParts({ hour, key, parts = NO_PARTS }: LedgerEntry): void {
    const table = this.#tableOf(hour);
    const at = table.find(key) + TAG_WORDS;
    table.set(at, (parts.status << 16) | parts.severity);
    table.set(at + 1, parts.events << 16);
  }

  /** Removes all entries, and keeps the tables that were opened last for reuse. */
  clear(): void {
    for (const table of this.#hours.values()) table.clear();
    this.#spare = [...this.#spare, ...this.#hours.values()].slice(-MAX_SPARE_TABLES);
    this.#hours.clear();
    this.#salts.length = 1;
    this.#saltIndexes.clear();
  }

  #tableOf(hour: number): FingerprintTable {
    const { hashSeed } = this.#secret;
    const table =
      this.#hours.get(hour) ?? this.#spare.pop() ?? new FingerprintTable(VALUE_WORDS[this.#stream], hashSeed);
    this.#hours.set(hour, table);
    return table;
  }

  #saltAt(table: FingerprintTable, at: number): string {
    return this.#salts[table.get(at + NOTED_WORDS)] as string;
  }

  #indexOf(salt: string): number {
    const index = this.#saltIndexes.get(salt) ?? this.#salts.push(salt) - 1;
    this.#saltIndexes.set(salt, index);
    return index;
  }
}
