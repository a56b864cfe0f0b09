import { ledgerEntry } from '../ledger/entry.ts';
import type { Filter } from './filter.ts';
import type { Candidate } from './reader.ts';
import { isNotedApart } from './shared-keys.ts';
import { timeWord } from './shown-alerts.ts';
import type { StreamContext } from './stream-context.ts';

/** Fewer new records may well have appeared late. */
const MIN_NEWCOMERS = 3;

/**
 * Watches how much is new in a range that was processed before. If it is most of what the source shows, the records have probably
 * changed, not appeared: a field was added to all of them, or removed, which gives each another identity.
 */
export class Newcomers {
  readonly #context: StreamContext;
  readonly #filter: Filter;
  #shown = 0;
  /** Records that the ledger does not hold, or holds in another version. */
  #new = 0;

  constructor(context: StreamContext, filter: Filter) {
    this.#context = context;
    this.#filter = filter;
  }

  /**
   * To be called with the records of a page before they are sent. Those that are left out are never known, and are not counted.
   * @param now trusted time in epoch seconds
   * @throws as {@link Filter.load} does
   */
  async see(candidates: readonly Candidate[], now: number): Promise<void> {
    const { ledger, stream } = this.#context;
    for (const candidate of candidates) {
      const { record, identity, copy, time } = candidate;
      const entry = ledgerEntry(stream, identity, copy, time);
      if (!ledger.isLoaded(entry.hour) || !ledger.hasEntries(entry.hour)) continue;
      const known = ledger.lookUp(entry);
      if (known !== 'unchanged') {
        if (!this.#filter.isReadyFor(record)) await this.#filter.load();
        if (!this.#filter.isWanted(candidate, now)) continue;
      }
      this.#shown++;
      if (known === 'changed' && isNotedApart({ entry, time: timeWord(time) }, (one) => ledger.lookUp(one)))
        continue;
      if (known !== 'unchanged') this.#new++;
    }
  }

  /** Whether so much is new that it was probably forwarded before, as it was then. */
  get areSuspicious(): boolean {
    return this.#new >= MIN_NEWCOMERS && this.#new * 2 > this.#shown;
  }

  /** Warns if they are suspicious. */
  warn(): void {
    if (!this.areSuspicious) return;
    const { ports, stream } = this.#context;
    ports.telemetry.warn(
      'records-changed',
      'Most of what Valence shows of a range that was read before is new or changed, so it is marked as possible duplicates. If a field appears, vanishes or changes in old records, name it in volatileFields of the API profile.',
      { stream, new: this.#new, shown: this.#shown },
    );
  }
}
