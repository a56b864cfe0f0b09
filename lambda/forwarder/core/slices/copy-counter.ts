import { FingerprintTable } from '../ledger/fingerprint-table.ts';
import { OVERLAPS, type Overlap, possibleOverlaps, ScanTally, Tally } from './overlap.ts';

/** A content that was seen more than once in a scan. */
class Count {
  /** Largest number seen within one page: at least that many records exist. */
  certain = 1;
  /** The last page that showed it. */
  page: number;
  inPage = 1;
  /** How often the page before that one showed it, if pages can overlap there. */
  inPageBefore = 0;
  tally = new Tally();
  /** The tally of the first scan, when it has ended; undefined if that did not show the content more than once. */
  first: Tally | undefined;

  constructor(page: number) {
    this.page = page;
    this.tally.shown = 1;
  }
}

/** The page that is being counted. */
class CurrentPage {
  readonly records: number;
  /** The last content of the page before; undefined if a record that is not counted came after it. */
  readonly lastBefore: string | undefined;
  /** How many records of one second the page before has ended with. */
  readonly lastSecondBefore: number;
  readonly repeats = new Tally().repeats;
  seen = 0;

  constructor(records: number, lastBefore?: string, lastSecondBefore = 0) {
    this.records = records;
    this.lastBefore = lastBefore;
    this.lastSecondBefore = lastSecondBefore;
  }
}

/** A copy that more than one page has shown. */
export interface CopyAcrossPages {
  /** Its copy number. */
  copy: number;
  /** Whether it may be a repeat of the same record. */
  isDoubtful: boolean;
}

/** Replaces the page number of contents that were seen more than once. */
const COUNTED = 0xffff_ffff;

/**
 * Counts identical records over the pages of a slice. Several identical audit records in one second are legitimate. But one record
 * may also appear on two pages: an insertion during the scan shifts the pages, or each page begins with the end of the one before.
 * Only within one page can the cases be distinguished. So copies seen across pages are unconfirmed until a second scan counts again,
 * if possible with other pages; then the smaller total counts.
 */
export class CopyCounter {
  #pageNumber = 0;
  /** The first page of this scan. */
  #firstPage = 1;
  #page = new CurrentPage(0);
  #scan = new ScanTally();
  #scans = 0;
  /** The first scan, once a further one has begun. */
  #firstScan: ScanTally | undefined;
  /** The last content that was seen; undefined if a record that is not counted came after it. */
  #last: string | undefined;
  #lastTime: number | undefined;
  /** How many records of one second the page has shown last. */
  #lastSecond = 0;
  /** The page on which a content was last seen, or {@link COUNTED}. Most contents are seen once a scan and need no {@link Count}. */
  readonly #pages: FingerprintTable;
  readonly #counts = new Map<string, Count>();

  /** @param seed see {@link FingerprintTable} */
  constructor(seed: number) {
    this.#pages = new FingerprintTable(1, seed);
  }

  clear(): void {
    this.#pageNumber = 0;
    this.#scans = 0;
    this.#firstScan = undefined;
    this.#pages.clear();
    this.#counts.clear();
  }

  /** Starts to count again; what was certain stays certain. The first scan and the latest one are compared. */
  startScan(): void {
    if (this.#scans++ === 1) {
      this.#endPage();
      this.#firstScan = this.#scan;
    }
    for (const count of this.#counts.values()) {
      count.first ??= count.tally;
      count.tally = new Tally();
    }
    this.#scan = new ScanTally();
    this.#page = new CurrentPage(0);
    // One number is left out: no page of this scan follows one of the last scan.
    this.#pageNumber++;
    this.#firstPage = this.#pageNumber + 1;
    this.#last = undefined;
  }

  /** @param records how many the page has; a page without any is passed over */
  startPage(records: number): void {
    if (records === 0) return;
    this.#endPage();
    // No source could go on after a page that repeats the page before, and no more.
    this.#excludeWhere(
      (overlap) => this.#page.records > 0 && this.#page.repeats[overlap] === this.#page.records,
    );
    this.#page = new CurrentPage(records, this.#last, this.#lastSecond);
    this.#pageNumber++;
    this.#lastSecond = 0;
    if (this.#last !== undefined) this.#scan.boundaries++;
  }

