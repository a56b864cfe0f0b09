import { ClockError } from '../../common/errors.ts';
import { parseJsonText } from '../../common/json-text.ts';
import { Batch } from './batch.ts';
import { Copies } from './copies.ts';
import { Delivery } from './deliver.ts';
import { type Identity, identify } from './fingerprint.ts';
import type { Item } from './item.ts';
import type { JsonObject } from './json.ts';
import { type Known, type Ledger, type LedgerEntry, ledgerEntry } from './ledger.ts';
import type { Page, Range } from './ports.ts';
import { readAhead } from './read-ahead.ts';
import type { LogText } from './record-encoder.ts';
import { recordTime } from './record-time.ts';
import { sliceRules } from './slices.ts';
import type { StreamRun } from './stream-run.ts';

/** Slack that the source puts around a range; records further outside mean that it does not filter as asked. */
const SLACK_SECONDS = 1;

/** A record dated further ahead than this would wait for ever: it is delivered at once, and moves no watermark. */
const FUTURE_SECONDS = 10 * 60;

const MAX_CLOCK_DIFFERENCE_SECONDS = 5 * 60;

export interface DrainJob {
  range: Range;
  /** Logs of records below this time are tagged as backfill. */
  backfillBelow: number;
  /** Datadog may hold logs of this range already. */
  marked: boolean;
  /** Datadog may hold logs of this range of which the ledger has forgotten. */
  ledgerMayBeGone?: boolean;
}

export interface DrainResult {
  /** Every record that the source showed for the range is accepted or quarantined. */
  complete: boolean;
  /** Up to where the range is proven: its end, or less when the server's clock says less. */
  end: number;
  /** Trusted time at the start of the scan, epoch seconds. */
  scanStart: number;
  /** So many records that the slice must not grow. */
  dense: boolean;
}

/** A record of the slice. */
interface Found {
  record: JsonObject;
  /** Epoch seconds; undefined when it has no usable time. */
  time: number | undefined;
  identity: Identity;
}

/**
 * Drains one slice: reads all its pages, and delivers what the ledger does not hold yet.
 * @throws whatever the ports throw; the slice then stays open and what was delivered stands in the ledger
 */
export async function drain(run: StreamRun, job: DrainJob): Promise<DrainResult> {
  return new SliceDrain(run, job).drain();
}

class SliceDrain {
  readonly #run: StreamRun;
  readonly #job: DrainJob;
  readonly #ledger: Ledger;
  readonly #delivery: Delivery;
  readonly #batch: Batch;
  readonly #copies: Copies;
  /** Canonical JSON by the fingerprint of the content. */
  readonly #surplus = new Map<string, string>();
  /** Taken on by this slice and not delivered yet. */
  readonly #strays = new Set<LedgerEntry>();
  #scanStart: number;
  #scans = 0;
  #records = 0;
  #outside = 0;

  constructor(run: StreamRun, job: DrainJob) {
    this.#run = run;
    this.#job = job;
    this.#scanStart = run.now();
    this.#batch = new Batch(run.spareBytes);
    this.#copies = new Copies(run.hashSeed);
    this.#ledger = run.openLedger();
    this.#delivery = new Delivery(run.deliveryOptions, run.delivered);
  }

