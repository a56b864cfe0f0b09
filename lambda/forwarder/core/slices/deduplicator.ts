import type { ChangedPart } from '../../../contract.ts';
import { LEDGER_LIFE_SECONDS } from '../../../limits.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Item } from '../delivery/item.ts';
import { type LedgerEntry, ledgerEntry } from '../ledger/entry.ts';
import { changesSince, notedParts } from '../ledger/noted-parts.ts';
import { secretOf } from '../ledger/salt.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { alertParts } from '../records/alert-parts.ts';
import { CandidateItem, type Decision } from './candidate-item.ts';
import { FormerIdentities, type KnownAnyhow, type LookUp } from './former-identities.ts';
import type { SliceTask } from './planner.ts';
import type { Candidate } from './reader.ts';
import { type EntryBook, SharedKeys } from './shared-keys.ts';
import { timeWord } from './shown-alerts.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamContext } from './stream-context.ts';

/** Decides which records of one slice are sent. */
export class Deduplicator {
  readonly #context: StreamContext;
  readonly #task: SliceTask;
  /**
   * Records with an id that were seen in this slice. Other slices do not share it: if this slice fails, they must not
   * treat its records as sent.
   */
  readonly #seen: LedgerTables;
  readonly #former: FormerIdentities;
  readonly #salt: string;
  readonly #sharedKeys: SharedKeys;
  /** What is known of records of the slice, and of others. */
  readonly #books: { own: EntryBook; others: EntryBook };
  /** Whether Datadog may have any record of the slice, perhaps as another version. */
  doubtsEverything = false;
  /** Records without a slice that this slice has claimed and not delivered yet. */
  readonly #claims = new Set<LedgerEntry>();

