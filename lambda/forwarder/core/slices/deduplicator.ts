import type { JsonObject } from '../../../shared/json.ts';
import type { Batch } from '../delivery/batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import type { Item } from '../delivery/item.ts';
import { type LedgerEntry, ledgerEntry } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Known, LedgerTables } from '../ledger/tables.ts';
import type { LogText } from '../logs/log-text.ts';
import type { Range } from '../ports.ts';
import type { Identity } from '../records/identity.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamRun } from './stream-run.ts';

export interface DrainJob {
  range: Range;
  /** Logs of records below this time are tagged as backfill. */
  backfillBelow: number;
  /** Datadog may hold logs of this range already. */
  marked: boolean;
  /** Datadog may hold logs of this range of which the ledger has forgotten. */
  ledgerMayBeGone?: boolean;
}

/** A record of the slice. */
export class Found {
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
type Decided = Pick<Item, 'entry' | 'update' | 'marked' | 'alertType'>;

/** The item of a record of the slice; a class for the reason that canonical-json.ts gives. */
class FoundItem implements Item {
  readonly record: JsonObject;
  readonly alertType: JsonObject | undefined;
  readonly time: number | undefined;
  readonly fingerprint: string;
  readonly update: boolean;
  readonly backfill: boolean;
  readonly entry: LedgerEntry;
  readonly marked: boolean;

  constructor(
    { record, time, identity }: Found,
    { entry, update, marked, alertType }: Decided,
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
    this.marked = marked;
  }
}

/** Brings the records of one slice to Datadog that the ledger does not hold yet. */
export class Dispatch {
  readonly #run: StreamRun;
  readonly #job: DrainJob;
  readonly #ledger: Ledger;
  /** What this slice alone has met: should it fail, none other may have taken that for done. */
  readonly #met: LedgerTables;
  readonly #delivery: Delivery;
  readonly #batch: Batch;
  /** Taken on by this slice and not delivered yet. */
  readonly #strays = new Set<LedgerEntry>();

  constructor(run: StreamRun, job: DrainJob, { met, batch }: SliceMemory) {
    this.#run = run;
    this.#job = job;
    this.#ledger = run.ledger;
    this.#met = met;
    this.#batch = batch;
    this.#delivery = new Delivery(run.deliveryOptions, run.delivered);
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
  offer(found: Found, copy: number, now: number): Promise<void> | undefined {
    return this.#isStray(found) ? this.#considerStray(found, copy, now) : this.#considerOwn(found, copy, now);
  }

  #considerOwn(found: Found, copy: number, now: number): Promise<void> | undefined {
    const entry = ledgerEntry(this.#run.stream, found.identity, copy, found.time);
    const met = this.#met.lookUp(entry);
    const known = met === 'new' ? this.#ledger.lookUp(entry) : met;
    if (this.#isOld(known)) return undefined;
    // Records without an id of their own are counted, which tells one that comes back from a new one.
    if (found.identity.key) this.#met.remember(entry);
    return this.#prepare(found, entry, known, now);
  }

  #considerStray(found: Found, copy: number, now: number): Promise<void> | undefined {
    const { stream, strays } = this.#run;
    const entry = {
      ...ledgerEntry(stream, found.identity, copy, found.time),
      hour: this.#run.strayHour(found.time, now),
    };
    if (!strays.isLoaded(entry)) return strays.load(entry).then(() => this.#considerStray(found, copy, now));
    const known = strays.lookUp(entry);
    if (this.#isOld(known)) return undefined;
    // Before anything is waited for: another slice may meet the same one meanwhile.
    strays.take(entry);
    this.#strays.add(entry);
    return this.#prepare(found, entry, known, now);
  }

  #isOld(known: Known): boolean {
    const { settings, counts } = this.#run;
    const isOld = known === 'same' || (known === 'changed' && !settings.alertUpdates);
    if (isOld) counts.duplicates++;
    return isOld;
  }

  /** Finds out what else a log needs. */
  #prepare(found: Found, entry: LedgerEntry, known: Known, now: number): Promise<void> | undefined {
    const update = known === 'changed';
    // Before anything is waited for: a slice that fails meanwhile has the ledger of strays opened anew.
    const marked = this.#isInDoubt(found, entry, update);
    const { stream, alertTypes } = this.#run;
    const alertType = stream === 'alerts' ? alertTypes.of(found.record) : undefined;
    return alertType instanceof Promise
      ? alertType.then((type) => this.#send(found, { entry, update, marked, alertType: type }, now))
      : this.#send(found, { entry, update, marked, alertType }, now);
  }

  /** A record without a place in time may be met by any slice. */
  #isStray({ time }: Found): boolean {
    return time === undefined || time >= this.#job.range.to;
  }

  /** Makes the log of a record that the ledger does not hold, and adds it to the batch. */
  #send(found: Found, decided: Decided, now: number): Promise<void> | undefined {
    const { stream, settings, counts, encoder } = this.#run;
    const { range, backfillBelow } = this.#job;
    const { alertType } = decided;
    if (settings.alertSeverities && stream === 'alerts' && isUnwanted(alertType, settings.alertSeverities)) {
      counts.filtered++;
      return undefined;
    }
    if (stream === 'alerts' && !alertType) counts.unknownTypes++;
    const item = new FoundItem(found, decided, (found.time ?? range.from) < backfillBelow);
    return this.#add(item, encoder.encode(item, found.identity.form, found.time, now));
  }

  /** Whether Datadog may have the log of a record without a note that can be read. */
  #isInDoubt(found: Found, entry: LedgerEntry, update: boolean): boolean {
    const { marked, ledgerMayBeGone } = this.#job;
    const { strays, inDoubt, delivered } = this.#run;
    // Of an alert that has changed, the ledger has forgotten nothing.
    if (marked || (ledgerMayBeGone === true && !update)) return true;
    if (!this.#isStray(found)) return this.#ledger.hasGap(entry.hour);
    // Another slice of this run may have posted a stray and failed.
    return strays.hasGap(entry) || inDoubt || !delivered.clean;
  }

  #add(item: Item, log: LogText): Promise<void> | undefined {
    if (this.#batch.add(item, log)) return undefined;
    return this.#deliver(item.entry).then(() => {
      this.#batch.add(item, log);
    });
  }

  /** @param waiting of a record that is not in the batch yet */
  async #deliver(waiting?: LedgerEntry): Promise<void> {
    await this.#delivery.deliver(this.#batch.take());
    for (const entry of this.#strays) {
      if (entry !== waiting && this.#run.strays.settle(entry)) this.#strays.delete(entry);
    }
  }

  /** Delivers what is left and decides on what was refused. Throws as {@link Delivery.deliver} does. */
  async finish(): Promise<void> {
    await this.#deliver();
    await this.#delivery.finish();
  }

  /** To be called when the slice has failed: what was not delivered is for others to take on. */
  abandon(): void {
    this.#run.strays.drop(this.#strays);
  }
}

/** Alerts are left out by the severity of their type alone: one whose type or severity is not known is kept. */
function isUnwanted(alertType: JsonObject | undefined, wanted: ReadonlySet<string>): boolean {
  const severity = alertType?.['severity'] ?? alertType?.['defaultSeverity'];
  return severity !== undefined && !wanted.has(String(severity));
}
