import type { JsonObject } from '../../../shared/json.ts';
import type { Batch } from '../delivery/batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import type { Item } from '../delivery/item.ts';
import { type LedgerEntry, ledgerEntry } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Known, LedgerTables } from '../ledger/tables.ts';
import type { LogText } from '../memory/log-text.ts';
import type { Range } from '../ports.ts';
import type { Identity } from '../records/identity.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamRun } from './stream-context.ts';

export interface SliceTask {
  range: Range;
  /** Logs of records below this time are tagged as backfill. */
  backfillBelow: number;
  /** Datadog may hold logs of this range already. */
  possibleDuplicate: boolean;
  /** Datadog may hold logs of this range of which the ledger has forgotten. */
  ledgerMayBeGone?: boolean;
}

/** A record of the slice. */
export class Candidate {
  readonly record: JsonObject;
  /** Epoch seconds; undefined when it has no usable time. */
  readonly time: number | undefined;
  readonly identity: Identity;

  constructor(record: JsonObject, time: number | undefined, identity: Identity) {
    this.record = record;
    this.time = time;
    this.identity = identity;
  }
}

/** What was found out of a record that is going to be sent. */
type Decided = Pick<Item, 'entry' | 'update' | 'possibleDuplicate' | 'alertType'>;

/** The item of a record of the slice; a class for the reason that canonical-json.ts gives. */
class CandidateItem implements Item {
  readonly record: JsonObject;
  readonly alertType: JsonObject | undefined;
  readonly time: number | undefined;
  readonly fingerprint: string;
  readonly update: boolean;
  readonly backfill: boolean;
  readonly entry: LedgerEntry;
  readonly possibleDuplicate: boolean;

  constructor(
    { record, time, identity }: Candidate,
    { entry, update, possibleDuplicate, alertType }: Decided,
    backfill: boolean,
  ) {
    this.record = record;
    this.alertType = alertType;
    this.time = time;
    // Without an id of its own, the copy number is what tells a record from its twin, in quarantine too.
    this.fingerprint = identity.key ? identity.content : entry.key;
    this.update = update;
    this.backfill = backfill;
    this.entry = entry;
    this.possibleDuplicate = possibleDuplicate;
  }
}

/** Brings the records of one slice to Datadog that the ledger does not hold yet. */
export class Deduplicator {
  readonly #run: StreamRun;
  readonly #job: SliceTask;
  readonly #ledger: Ledger;
  /** What this slice alone has met: should it fail, none other may have taken that for done. */
  readonly #seen: LedgerTables;
  readonly #delivery: Delivery;
  readonly #batch: Batch;
  /** Taken on by this slice and not delivered yet. */
  readonly #claimed = new Set<LedgerEntry>();

  constructor(run: StreamRun, job: SliceTask, { seen, batch }: SliceMemory) {
    this.#run = run;
    this.#job = job;
    this.#ledger = run.ledger;
    this.#seen = seen;
    this.#batch = batch;
    this.#delivery = new Delivery(run.deliveryOptions, run.deliveryState);
  }

  /** Loads what is known of the range. Throws as {@link Ledger.loadRange} does. */
  async begin(): Promise<void> {
    await this.#ledger.loadRange(this.#job.range);
  }

  /**
   * Puts a record on its way unless the ledger holds it.
   * @param copy number among identical records, from 1
   * @param now trusted time in epoch seconds
   * @returns what has to be waited for, which for most records is nothing; throws as {@link Delivery.deliver} does
   */
  offer(candidate: Candidate, copy: number, now: number): Promise<void> | undefined {
    return this.#isWithoutSlice(candidate)
      ? this.#considerWithoutSlice(candidate, copy, now)
      : this.#considerOwn(candidate, copy, now);
  }

