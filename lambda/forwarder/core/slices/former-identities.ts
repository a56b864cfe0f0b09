import type { LedgerEntry } from '../ledger/entry.ts';
import type { Known } from '../ledger/tables.ts';
import { adoptionFingerprint, copyFingerprint, type Identity, identify } from '../records/identity.ts';
import { formerRulesOf } from '../records/identity-history.ts';
import type { Candidate } from './reader.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * What is known of a record under all its identities. `adopted`: it was forwarded under a former identity. `perhaps`: it may have
 * been, or, under a former key, another content, which may have been of another alert.
 */
export type KnownAnyhow = Known | 'adopted' | 'perhaps';

/** What the ledger knows of an entry. */
export type LookUp = (entry: LedgerEntry) => Known;

/**
 * Looks records up under the identities that former rules gave them, so that a change of rules repeats nothing. What it finds is
 * noted under the present identity (adopted). It costs time only for records that may be older than the change, and that the
 * ledger does not hold under their present identity.
 */
export class FormerIdentities {
  readonly #context: Pick<StreamContext, 'stream' | 'identity'>;
  /** How many entries of a former content were adopted, this slice included. */
  readonly #adoptions = new Map<string, number>();
  readonly #entries: LedgerEntry[] = [];

  constructor(context: Pick<StreamContext, 'stream' | 'identity'>) {
    this.#context = context;
  }

  /**
   * @param entry of the record under the present rules
   * @param lookUp what the ledger knows of an entry
   */
  lookUp(candidate: Candidate, entry: LedgerEntry, lookUp: LookUp): KnownAnyhow {
    const known = lookUp(entry);
    if (known === 'unchanged') return known;
    const { record, identity, time } = candidate;
    for (const { rules } of formerRulesOf(this.#context.identity, time)) {
      const former = identify(this.#context.stream, record, rules, identity.form);
      if (identity.key === undefined && former.key === undefined && former.content === identity.content)
        continue;
      const found =
        known === 'absent'
          ? this.#lookUpOther(identity, former, entry, lookUp)
          : former.key === identity.key && asKnownBefore(lookUp(entryOf(entry, entry.key, former)));
      if (!found) continue;
      if (found === 'adopted') this.#entries.push(entry);
      return found;
    }
    return known;
  }

  /** Entries to be noted, because the ledger holds their records under a former identity; each is returned once. */
  takeEntries(): LedgerEntry[] {
    return this.#entries.splice(0);
  }

  /** @returns undefined when the ledger does not hold the former key and content */
  #lookUpOther(
    identity: Identity,
    former: Identity,
    entry: LedgerEntry,
    lookUp: LookUp,
  ): 'adopted' | 'perhaps' | undefined {
    const known = former.key === undefined ? 'absent' : lookUp(entryOf(entry, former.key, former));
    if (known !== 'absent') return known === 'changed' ? 'perhaps' : 'adopted';
    // Also of an alert with a key: once only a text was one.
    const isNoted = (key: string) => lookUp(entryOf(entry, key, former)) !== 'absent';
    if (!isNoted(former.content)) return undefined;
    return identity.key !== undefined || this.#adopt(former.content, entry, isNoted) ? 'adopted' : 'perhaps';
  }

  /**
   * Adopts one of the copies of a former content, each once: former rules may have taken different records for copies, and
   * present ones may take copies for different records.
   * @returns false when all are adopted
   */
  #adopt(content: string, entry: LedgerEntry, isNoted: (key: string) => boolean): boolean {
    let adoptions = this.#adoptions.get(content) ?? 0;
    while (isNoted(adoptionFingerprint(content, adoptions + 1))) adoptions++;
    const isFree = isNoted(copyFingerprint(content, adoptions + 1));
    if (isFree) {
      adoptions++;
      this.#entries.push(entryOf(entry, adoptionFingerprint(content, adoptions), { content }));
    }
    this.#adoptions.set(content, adoptions);
    return isFree;
  }
}

/** The same alert, its content taken by former rules. */
const asKnownBefore = (before: Known): 'adopted' | undefined =>
  before === 'unchanged' ? 'adopted' : undefined;

const entryOf = (entry: LedgerEntry, key: string, { content }: Pick<Identity, 'content'>): LedgerEntry => ({
  ...entry,
  key,
  ...(entry.version !== undefined && { version: content }),
});
