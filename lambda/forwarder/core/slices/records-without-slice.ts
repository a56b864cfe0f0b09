import { type LedgerEntry, UNDATED_HOUR } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Known } from '../ledger/tables.ts';

/** The entry of a stray as the ledger keeps it. */
const undated = (entry: LedgerEntry): LedgerEntry => ({ ...entry, hour: UNDATED_HOUR });

/**
 * The records that any slice of a run may meet, and several side by side: those without a usable time, and those dated
 * ahead. What one slice has taken on is nobody else's, until it is in the ledger or the slice has failed.
 */
export class RecordsWithoutSlice {
  readonly #openLedger: () => Ledger;
  #ledger: Ledger;
  /** Taken on by a slice, and not known to stand in the ledger; by key. */
  readonly #underWay = new Map<string, LedgerEntry>();

  /** @param openLedger gives a ledger that has loaded nothing */
  constructor(openLedger: () => Ledger) {
    this.#openLedger = openLedger;
    this.#ledger = openLedger();
  }

  /** Whether some of what tells of a stray could not be read. */
  hasGap({ hour }: LedgerEntry): boolean {
    return this.#ledger.hasGap(hour) || this.#ledger.hasGap(UNDATED_HOUR);
  }

  isLoaded({ hour }: LedgerEntry): boolean {
    return this.#ledger.isLoaded(hour) && this.#ledger.isLoaded(UNDATED_HOUR);
  }

  /** Loads what {@link lookUp} needs. */
  async load({ hour }: LedgerEntry): Promise<void> {
    await this.#ledger.loadHours([...new Set([hour, UNDATED_HOUR])]);
  }

  /** What is known of a stray. One that was far ahead when it was forwarded stands among those without a time. */
  lookUp(entry: LedgerEntry): Known {
    const taken = this.#underWay.get(entry.key);
    if (taken) return taken.version === entry.version ? 'unchanged' : 'changed';
    const known = this.#ledger.lookUp(entry);
    return known === 'absent' ? this.#ledger.lookUp(undated(entry)) : known;
  }

  /** Takes a stray on. */
  claim(entry: LedgerEntry): void {
    this.#underWay.set(entry.key, entry);
  }

  /**
   * What was taken on stands in the ledger.
   * @returns whether that is remembered; while its hour is not loaded, what is read of it may be older than the note
   */
  confirm(entry: LedgerEntry): boolean {
    if (!this.#ledger.isLoaded(entry.hour)) return false;
    // Another slice may have taken on a newer version meanwhile.
    if (this.#underWay.get(entry.key) === entry) this.#ledger.remember(entry);
    this.#giveUp(entry);
    return true;
  }

  /** A slice has failed: what it had taken on is anybody's again, and only the table tells what it had noted. */
  release(entries: Iterable<LedgerEntry>): void {
    for (const entry of entries) this.#giveUp(entry);
    this.#ledger = this.#openLedger();
  }

  #giveUp(entry: LedgerEntry): void {
    if (this.#underWay.get(entry.key) === entry) this.#underWay.delete(entry.key);
  }
}