  /**
   * Counts one record.
   * @param content fingerprint of its content
   * @param time epoch seconds; undefined when it has no usable time
   * @returns its copy number (from 1) if it certainly exists and was not returned before, else undefined
   */
  see(content: string, time: number | undefined): number | undefined {
    this.#scan.shown++;
    this.#page.seen++;
    this.#last = content;
    this.#lastSecond = time === this.#lastTime ? this.#lastSecond + 1 : 1;
    this.#lastTime = time;
    const at = this.#pages.add(content);
    const page = this.#pages.get(at);
    if (page < this.#firstPage) {
      this.#pages.set(at, this.#pageNumber);
      return page === 0 ? 1 : undefined;
    }
    const count = this.#counts.get(content) ?? new Count(page);
    if (page !== COUNTED) {
      this.#pages.set(at, COUNTED);
      this.#counts.set(content, count);
    }
    this.#addTo(count, content);
    if (count.inPage <= count.certain) return undefined;
    count.certain = count.inPage;
    return count.certain;
  }

  /**
   * Takes one more copy for certain, to be called when {@link see} did not and no second scan can decide.
   * @returns its copy number
   */
  assume(content: string): number {
    const count = this.#counts.get(content);
    return count ? ++count.certain : 1;
  }

  /** To be called for a record or element of the page that is not counted. */
  skip(): void {
    this.#page.seen++;
    this.#last = undefined;
  }

  /** Whether the latest scan has shown as many different records as the first one. */
  get hasShownAll(): boolean {
    return this.#scan.distinct >= (this.#firstScan?.distinct ?? 0);
  }

  /** The copies above the certain ones that both scans have shown. */
  confirmed(content: string): CopyAcrossPages[] {
    const count = this.#counts.get(content);
    if (!count?.first || !this.#firstScan) return [];
    this.#endPage();
    const { certain, first, tally } = count;
    const totals = possibleOverlaps(this.#firstScan, this.#scan).map((overlap) =>
      Math.min(first.under(overlap), tally.under(overlap)),
    );
    const sure = Math.min(...totals);
    return Array.from({ length: Math.max(0, Math.max(...totals) - certain) }, (_, index) => {
      const copy = certain + 1 + index;
      return { copy, isDoubtful: copy > sure };
    });
  }

  /** Excludes the ways to overlap that would have shown something else at the beginning of the page. */
  #endPage(): void {
    const { lastBefore, lastSecondBefore, repeats } = this.#page;
    if (lastBefore === undefined) return;
    const expected: Record<Overlap, number> = { none: 0, one: 1, second: lastSecondBefore };
    this.#excludeWhere((overlap) => repeats[overlap] !== expected[overlap]);
  }

  #excludeWhere(isExcluded: (overlap: Overlap) => boolean): void {
    for (const overlap of OVERLAPS) if (isExcluded(overlap)) this.#scan.excluded.add(overlap);
  }

  /** Adds one more record of a content that was seen before. */
  #addTo(count: Count, content: string): void {
    const { lastBefore, repeats, seen } = this.#page;
    if (count.page === this.#pageNumber) {
      count.inPage++;
    } else {
      const isNextPage = count.page === this.#pageNumber - 1 && lastBefore !== undefined;
      count.inPageBefore = isNextPage ? count.inPage : 0;
      count.inPage = 1;
      count.page = this.#pageNumber;
    }
    if (count.tally.shown > 0) this.#scan.again++;
    count.tally.shown++;
    if (seen === 1 && content === lastBefore) {
      for (const of of [repeats, count.tally.repeats, this.#scan.repeats]) of.one++;
    }
    if (count.inPage <= count.inPageBefore) {
      for (const of of [repeats, count.tally.repeats, this.#scan.repeats]) of.second++;
    }
  }
}