  async drain(): Promise<DrainResult> {
    const { range } = this.#job;
    let complete: boolean;
    try {
      await this.#ledger.loadRange(range);
      complete = await this.#scan();
      if (complete && this.#surplus.size > 0) complete = await this.#confirmSurplus();
      await this.#deliver();
      await this.#delivery.finish();
    } catch (error) {
      this.#run.strays.drop(this.#strays);
      throw error;
    }
    this.#batch.release();
    this.#warnOfOutsiders();
    const { settleSeconds } = this.#run.settings;
    return {
      complete,
      end: Math.min(range.to, this.#scanStart - settleSeconds),
      scanStart: this.#scanStart,
      dense: sliceRules.isDense(this.#records),
    };
  }

  /** @returns false when the slice was cut */
  async #scan(): Promise<boolean> {
    const { stream, ports, deadline, settings } = this.#run;
    const { range } = this.#job;
    this.#copies.startScan();
    this.#scans++;
    this.#records = 0;
    const abort = new AbortController();
    const { pageHalvings } = this.#run;
    const pages = ports.source.pages(stream, range, { deadline, signal: abort.signal, pageHalvings });
    for await (const { page, arrivedAt } of readAhead(pages, abort, () => this.#run.now())) {
      this.#trustTime(page, arrivedAt);
      this.#copies.startPage();
      this.#run.counts.fetched += page.records.length;
      const now = this.#run.now();
      for (let index = 0; index < page.records.length; index++) {
        const waiting = this.#offer(page.records.at(index) as JsonObject, now);
        if (waiting) await waiting;
      }
      const divisible = settings.boundedAbove && range.to - range.from > 1;
      if (divisible && sliceRules.isFull(this.#records)) return false;
    }
    return true;
  }

  /** A surplus of identical records seen across pages may be an echo of shifting pages: look once more. */
  async #confirmSurplus(): Promise<boolean> {
    if (!(await this.#scan())) return false;
    const now = this.#run.now();
    for (const [content, text] of this.#surplus) {
      const copies = this.#copies.confirmed(content);
      if (copies.length === 0) continue;
      const record = parseJsonText(text) as JsonObject;
      const surplus = this.#found(record, recordTime(this.#run.stream, record));
      for (const copy of copies) await this.#consider(surplus, copy, now);
    }
    return true;
  }

  /** The first answer of a slice sets how far it can be proven: what the server had not yet seen may be missing. */
  #trustTime({ serverTime }: Page, arrivedAt: number): void {
    if (serverTime === undefined) return;
    const difference = Math.abs(arrivedAt - serverTime);
    if (difference > MAX_CLOCK_DIFFERENCE_SECONDS) {
      throw new ClockError(
        'clock-difference',
        `Valence's clock and this one are ${difference} seconds apart; no range can be called complete.`,
        'Nothing to do if it passes; on a local run set the clock.',
      );
    }
    this.#scanStart = Math.min(this.#scanStart, serverTime);
  }

  /**
   * Looks at one record of a page.
   * @param now trusted time in epoch seconds
   * @returns what has to be waited for; most records need nothing, and waiting costs as much as working on one
   */
  #offer(record: JsonObject, now: number): Promise<void> | undefined {
    const { stream, settings, counts } = this.#run;
    const { from, to } = this.#job.range;
    const time = recordTime(stream, record);
    if (time !== undefined && (time < from || time >= to) && time <= now + FUTURE_SECONDS) {
      // Without an upper bound, what is later than the range was asked for, too.
      const isTooLate = time > to + SLACK_SECONDS && settings.boundedAbove;
      if (time < from - SLACK_SECONDS || isTooLate) this.#outside++;
      return undefined;
    }
    // Only what a shorter slice would not hold: a source that ignores the range shows everything to each.
    if (time !== undefined && time < to) this.#records++;
    if (time !== undefined) counts.newestRecord = Math.max(counts.newestRecord, Math.min(time, now));
    const found = this.#found(record, time);
    const { key, content, form } = found.identity;
    const copy = key ? 1 : this.#copies.see(content);
    if (copy !== undefined) return this.#consider(found, copy, now);
    if (this.#scans === 1) this.#surplus.set(content, form.text);
    return undefined;
  }

  #found(record: JsonObject, time: number | undefined): Found {
    const { stream, settings } = this.#run;
    return { record, time, identity: identify(stream, record, settings.volatileFields) };
  }

  /** Puts a record on its way unless the ledger holds it. */
  #consider(found: Found, copy: number, now: number): Promise<void> | undefined {
    return this.#isStray(found) ? this.#considerStray(found, copy, now) : this.#considerOwn(found, copy, now);
  }

  #considerOwn(found: Found, copy: number, now: number): Promise<void> | undefined {
    const entry = ledgerEntry(this.#run.stream, found.identity, copy, found.time);
    const known = this.#ledger.lookUp(entry);
    if (this.#isOld(known)) return undefined;
    // Records without an id of their own are counted, which tells one that comes back from a new one.
    if (found.identity.key) this.#ledger.remember(entry);
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
    if (this.#run.stream === 'audit-logs')
      return this.#dispatch(found, { entry, update, alertType: undefined }, now);
    const alertType = this.#run.alertTypes.of(found.record);
    return alertType instanceof Promise
      ? alertType.then((type) => this.#dispatch(found, { entry, update, alertType: type }, now))
      : this.#dispatch(found, { entry, update, alertType }, now);
  }

  /** A record without a place in time may be met by any slice. */
  #isStray({ time }: Found): boolean {
    return time === undefined || time >= this.#job.range.to;
  }

  /** Makes the log of a record that the ledger does not hold, and adds it to the batch. */
  #dispatch(
    found: Found,
    { entry, update, alertType }: Pick<Item, 'entry' | 'update' | 'alertType'>,
    now: number,
  ): Promise<void> | undefined {
    const { stream, settings, counts, encoder } = this.#run;
    const { range, backfillBelow, marked, ledgerMayBeGone } = this.#job;
    const { record, time, identity } = found;
    if (settings.alertSeverities && stream === 'alerts' && isUnwanted(alertType, settings.alertSeverities)) {
      counts.filtered++;
      return undefined;
    }
    if (stream === 'alerts' && !alertType) counts.unknownTypes++;
    // Without an id of its own, the copy number is what tells a record from its twin, in quarantine too.
    const fingerprint = identity.key ? identity.content : entry.key;
    const backfill = (time ?? range.from) < backfillBelow;
    const source = { stream, record, alertType, fingerprint, update, backfill };
    const item: Item = {
      record,
      alertType,
      time,
      fingerprint,
      update,
      backfill,
      entry,
      // Of an alert that has changed, the ledger has forgotten nothing.
      marked: marked || (ledgerMayBeGone === true && !update) || this.#isInDoubt(found),
    };
    return this.#add(item, encoder.encode(source, identity.form, time, now));
  }

  /** Whether Datadog may have the log of a record without a note that can be read. */
  #isInDoubt(found: Found): boolean {
    const { strays, inDoubt, delivered } = this.#run;
    // Another slice of this run may have posted a stray and failed.
    return this.#isStray(found) ? strays.hasGaps || inDoubt || !delivered.clean : this.#ledger.hasGaps;
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
      if (entry === waiting) continue;
      this.#run.strays.settle(entry);
      this.#strays.delete(entry);
    }
  }

  #warnOfOutsiders(): void {
    if (this.#outside === 0) return;
    const { ports, stream } = this.#run;
    ports.telemetry.warn(
      'Valence returned records far outside the range asked for; they were left to their own range. ' +
        'Check fromParam, toParam and timeUnit of the API profile.',
      { stream, ...this.#job.range, records: this.#outside },
    );
  }
}

/** Alerts are left out by the severity of their type alone: one whose type or severity is not known is kept. */
function isUnwanted(alertType: JsonObject | undefined, wanted: ReadonlySet<string>): boolean {
  const severity = alertType?.['severity'] ?? alertType?.['defaultSeverity'];
  return severity !== undefined && !wanted.has(String(severity));
}
