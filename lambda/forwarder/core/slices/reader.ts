import { MAX_CLOCK_DIFFERENCE_SECONDS, NEWEST_DATED_SECONDS, RANGE_SLACK_SECONDS } from '../../../limits.ts';
import { wallSeconds } from '../../../shared/clock.ts';
import { ClockError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { parseJsonText, UNBOUNDED } from '../../../shared/json-text.ts';
import { wordsOf } from '../ledger/fingerprint-table.ts';
import { Unreadable } from '../memory/pages.ts';
import type { ListEnd, Page, Range } from '../ports.ts';
import { type Identity, identify } from '../records/identity.ts';
import { recordTime } from '../records/time.ts';
import { type IdentitySum, type ListFacts, type Sample, sampleWith, sumOf } from './completeness.ts';
import type { CopyCounter } from './copy-counter.ts';
import { type ArrivedPage, readAhead } from './read-ahead.ts';
import type { SliceMemory } from './slice-memory.ts';
import type { StreamContext } from './stream-context.ts';
import { UnconfirmedCopies } from './unconfirmed-copies.ts';

/** A record of the slice that may have to be sent. A class for the reason given in memory/README.md. */
export class Candidate {
  readonly record: JsonObject;
  /** Epoch seconds; undefined when it has no usable time. */
  readonly time: number | undefined;
  readonly identity: Identity;
  /** Number among identical records, from 1. */
  readonly copy: number;
  /** Whether it may be the same record as an earlier candidate. */
  readonly isDoubtfulCopy: boolean;

  constructor(
    record: JsonObject,
    time: number | undefined,
    identity: Identity,
    copy: number,
    isDoubtfulCopy = false,
  ) {
    this.record = record;
    this.time = time;
    this.identity = identity;
    this.copy = copy;
    this.isDoubtfulCopy = isDoubtfulCopy;
  }
}

/** Reads the pages of one slice: selects the records of its range and counts identical ones. */
export class SliceReader {
  readonly #context: StreamContext;
  readonly #range: Range;
  readonly #memory: SliceMemory;
  readonly #copies: CopyCounter;
  readonly #isConcurrent: boolean;
  readonly #unconfirmedCopies = new UnconfirmedCopies();
  readonly #unreadable: Unreadable[] = [];
  #scans = 0;
  /** Records of the range in the current scan. */
  records = 0;
  /** With those of the slack, see {@link ListFacts}. */
  #shown = 0;
  /** Sum over the identities of these records, see {@link ListFacts}. */
  identities: IdentitySum = [0, 0];
  /** The same of records outside the range. */
  #outsiders: IdentitySum = [0, 0];
  #sample: Sample = [];
  /** Records outside the range, slack included. */
  outside = 0;
  /** Whether such records were left to a scan without concurrent slices, one of which they may belong to. */
  hasLeftOutsiders = false;
  /** How the source ended the list of the current scan. */
  listEnd: ListEnd = 'unstated';
  /** Records of the last page of the current scan. */
  lastPage = 0;
  #pages = 0;
  /** Records of the largest page of all scans. */
  #largestPage = 0;
  /** When the scan began by the slower of both clocks, epoch seconds: what is newer may be missing. */
  startedAt: number;

  /** @param isConcurrent whether other slices are processed at the same time */
  constructor(context: StreamContext, range: Range, memory: SliceMemory, isConcurrent: boolean) {
    this.#isConcurrent = isConcurrent;
    this.#context = context;
    this.#range = range;
    this.#memory = memory;
    this.#copies = memory.copies;
    this.startedAt = wallSeconds(context.ports.clock);
  }

  /**
   * The pages of the range, one being fetched ahead. Throws as {@link Source.pages} does.
   * @param maxPageRecords see {@link ScanOptions}
   */
  scan(maxPageRecords?: number): AsyncIterable<ArrivedPage> {
    const { stream, ports, deadline, pageSize, maxAttempts } = this.#context;
    this.#copies.startScan();
    this.#scans++;
    this.records = 0;
    this.#shown = 0;
    this.identities = [0, 0];
    this.#outsiders = [0, 0];
    this.#sample = [];
    this.#pages = 0;
    const abort = new AbortController();
    const pages = ports.source.pages(stream, this.#range, {
      deadline,
      maxAttempts,
      signal: abort.signal,
      onEnd: (end) => {
        this.listEnd = end;
      },
      pageHalvings: pageSize.halvings,
      maxPageRecords,
      pageBuffers: this.#memory.pageBuffers,
    });
    return readAhead(pages, abort, () => wallSeconds(ports.clock));
  }

  /** @throws {ClockError} when the server's clock and this one differ by too much */
  startPage({ page, arrivedAt }: ArrivedPage): void {
    this.#trustTime(page, arrivedAt);
    this.#copies.startPage(page.records.length);
    this.#context.counts.fetched += page.records.length;
    this.#pages++;
    this.lastPage = page.records.length;
    this.#largestPage = Math.max(this.#largestPage, page.records.length);
    const { lists } = this.#context;
    if (this.#pages > 1) lists.hasNamedPages = true;
    lists.largestPage = Math.max(lists.largestPage, page.records.length);
  }

  /**
   * The records of a page that may have to be sent.
   * @param now trusted time in epoch seconds
   * @throws {SourceError} as {@link RecordList.at} does
   */
  *candidates({ records }: Page, now: number): Generator<Candidate> {
    for (let index = 0; index < records.length; index++) {
      const record = records.at(index) as JsonObject | Unreadable;
      if (record instanceof Unreadable) {
        this.#copies.skip();
        this.#unreadable.push(record);
        continue;
      }
      const candidate = this.#select(record, now);
      if (candidate) yield candidate;
    }
  }

  /** The elements without a record that {@link candidates} has met since the last call. */
  takeUnreadable(): Unreadable[] {
    return this.#unreadable.splice(0);
  }

  /** Whether identical records on different pages may be one record that moved. Only a second scan can tell. */
  get hasUnconfirmedCopies(): boolean {
    return this.#unconfirmedCopies.size > 0;
  }

  /** Half the largest page; undefined where the source cannot be asked for smaller pages. */
  get halfPage(): number | undefined {
    const { settings, pageSize } = this.#context;
    const canBeHalved = (settings.pageHalvings ?? 0) > pageSize.halvings && this.#largestPage > 1;
    return canBeHalved ? Math.floor(this.#largestPage / 2) : undefined;
  }

  /** Whether the latest scan has shown as many different records as the first one. */
  get hasShownAll(): boolean {
    return this.#copies.hasShownAll;
  }

  /** What the current scan has shown of the list. */
  get list(): ListFacts {
    const { records, identities, outside, lastPage, listEnd } = this;
    const outsiders = this.#outsiders;
    const sample = this.#sample;
    return { records, shown: this.#shown, identities, outside, outsiders, sample, lastPage, end: listEnd };
  }

  /** The copies that a second scan has confirmed, or cannot decide on. */
  *confirmedCopies(): Generator<Candidate> {
    for (const [content, text] of this.#unconfirmedCopies) {
      const copies = this.#copies.confirmed(content);
      if (copies.length === 0) continue;
      // It was bounded when it was read.
      const record = parseJsonText(text, UNBOUNDED) as JsonObject;
      const time = recordTime(this.#context.stream, record);
      const identity = this.#identify(record);
      for (const { copy, isDoubtful } of copies) {
        yield new Candidate(record, time, identity, copy, isDoubtful);
      }
    }
  }

  warnOfRecordsOutside(): void {
    if (this.outside === 0) return;
    const { ports, stream } = this.#context;
    const isOnlyOutside = this.records === 0;
    ports.telemetry.warn(
      'records-outside-range',
      isOnlyOutside
        ? 'Valence returned only records outside the range asked for. If it filters by the time of the last update, set timeFilter to "update" in the API profile; otherwise check fromParam, toParam and timeUnit.'
        : 'Valence returned records outside the range asked for. Check fromParam, toParam, timeUnit and timeFilter of the API profile.',
      { stream, ...this.#range, records: this.outside },
    );
  }

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
    this.startedAt = Math.min(this.startedAt, serverTime);
  }

  #select(record: JsonObject, now: number): Candidate | undefined {
    const { stream, settings, counts } = this.#context;
    const { from, to } = this.#range;
    const time = recordTime(stream, record);
    const belongsHere = settings.timeFilter === 'update';
    // A record dated further ahead is sent at once, because its slice may never come. It moves no watermark.
    const isAhead = time !== undefined && time >= to && time > now + NEWEST_DATED_SECONDS;
    if (time !== undefined && !isAhead && (belongsHere || !this.#isFarOutside(time))) this.#shown++;
    const isOutside = time !== undefined && (time < from || time >= to) && !isAhead && !belongsHere;
    if (isOutside && !this.#isForwardedOutsider(time)) {
      this.#copies.skip();
      return undefined;
    }
    // Records that a shorter slice would contain as well do not count: a source may ignore the range.
    if (time !== undefined && !isOutside) {
      counts.newestRecord = Math.max(counts.newestRecord, Math.min(time, now));
    }
    const identity = this.#identify(record);
    if (isOutside || (time !== undefined && (time < to || belongsHere))) this.#sum(identity, isOutside);
    if (identity.key) this.#copies.skip();
    const copy = identity.key ? 1 : this.#copies.see(identity.content, time);
    if (copy !== undefined) return new Candidate(record, time, identity, copy);
    if (this.#scans > 1 || this.#unconfirmedCopies.keep(identity)) return undefined;
    return new Candidate(record, time, identity, this.#copies.assume(identity.content), true);
  }

  #sum({ content }: Identity, isOutside: boolean): void {
    const [first = 0, second = 0] = wordsOf(content);
    this.#sample = sampleWith(this.#sample, first);
    if (isOutside) {
      this.#outsiders = sumOf(this.#outsiders, [first, second]);
      return;
    }
    this.records++;
    this.identities = sumOf(this.identities, [first, second]);
  }

  /** Whether a record outside the range is forwarded with this slice. The list of its own range may not show it. */
  #isForwardedOutsider(time: number): boolean {
    const { settings, lists, outsiders } = this.#context;
    const { to } = this.#range;
    // Without an upper bound, later records were asked for, too.
    if (time >= to && !settings.boundedAbove) return false;
    const isFarOutside = this.#isFarOutside(time);
    if (isFarOutside) this.outside++;
    if (!outsiders || time < outsiders.from || time >= outsiders.to) return false;
    if (isFarOutside) lists.showsOutsiders = true;
    // Every source shows records of the slack.
    if (!lists.showsOutsiders) return false;
    if (this.#isConcurrent) {
      this.hasLeftOutsiders = true;
      return false;
    }
    return true;
  }

  /** Whether a time is beyond the slack that is asked for on each side of the range. */
  #isFarOutside(time: number): boolean {
    const { from, to } = this.#range;
    return time < from - RANGE_SLACK_SECONDS || time > to + RANGE_SLACK_SECONDS;
  }

  #identify(record: JsonObject): Identity {
    return identify(this.#context.stream, record, this.#context.settings.identityRules);
  }
}