  constructor(context: StreamContext, task: SliceTask, { seen, shown }: SliceMemory) {
    const { ledger, recordsWithoutSlice } = context;
    this.#context = context;
    this.#task = task;
    this.#seen = seen;
    this.#former = new FormerIdentities(context);
    this.#salt = secretOf(context.lease.owner).salt;
    this.#sharedKeys = new SharedKeys(context, shown);
    this.#books = {
      own: {
        lookUp: (entry) => {
          const known = seen.lookUp(entry);
          return known === 'absent' ? ledger.lookUp(entry) : known;
        },
        lookUpNoted: (entry) => ledger.lookUp(entry),
        remember: (entry) => seen.remember(entry),
        isCommon: false,
      },
      others: {
        lookUp: (entry) => recordsWithoutSlice.lookUp(entry),
        lookUpNoted: (entry) => recordsWithoutSlice.lookUpNoted(entry),
        remember: (entry) => {
          recordsWithoutSlice.claim(entry);
          this.#claims.add(entry);
        },
        isCommon: true,
      },
    };
  }

  /** See {@link SharedKeys.startScan}. */
  startScan(): void {
    this.#sharedKeys.startScan();
  }

  /** Whether only another scan of the slice can decide on some of its alerts. */
  get needsScan(): boolean {
    return this.#sharedKeys.needScan;
  }

  /**
   * Whether everything is loaded that {@link decide} needs. It mostly is for records of the slice itself.
   * @param now trusted time in epoch seconds
   */
  isReadyFor(candidate: Candidate, now: number): boolean {
    return this.#isBaseLoaded(candidate, now) && !this.#needsLookBackKeys(candidate, now);
  }

  /** Loads what {@link decide} needs. Throws as {@link RecordsWithoutSlice.load} and {@link LookBackKeys.load} do. */
  async load(candidate: Candidate, now: number): Promise<void> {
    const { recordsWithoutSlice, outsiders, lookBackKeys } = this.#context;
    if (this.#isBaseLoaded(candidate, now)) {
      await lookBackKeys.load();
      return;
    }
    if (this.#isOutsider(candidate) && !outsiders?.isIntended()) await outsiders?.recordIntent();
    await recordsWithoutSlice.load(recordsWithoutSlice.hourOf(candidate.time, now));
  }

  /**
   * Decides on one record, and claims it if it has no slice.
   * @param now trusted time in epoch seconds
   * @returns undefined when the record is a duplicate
   */
  decide(candidate: Candidate, now: number): Decision | undefined {
    const entry = this.#entryOf(candidate, now);
    return this.#isOfSlice(candidate)
      ? this.#decideOwn(candidate, entry)
      : this.#decideOther(candidate, entry);
  }

  /** The item of a record that is sent. Adds an alert's parts to its entry. */
  itemOf(candidate: Candidate, decision: Decision, alertType: JsonObject | undefined): Item {
    const { range, backfillBelow } = this.#task;
    const changed = candidate.identity.key && this.#noteParts(candidate, decision, alertType);
    const isBackfill = (candidate.time ?? range.from) < backfillBelow;
    return new CandidateItem(candidate, decision, changed || undefined, alertType, isBackfill);
  }

  /** @returns what has changed since the alert was last forwarded; undefined when that is not known, or this is the first time */
  #noteParts(
    candidate: Candidate,
    { entry, noted }: Decision,
    alertType: JsonObject | undefined,
  ): readonly ChangedPart[] | undefined {
    const { record, identity, time } = candidate;
    const parts = alertParts(record, identity.form, alertType, this.#context.settings.identityRules);
    entry.parts = notedParts(this.#salt, parts);
    const isOwn = this.#isOfSlice(candidate);
    if (isOwn) this.#seen.rememberParts(entry);
    const book = isOwn ? this.#books.own : this.#books.others;
    const plain = { ...entry, key: identity.key ?? entry.key };
    this.#sharedKeys.forwarded({ entry: plain, time: timeWord(time) }, book, entry);
    return noted && changesSince(noted, parts);
  }

  /** See {@link SharedKeys.takeNotes}. */
  takeNotes(waiting?: LedgerEntry): LedgerEntry[] {
    return this.#sharedKeys.takeNotes(waiting);
  }

  /** See {@link FormerIdentities.takeEntries}. */
  takeAdopted(): LedgerEntry[] {
    return this.#former.takeEntries();
  }

  /**
   * To be called after a delivery: claimed records are in the ledger now.
   * @param waiting entry of a record that was not in the batch yet
   */
  confirmClaims(waiting: LedgerEntry | undefined): void {
    for (const entry of this.#claims) {
      if (entry !== waiting && this.#context.recordsWithoutSlice.confirm(entry)) this.#claims.delete(entry);
    }
  }

  /** To be called when the slice has failed: other slices may send what it did not deliver. */
  releaseClaims(): void {
    this.#context.recordsWithoutSlice.release(this.#claims);
  }

  /** Whether only this slice may see the record. */
  #isOfSlice({ time }: Candidate): boolean {
    const { from, to } = this.#task.range;
    const { timeFilter } = this.#context.settings;
    return timeFilter !== 'update' && time !== undefined && time >= from && time < to;
  }

  /** Whether the record lies outside the range that was asked for. The recorded intent does not cover it. */
  #isOutsider({ time }: Candidate): boolean {
    const { settings, outsiders } = this.#context;
    if (!outsiders || settings.timeFilter === 'update' || time === undefined) return false;
    return time < outsiders.to;
  }

  /** Whether everything is loaded but the keys of the look-back. */
  #isBaseLoaded(candidate: Candidate, now: number): boolean {
    if (this.#isOfSlice(candidate)) return true;
    const { recordsWithoutSlice, outsiders } = this.#context;
    const isIntended = !this.#isOutsider(candidate) || outsiders?.isIntended() === true;
    return isIntended && recordsWithoutSlice.isLoaded(recordsWithoutSlice.hourOf(candidate.time, now));
  }

  #entryOf(candidate: Candidate, now: number): LedgerEntry {
    const { stream, recordsWithoutSlice } = this.#context;
    const { identity, copy, time } = candidate;
    const entry = ledgerEntry(stream, identity, copy, time);
    return this.#isOfSlice(candidate) ? entry : { ...entry, hour: recordsWithoutSlice.hourOf(time, now) };
  }

  /** Whether an alert is new in its hour, so that it depends on the other hours whether it is new. */
  #needsLookBackKeys(candidate: Candidate, now: number): boolean {
    const { ledger, recordsWithoutSlice, lookBackKeys } = this.#context;
    if (candidate.identity.key === undefined || lookBackKeys.isLoaded) return false;
    const entry = this.#entryOf(candidate, now);
    return this.#isOfSlice(candidate)
      ? !this.#seen.holds(entry) && !ledger.holds(entry)
      : recordsWithoutSlice.lookUp(entry) === 'absent';
  }

  #decideOwn(candidate: Candidate, plain: LedgerEntry): Decision | undefined {
    const { ledger, lookBackKeys } = this.#context;
    const { entry, known } = this.#judge(candidate, plain, this.#books.own);
    if (this.#isDuplicate(known)) return undefined;
    const update = this.#isUpdate(candidate, known);
    const noted = update
      ? (this.#seen.partsOf(entry) ?? ledger.partsOf(entry) ?? lookBackKeys.partsOf(entry))
      : undefined;
    // Records without an id are counted instead, so that a repeated one differs from an identical one.
    if (candidate.identity.key) this.#seen.remember(entry);
    return {
      entry,
      update,
      noted,
      possibleDuplicate:
        candidate.isDoubtfulCopy ||
        known === 'perhaps' ||
        this.#mayHaveBeenSent(update) ||
        ledger.hasGap(entry.hour),
    };
  }

  #decideOther(candidate: Candidate, plain: LedgerEntry): Decision | undefined {
    const { recordsWithoutSlice, lookBackKeys, othersMayHavePosted, deliveryState } = this.#context;
    const { entry, known } = this.#judge(candidate, plain, this.#books.others);
    if (known === 'adopted') {
      // So that no other slice adopts it as well.
      recordsWithoutSlice.claim(entry);
      recordsWithoutSlice.confirm(entry);
    }
    if (this.#isDuplicate(known)) return undefined;
    const update = this.#isUpdate(candidate, known);
    const noted = update ? (recordsWithoutSlice.partsOf(entry) ?? lookBackKeys.partsOf(entry)) : undefined;
    // At once, because another slice may see the same record while this one waits.
    recordsWithoutSlice.claim(entry);
    this.#claims.add(entry);
    return {
      entry,
      update,
      noted,
      possibleDuplicate:
        candidate.isDoubtfulCopy ||
        known === 'perhaps' ||
        this.#mayHaveBeenSent(update) ||
        recordsWithoutSlice.hasGap(entry.hour) ||
        this.#mayBeMissingInLedger(candidate) ||
        othersMayHavePosted() ||
        // Another slice of this run may have posted it and failed.
        !deliveryState.isFullyAcknowledged,
    };
  }

  /** Whether the ledger may not know that the record was forwarded. */
  #mayBeMissingInLedger({ time }: Candidate): boolean {
    const { settings, outsiders, startedAt } = this.#context;
    // The source may have shown it for a later range than that of its own time.
    if ((time ?? 0) < (outsiders?.doubtfulHolesEnd() ?? 0)) return true;
    if (time === undefined) return false;
    if (settings.timeFilter === 'update') return time < startedAt - LEDGER_LIFE_SECONDS;
    return outsiders !== undefined && time < outsiders.to && time < outsiders.markBelow();
  }

  /** Under which entry a record is noted, and what is known of it. */
  #judge(candidate: Candidate, entry: LedgerEntry, book: EntryBook) {
    const known = this.#find(candidate, entry, book.lookUp);
    if (candidate.identity.key === undefined) return { entry, known };
    return this.#sharedKeys.judge({ entry, time: timeWord(candidate.time) }, known, book);
  }

  /** What is known of a record under all its identities and, if it is an alert, in all hours of the look-back. */
  #find(candidate: Candidate, entry: LedgerEntry, lookUp: LookUp): KnownAnyhow {
    const { key } = candidate.identity;
    const known = this.#former.lookUp(candidate, entry, lookUp);
    return known === 'absent' && key !== undefined ? this.#context.lookBackKeys.lookUp(entry) : known;
  }

  #isDuplicate(known: KnownAnyhow): boolean {
    const { settings, counts } = this.#context;
    const isDuplicate =
      known === 'unchanged' || known === 'adopted' || (known === 'changed' && !settings.alertUpdates);
    if (isDuplicate) counts.duplicates++;
    return isDuplicate;
  }

  #isUpdate({ identity }: Candidate, known: KnownAnyhow): boolean {
    const isPerhaps =
      known === 'perhaps' && identity.key !== undefined && this.#context.settings.alertUpdates;
    return known === 'changed' || isPerhaps;
  }

  /** Whether Datadog may have the log of any record of this slice. A changed alert proves that its entry is still there. */
  #mayHaveBeenSent(update: boolean): boolean {
    const { possibleDuplicate, ledgerMayBeGone } = this.#task;
    return this.doubtsEverything || possibleDuplicate || (ledgerMayBeGone === true && !update);
  }
}
