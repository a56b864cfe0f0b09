import { wallSeconds } from '../../../shared/clock.ts';
import { SourceError } from '../../../shared/errors.ts';
import { Batch } from '../delivery/batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import type { Item } from '../delivery/item.ts';
import { Pool } from '../memory/pool.ts';
import type { ListFacts } from './completeness.ts';
import { Deduplicator } from './deduplicator.ts';
import { Filter } from './filter.ts';
import { Newcomers } from './newcomers.ts';
import { type SliceTask, sliceRules } from './planner.ts';
import { type Candidate, SliceReader } from './reader.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamContext } from './stream-context.ts';
import { quarantineNewElements } from './unreadable-elements.ts';

export interface SliceResult {
  /** Whether every record that the source returned for the range is accepted or quarantined. */
  complete: boolean;
  /** Where the proven range ends: the end of the slice, or earlier if the server's clock is behind. */
  end: number;
  /** Trusted time at the start of the scan, epoch seconds. */
  scanStart: number;
  /** So many records, or a list that was cut: slices must not become longer. */
  dense: boolean;
  /** What the source returned, by which {@link isTrusted} judges whether the list is complete. */
  list: ListFacts;
}

/**
 * Processes slices concurrently: reads all their pages, and delivers the records that the ledger does not contain. They
 * share the loaded part of the ledger, so a run must not process other slices at the same time.
 * @param tasks slices that do not overlap
 * @returns the outcome of each slice when all have ended. A failed slice stays open; those of its records that were
 *   delivered are in the ledger.
 */
export async function processTasks(
  context: StreamContext,
  tasks: readonly SliceTask[],
): Promise<PromiseSettledResult<SliceResult>[]> {
  const results = await Promise.allSettled(
    tasks.map((task) =>
      context.memory.use((memory) =>
        batches.use((batch) => new SliceProcess(context, task, { memory, batch }, tasks.length > 1).run()),
      ),
    ),
  );
  // The loaded part lacks what these slices have delivered.
  context.ledger.clear();
  context.newKeys.clear();
  if (context.lists.showsOutsiders) context.recordsWithoutSlice.unload();
  return results;
}

