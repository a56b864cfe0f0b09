import { ClockError } from '../../common/errors.ts';
import { Batch, type Item } from './batch.ts';
import { Copies } from './copies.ts';
import { Delivery } from './deliver.ts';
import { encodeLog } from './encode.ts';
import { type Identity, identify } from './fingerprint.ts';
import type { JsonObject } from './json.ts';
import { type Ledger, ledgerEntry } from './ledger.ts';
import { buildLog } from './log-item.ts';
import type { Page, Range } from './ports.ts';
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

interface Surplus {
  record: JsonObject;
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
  readonly #batch = new Batch();
  readonly #copies = new Copies();
  readonly #surplus = new Map<string, Surplus>();
  #scanStart: number;
  #records = 0;
  #outside = 0;

  constructor(run: StreamRun, job: DrainJob) {
    this.#run = run;
    this.#job = job;
    this.#scanStart = run.now();
    this.#ledger = run.openLedger();
    this.#delivery = new Delivery(run.deliveryOptions, run.delivered);
  }

  async drain(): Promise<DrainResult> {
    const { range } = this.#job;
    await this.#ledger.loadRange(range);
    let complete = await this.#scan();
    if (complete && this.#surplus.size > 0) complete = await this.#confirmSurplus();
    await this.#delivery.deliver(this.#batch.take());
    await this.#delivery.finish();
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
    let records = 0;
    const abort = new AbortController();
    const pages = ports.source.pages(stream, range, { deadline, signal: abort.signal });
    for await (const page of readAhead(pages, abort)) {
      this.#trustTime(page);
      this.#copies.startPage();
      this.#run.counts.fetched += page.records.length;
      for (const record of page.records) await this.#offer(record);
      records += page.records.length;
      this.#records = Math.max(this.#records, records);
      const divisible = settings.boundedAbove && range.to - range.from > 1;
      if (divisible && sliceRules.isFull(records)) return false;
    }
    return true;
  }

  /** A surplus of identical records seen across pages may be an echo of shifting pages: look once more. */
  async #confirmSurplus(): Promise<boolean> {
    if (!(await this.#scan())) return false;
    for (const [content, surplus] of this.#surplus) {
      for (const copy of this.#copies.confirmed(content)) await this.#consider(surplus, copy);
    }
    return true;
  }

  /** The first answer of a slice sets how far it can be proven: what the server had not yet seen may be missing. */
  #trustTime({ serverTime }: Page): void {
    if (serverTime === undefined) return;
    const now = this.#run.now();
    if (Math.abs(now - serverTime) > MAX_CLOCK_DIFFERENCE_SECONDS) {
      throw new ClockError(
        'clock-difference',
        `Valence's clock and this one are ${Math.abs(now - serverTime)} seconds apart; no range can be called complete.`,
        'Nothing to do if it passes; on a local run set the clock.',
      );
    }
    this.#scanStart = Math.min(this.#scanStart, serverTime);
  }

  async #offer(record: JsonObject): Promise<void> {
    const { stream, settings, counts } = this.#run;
    const { from, to } = this.#job.range;
    const time = recordTime(stream, record);
    if (time !== undefined && (time < from || time >= to) && time <= this.#run.now() + FUTURE_SECONDS) {
      if (time < from - SLACK_SECONDS || time > to + SLACK_SECONDS) this.#outside++;
      return;
    }
    if (time !== undefined)
      counts.newestRecord = Math.max(counts.newestRecord, Math.min(time, this.#run.now()));
    const identity = identify(stream, record, settings.volatileFields);
    const copy = identity.key ? 1 : this.#copies.see(identity.content);
    if (copy !== undefined) await this.#consider({ record, time, identity }, copy);
    else this.#surplus.set(identity.content, { record, time, identity });
  }

  /** Puts a record on its way unless the ledger holds it. */
  async #consider({ record, time, identity }: Surplus, copy: number): Promise<void> {
    const { stream, settings, counts } = this.#run;
    const { range, backfillBelow, marked } = this.#job;
    const stray = time === undefined || time >= range.to;
    const ledger = stray ? this.#run.strays : this.#ledger;
    const entry = ledgerEntry(stream, identity, copy, time);
    await ledger.load(entry.hour);
    const known = ledger.lookUp(entry);
    if (known === 'same' || (known === 'changed' && !settings.alertUpdates)) {
      counts.duplicates++;
      return;
    }
    // Before anything is waited for: another slice may meet the same stray meanwhile.
    ledger.remember(entry);
    const alertType = stream === 'alerts' ? await this.#run.alertTypes.of(record) : undefined;
    if (settings.alertSeverities && isUnwanted(alertType, settings.alertSeverities)) {
      counts.filtered++;
      return;
    }
    if (stream === 'alerts' && !alertType) counts.unknownTypes++;
    // Without an id of its own, the copy number is what tells a record from its twin, in quarantine too.
    const fingerprint = identity.key ? identity.content : entry.key;
    const log = buildLog(
      {
        stream,
        record,
        alertType,
        fingerprint,
        update: known === 'changed',
        backfill: (time ?? range.from) < backfillBelow,
      },
      settings.logContext,
      this.#run.now(),
    );
    // A record without a place in time may have been met by any slice that was left in doubt.
    await this.#add({
      record,
      alertType,
      time,
      fingerprint,
      entry,
      marked: marked || (stray && this.#run.inDoubt),
      encoded: encodeLog(log),
    });
  }

  async #add(item: Item): Promise<void> {
    if (!this.#batch.fits(item)) await this.#delivery.deliver(this.#batch.take());
    this.#batch.add(item);
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

/**
 * The same pages, each following one already being fetched while this one is worked on; one page at most is ahead.
 * Leaving the loop cuts the fetch off, so that nothing goes on behind the run's back.
 */
async function* readAhead(pages: AsyncIterable<Page>, abort: AbortController): AsyncIterable<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  const fetchNext = () => {
    const next = iterator.next();
    // Its failure is met when the loop comes to it.
    next.catch(() => undefined);
    return next;
  };
  let next = fetchNext();
  try {
    for (;;) {
      const page = await next;
      if (page.done) return;
      next = fetchNext();
      yield page.value;
    }
  } finally {
    abort.abort();
    await next.catch(() => undefined);
  }
}
