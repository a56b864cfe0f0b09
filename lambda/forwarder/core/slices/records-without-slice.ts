import { HOUR_SECONDS, LEDGER_EXTRA_SECONDS, MAX_LOOKBACK_SECONDS } from '../../../limits.ts';
import { hourOf, type LedgerEntry, UNDATED_HOUR } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { NotedParts } from '../ledger/noted-parts.ts';
import type { Known } from '../ledger/tables.ts';

/** The entry under which the ledger keeps a record without a usable time. */
const undated = (entry: LedgerEntry): LedgerEntry => ({ ...entry, hour: UNDATED_HOUR });

/**
 * So many hours of the ledger are in memory at most; then they are loaded anew. Records dated ahead and those of the look-back have no
 * more, so that records that come from all these hours in turn cost one read for each hour. An empty hour takes 6 kB.
 */
const MAX_HOURS = (MAX_LOOKBACK_SECONDS + LEDGER_EXTRA_SECONDS) / HOUR_SECONDS + 2;

/**
 * Records without a slice: those without a usable time, and those dated ahead. Any slice may see them, and several slices
 * may see one concurrently. So a slice claims such a record before it sends it. The claim ends when the record is in the
 * ledger (confirmed) or when the slice has failed (released).
 */
export class RecordsWithoutSlice {
  readonly #openLedger: () => Ledger;
  #ledger: Ledger;
  readonly #hours = new Set<number>();
  /** Claimed by a slice and not confirmed yet; by key. */
  readonly #claims = new Map<string, LedgerEntry>();

  /** @param openLedger returns a ledger that has loaded nothing */
  constructor(openLedger: () => Ledger) {
    this.#openLedger = openLedger;
    this.#ledger = openLedger();
  }

  /**
   * The hour under which the ledger keeps such a record. A record so far ahead that its entry would expire before its time
   * is kept with those that have no time. Otherwise every made-up time would cost one read of the ledger.
   * @param now trusted time in epoch seconds
   */
  hourOf(time: number | undefined, now: number): number {
    return time === undefined || time > now + LEDGER_EXTRA_SECONDS ? UNDATED_HOUR : hourOf(time);
  }

  /** Whether a part of the ledger that may contain the record could not be read. */
  hasGap(hour: number): boolean {
    return this.#ledger.hasGap(hour) || this.#ledger.hasGap(UNDATED_HOUR);
  }

  isLoaded(hour: number): boolean {
    return this.#ledger.isLoaded(hour) && this.#ledger.isLoaded(UNDATED_HOUR);
  }

  /** Loads what {@link lookUp} needs. Throws as {@link Ledger.loadHours} does. */
  async load(hour: number): Promise<void> {
    if (this.#hours.size >= MAX_HOURS) this.unload();
    this.#hours.add(hour);
    await this.#ledger.loadHours([...new Set([hour, UNDATED_HOUR])]);
  }

  /** What is known of a record. One that was far ahead when it was forwarded is among those without a time. */
  lookUp(entry: LedgerEntry): Known {
    const claim = this.#claims.get(entry.key);
    if (claim) return claim.version === entry.version ? 'unchanged' : 'changed';
    return this.lookUpNoted(entry);
  }

  /** The same without what is claimed. */
  lookUpNoted(entry: LedgerEntry): Known {
    const known = this.#ledger.lookUp(entry);
    return known === 'absent' ? this.#ledger.lookUp(undated(entry)) : known;
  }

  /** What was last noted, or claimed, of an alert's parts; undefined when it is not known. */
  partsOf(entry: LedgerEntry): NotedParts | undefined {
    const claim = this.#claims.get(entry.key);
    if (claim) return claim.parts;
    return this.#ledger.partsOf(entry) ?? this.#ledger.partsOf(undated(entry));
  }

  /** Reserves a record for the slice that is going to send it. */
  claim(entry: LedgerEntry): void {
    this.#claims.set(entry.key, entry);
  }

  /**
   * Ends a claim, because the record is in the ledger now.
   * @returns false while the record's hour is not loaded: a load that is under way may miss the new entry, so the claim
   *   stays
   */
  confirm(entry: LedgerEntry): boolean {
    if (!this.#ledger.isLoaded(entry.hour)) return false;
    // Another slice may have claimed a newer version meanwhile.
    if (this.#claims.get(entry.key) === entry) this.#ledger.remember(entry);
    this.#endClaim(entry);
    return true;
  }

  /** Ends the claims of a slice that failed. Some of its records may be in the ledger, so that is loaded anew. */
  release(entries: Iterable<LedgerEntry>): void {
    for (const entry of entries) this.#endClaim(entry);
    this.unload();
  }

  /** Loads everything anew from now on, because slices have delivered records of their own. Claims stay. */
  unload(): void {
    this.#ledger = this.#openLedger();
    this.#hours.clear();
  }

  #endClaim(entry: LedgerEntry): void {
    if (this.#claims.get(entry.key) === entry) this.#claims.delete(entry.key);
  }
}