  #considerOwn(candidate: Candidate, copy: number, now: number): Promise<void> | undefined {
    const entry = ledgerEntry(this.#run.stream, candidate.identity, copy, candidate.time);
    const seen = this.#seen.lookUp(entry);
    const known = seen === 'absent' ? this.#ledger.lookUp(entry) : seen;
    if (this.#isOld(known)) return undefined;
    // Records without an id of their own are counted, which tells one that comes back from a new one.
    if (candidate.identity.key) this.#seen.remember(entry);
    return this.#prepare(candidate, entry, known, now);
  }

  #considerWithoutSlice(candidate: Candidate, copy: number, now: number): Promise<void> | undefined {
    const { stream, recordsWithoutSlice } = this.#run;
    const entry = {
      ...ledgerEntry(stream, candidate.identity, copy, candidate.time),
      hour: this.#run.hourWithoutSlice(candidate.time, now),
    };
    if (!recordsWithoutSlice.isLoaded(entry))
      return recordsWithoutSlice.load(entry).then(() => this.#considerWithoutSlice(candidate, copy, now));
    const known = recordsWithoutSlice.lookUp(entry);
    if (this.#isOld(known)) return undefined;
    // Before anything is waited for: another slice may meet the same one meanwhile.
    recordsWithoutSlice.claim(entry);
    this.#claimed.add(entry);
    return this.#prepare(candidate, entry, known, now);
  }

  #isOld(known: Known): boolean {
    const { settings, counts } = this.#run;
    const isOld = known === 'unchanged' || (known === 'changed' && !settings.alertUpdates);
    if (isOld) counts.duplicates++;
    return isOld;
  }

  /** Finds out what else a log needs. */
  #prepare(candidate: Candidate, entry: LedgerEntry, known: Known, now: number): Promise<void> | undefined {
    const update = known === 'changed';
    // Before anything is waited for: a slice that fails meanwhile has the ledger of recordsWithoutSlice opened anew.
    const possibleDuplicate = this.#isInDoubt(candidate, entry, update);
    const { stream, alertTypes } = this.#run;
    const alertType = stream === 'alerts' ? alertTypes.of(candidate.record) : undefined;
    return alertType instanceof Promise
      ? alertType.then((type) =>
          this.#send(candidate, { entry, update, possibleDuplicate, alertType: type }, now),
        )
      : this.#send(candidate, { entry, update, possibleDuplicate, alertType }, now);
  }

  /** A record without a place in time may be met by any slice. */
  #isWithoutSlice({ time }: Candidate): boolean {
    return time === undefined || time >= this.#job.range.to;
  }

  /** Makes the log of a record that the ledger does not hold, and adds it to the batch. */
  #send(candidate: Candidate, decided: Decided, now: number): Promise<void> | undefined {
    const { stream, settings, counts, encoder } = this.#run;
    const { range, backfillBelow } = this.#job;
    const { alertType } = decided;
    if (settings.alertSeverities && stream === 'alerts' && isUnwanted(alertType, settings.alertSeverities)) {
      counts.filtered++;
      return undefined;
    }
    if (stream === 'alerts' && !alertType) counts.unknownTypes++;
    const item = new CandidateItem(candidate, decided, (candidate.time ?? range.from) < backfillBelow);
    return this.#add(item, encoder.encode(item, candidate.identity.form, candidate.time, now));
  }

  /** Whether Datadog may have the log of a record without a note that can be read. */
  #isInDoubt(candidate: Candidate, entry: LedgerEntry, update: boolean): boolean {
    const { possibleDuplicate, ledgerMayBeGone } = this.#job;
    const { recordsWithoutSlice, inDoubt, deliveryState } = this.#run;
    // Of an alert that has changed, the ledger has forgotten nothing.
    if (possibleDuplicate || (ledgerMayBeGone === true && !update)) return true;
    if (!this.#isWithoutSlice(candidate)) return this.#ledger.hasGap(entry.hour);
    // Another slice of this run may have posted a stray and failed.
    return recordsWithoutSlice.hasGap(entry) || inDoubt || !deliveryState.clean;
  }

  #add(item: Item, log: LogText): Promise<void> | undefined {
    if (this.#batch.add(item, log)) return undefined;
    return this.#deliver(item.entry).then(() => {
      this.#batch.add(item, log);
    });
  }

  /** @param waiting of a record that is not in the batch yet */
  async #deliver(waiting?: LedgerEntry): Promise<void> {
    await this.#delivery.deliver(this.#batch.seal());
    for (const entry of this.#claimed) {
      if (entry !== waiting && this.#run.recordsWithoutSlice.confirm(entry)) this.#claimed.delete(entry);
    }
  }

  /** Delivers what is left and decides on what was refused. Throws as {@link Delivery.deliver} does. */
  async finish(): Promise<void> {
    await this.#deliver();
    await this.#delivery.finish();
  }

  /** To be called when the slice has failed: what was not delivered is for others to take on. */
  abandon(): void {
    this.#run.recordsWithoutSlice.release(this.#claimed);
  }
}

/** Alerts are left out by the severity of their type alone: one whose type or severity is not known is kept. */
function isUnwanted(alertType: JsonObject | undefined, wanted: ReadonlySet<string>): boolean {
  const severity = alertType?.['severity'] ?? alertType?.['defaultSeverity'];
  return severity !== undefined && !wanted.has(String(severity));
}
