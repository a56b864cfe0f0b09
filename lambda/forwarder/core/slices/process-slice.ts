import { MAX_CLOCK_DIFFERENCE_SECONDS, NEWEST_DATED_SECONDS } from '../../../limits.ts';
import { ClockError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { parseJsonText } from '../../../shared/json-text.ts';
import type { Page } from '../ports.ts';
import { identify } from '../records/identity.ts';
import { recordTime } from '../records/time.ts';
import { Candidate, Deduplicator, type SliceTask } from './deduplicator.ts';
import { sliceRules } from './planner.ts';
import { readAhead } from './read-ahead.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamRun } from './stream-context.ts';

/** Slack that the source puts around a range; records further outside mean that it does not filter as asked. */
const SLACK_SECONDS = 1;

export interface SliceResult {
  /** Every record that the source showed for the range is accepted or quarantined. */
  complete: boolean;
  /** Up to where the range is proven: its end, or less when the server's clock says less. */
  end: number;
  /** Trusted time at the start of the scan, epoch seconds. */
  scanStart: number;
  /** So many records that the slice must not grow. */
  dense: boolean;
}

/**
 * Drains slices of a run side by side: reads all their pages, and delivers what the ledger does not hold yet. They share what
 * they load of the ledger, so nothing else of the run may be drained meanwhile.
 * @param jobs slices that do not overlap
 * @returns for each slice how it went, when all have ended. One fails with whatever the ports throw; it then stays open, and
 *   what was delivered of it stands in the ledger.
 */
export async function processSlices(
  run: StreamRun,
  jobs: readonly SliceTask[],
): Promise<PromiseSettledResult<SliceResult>[]> {
  const results = await Promise.allSettled(jobs.map((job) => drainSlice(run, job)));
  // What was delivered since is not in it.
  run.ledger.clear();
  return results;
}

/** Drains one slice of a run. Throws whatever the ports throw, see {@link processSlices}. */
export async function processSlice(run: StreamRun, job: SliceTask): Promise<SliceResult> {
  const [result] = (await processSlices(run, [job])) as [PromiseSettledResult<SliceResult>];
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function drainSlice(run: StreamRun, job: SliceTask): Promise<SliceResult> {
  const memory = run.borrowMemory();
  try {
    return await new SliceDrain(run, job, memory).processSlice();
  } finally {
    run.returnMemory(memory);
  }
}

class SliceDrain {
  readonly #run: StreamRun;
  readonly #job: SliceTask;
  readonly #memory: SliceMemory;
  readonly #deduplicator: Deduplicator;
  /** Canonical JSON by the fingerprint of the content. */
  readonly #unconfirmedCopies = new Map<string, string>();
  #scanStart: number;
  #scans = 0;
  #records = 0;
  #outside = 0;

  constructor(run: StreamRun, job: SliceTask, memory: SliceMemory) {
    this.#run = run;
    this.#job = job;
    this.#memory = memory;
    this.#scanStart = run.now();
    this.#deduplicator = new Deduplicator(run, job, memory);
  }

  async processSlice(): Promise<SliceResult> {
    const { range } = this.#job;
    let complete: boolean;
    try {
      await this.#deduplicator.begin();
      complete = await this.#scan();
      if (complete && this.#unconfirmedCopies.size > 0) complete = await this.#confirmCopies();
      await this.#deduplicator.finish();
    } catch (error) {
      this.#deduplicator.abandon();
      throw error;
    }
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
    const { copies, pageBytes } = this.#memory;
    copies.startScan();
    this.#scans++;
    this.#records = 0;
    const abort = new AbortController();
    const { pageHalvings } = this.#run;
    const options = { deadline, signal: abort.signal, pageHalvings, pageBytes };
    const pages = ports.source.pages(stream, range, options);
    for await (const { page, arrivedAt } of readAhead(pages, abort, () => this.#run.now())) {
      this.#trustTime(page, arrivedAt);
      copies.startPage();
      this.#run.counts.fetched += page.records.length;
      const now = this.#run.now();
      for (let index = 0; index < page.records.length; index++) {
        const waiting = this.#lookAt(page.records.at(index) as JsonObject, now);
        if (waiting) await waiting;
      }
      const divisible = settings.boundedAbove && range.to - range.from > 1;
      if (divisible && sliceRules.isFull(this.#records)) return false;
    }
    return true;
  }

  /** A surplus of identical records seen across pages may be an echo of shifting pages: look once more. */
  async #confirmCopies(): Promise<boolean> {
    if (!(await this.#scan())) return false;
    const now = this.#run.now();
    for (const [content, text] of this.#unconfirmedCopies) {
      const copies = this.#memory.copies.confirmed(content);
      if (copies.length === 0) continue;
      const record = parseJsonText(text) as JsonObject;
      const surplus = this.#candidate(record, recordTime(this.#run.stream, record));
      for (const copy of copies) await this.#deduplicator.offer(surplus, copy, now);
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
  #lookAt(record: JsonObject, now: number): Promise<void> | undefined {
    const { stream, settings, counts } = this.#run;
    const { from, to } = this.#job.range;
    const time = recordTime(stream, record);
    // A record dated further ahead would wait for ever: it is delivered at once, and moves no watermark.
    if (time !== undefined && (time < from || (time >= to && time <= now + NEWEST_DATED_SECONDS))) {
      // Without an upper bound, what is later than the range was asked for, too.
      const isTooLate = time > to + SLACK_SECONDS && settings.boundedAbove;
      if (time < from - SLACK_SECONDS || isTooLate) this.#outside++;
      return undefined;
    }
    // Only what a shorter slice would not hold: a source that ignores the range shows everything to each.
    if (time !== undefined && time < to) this.#records++;
    if (time !== undefined) counts.newestRecord = Math.max(counts.newestRecord, Math.min(time, now));
    const candidate = this.#candidate(record, time);
    const { key, content, form } = candidate.identity;
    const copy = key ? 1 : this.#memory.copies.see(content);
    if (copy !== undefined) return this.#deduplicator.offer(candidate, copy, now);
    if (this.#scans === 1) this.#unconfirmedCopies.set(content, form.text);
    return undefined;
  }

  #candidate(record: JsonObject, time: number | undefined): Candidate {
    const { stream, settings } = this.#run;
    return new Candidate(record, time, identify(stream, record, settings.volatileFields));
  }

  #warnOfOutsiders(): void {
    if (this.#outside === 0) return;
    const { ports, stream } = this.#run;
    ports.telemetry.warn(
      'records-outside-range',
      'Valence returned records far outside the range asked for; they were left to their own range. ' +
        'Check fromParam, toParam and timeUnit of the API profile.',
      { stream, ...this.#job.range, records: this.#outside },
    );
  }
}