/** Processes one slice. Throws whatever the ports throw, see {@link processTasks}. */
export async function processTask(context: StreamContext, task: SliceTask): Promise<SliceResult> {
  const [result] = (await processTasks(context, [task])) as [PromiseSettledResult<SliceResult>];
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** For all runs of the process: a new one in each would make V8 collect the garbage of the whole heap once a run. */
const batches = new Pool(() => new Batch());

/** Fields and elements of the records that are held parsed at the same time: of thousands of alerts, each of which has a hundred. */
const MAX_HELD_VALUES = 500_000;

/** Divides the records of a page, so that hostile ones cannot fill the memory together. */
function* inParts(candidates: Iterable<Candidate>): Generator<Candidate[]> {
  let [part, values]: [Candidate[], number] = [[], 0];
  for (const candidate of candidates) {
    const { attributes, elements } = candidate.identity.form;
    part.push(candidate);
    values += attributes + elements;
    if (values < MAX_HELD_VALUES) continue;
    yield part;
    [part, values] = [[], 0];
  }
  if (part.length > 0) yield part;
}

class SliceProcess {
  readonly #context: StreamContext;
  readonly #task: SliceTask;
  readonly #batch: Batch;
  readonly #reader: SliceReader;
  readonly #deduplicator: Deduplicator;
  readonly #filter: Filter;
  readonly #delivery: Delivery;
  readonly #newcomers: Newcomers;

  /** @param isConcurrent whether other slices are processed at the same time */
  constructor(
    context: StreamContext,
    task: SliceTask,
    { memory, batch }: { memory: SliceMemory; batch: Batch },
    isConcurrent: boolean,
  ) {
    this.#context = context;
    this.#task = task;
    this.#batch = batch;
    this.#reader = new SliceReader(context, task.range, memory, isConcurrent);
    this.#deduplicator = new Deduplicator(context, task, memory);
    this.#filter = new Filter(context);
    this.#delivery = new Delivery(context.deliveryOptions, context.deliveryState);
    this.#newcomers = new Newcomers(context, this.#filter);
  }

  async run(): Promise<SliceResult> {
    const { range } = this.#task;
    let complete: boolean;
    let list: ListFacts;
    try {
      await this.#context.ledger.loadRange(range);
      complete = await this.#scan();
      // Before a second scan, whose pages may be smaller: the size of the last page says whether the list was cut.
      list = this.#reader.list;
      if (complete && this.#reader.hasUnconfirmedCopies) complete = await this.#sendConfirmedCopies();
      if (complete && this.#deduplicator.needsScan) complete = await this.#scan();
      await this.#finish();
    } catch (error) {
      const reason = error instanceof SourceError ? await this.#deliverDespite(error) : error;
      this.#deduplicator.releaseClaims();
      throw reason;
    }
    this.#reader.warnOfRecordsOutside();
    this.#newcomers.warn();
    const { startedAt } = this.#reader;
    return {
      complete: complete && !this.#reader.hasLeftOutsiders,
      end: Math.min(range.to, startedAt - this.#context.settings.settleSeconds),
      scanStart: startedAt,
      dense: sliceRules.isDense(list.records) || list.end === 'cut',
      list,
    };
  }

  /**
   * Delivers what was read before the source failed.
   * @returns the error of the slice: the source's, unless the delivery failed. Then the run must not read the range again in
   *   parts, because it would repeat unmarked what it may have posted.
   */
  async #deliverDespite(error: SourceError): Promise<unknown> {
    try {
      await this.#finish();
      return error;
    } catch (later) {
      return later;
    }
  }

  /**
   * @param maxPageRecords see {@link ScanOptions}
   * @returns false when the slice holds too many records, and the rest was not read
   */
  async #scan(maxPageRecords?: number): Promise<boolean> {
    const { settings, ports } = this.#context;
    const { range } = this.#task;
    const divisible = settings.boundedAbove && range.to - range.from > 1;
    this.#deduplicator.startScan();
    for await (const arrived of this.#reader.scan(maxPageRecords)) {
      this.#reader.startPage(arrived);
      const now = wallSeconds(ports.clock);
      await this.#sendPage(this.#reader.candidates(arrived.page, now), now);
      await quarantineNewElements(this.#context, this.#delivery, this.#reader.takeUnreadable());
      if (divisible && sliceRules.isFull(this.#reader.records)) return false;
    }
    return true;
  }

  /**
   * Looks at all records of a page before the first is sent, where most of them should be known; of an unusually large page at one part
   * after the other. Throws as {@link Filter.load} and {@link #send} do.
   */
  async #sendPage(candidates: Iterable<Candidate>, now: number): Promise<void> {
    if (!this.#task.wasProcessed) return this.#send(candidates, now);
    for (const part of inParts(candidates)) {
      await this.#newcomers.see(part, now);
      this.#deduplicator.doubtsEverything ||= this.#newcomers.areSuspicious;
      await this.#send(part, now);
    }
  }

  /** Scans again, and sends the copies that both scans have shown. @returns as {@link #scan} does */
  async #sendConfirmedCopies(): Promise<boolean> {
    if (!(await this.#scanAgain())) return false;
    await this.#send(this.#reader.confirmedCopies(), wallSeconds(this.#context.ports.clock));
    return true;
  }

  /** Scans in pages of half the size if possible: their boundaries lie between other records. @returns as {@link #scan} does */
  async #scanAgain(): Promise<boolean> {
    const { halfPage } = this.#reader;
    if (halfPage === undefined) return this.#scan();
    try {
      const complete = await this.#scan(halfPage);
      if (!complete || this.#reader.hasShownAll) return complete;
    } catch (error) {
      // The source may refuse this page size.
      if (!(error instanceof SourceError)) throw error;
    }
    // It may also show less with it, for example because one second fills a page.
    return this.#scan();
  }

  /**
   * Deduplicates records and enqueues them. The only place where a single record may have to wait, and it rarely does: an
   * `await` for each would cost about as much as the record itself.
   * @param now trusted time in epoch seconds
   * @throws as {@link Delivery.deliver}, {@link RecordsWithoutSlice.load} and {@link Filter.load} do
   */
  async #send(candidates: Iterable<Candidate>, now: number): Promise<void> {
    const { encoder, counts, stream } = this.#context;
    for (const candidate of candidates) {
      // In a loop, because a slice that fails meanwhile unloads what was loaded.
      while (!this.#deduplicator.isReadyFor(candidate, now)) await this.#deduplicator.load(candidate, now);
      const decision = this.#deduplicator.decide(candidate, now);
      if (!decision) continue;
      const { record, identity, time } = candidate;
      if (!this.#filter.isReadyFor(record)) await this.#filter.load();
      if (!this.#filter.isWanted(candidate, now)) {
        counts.filtered++;
        continue;
      }
      const alertType = this.#filter.typeOf(record);
      if (stream === 'alerts' && !alertType) counts.unknownTypes++;
      const item = this.#deduplicator.itemOf(candidate, decision, alertType);
      const log = encoder.encode(item, identity.form, time, now);
      if (this.#batch.add(item, log)) continue;
      await this.#deliver(item);
      this.#batch.add(item, log);
    }
  }

  /** @param waiting an item that is not in the batch yet */
  async #deliver(waiting?: Item): Promise<void> {
    await this.#delivery.deliver(this.#batch.seal());
    await this.#delivery.note(this.#deduplicator.takeAdopted());
    if (this.#delivery.isSettled) await this.#delivery.note(this.#deduplicator.takeNotes(waiting?.entry));
    this.#deduplicator.confirmClaims(waiting?.entry);
  }

  async #finish(): Promise<void> {
    await this.#deliver();
    await this.#delivery.finish();
    await this.#delivery.note(this.#deduplicator.takeNotes());
  }
}
