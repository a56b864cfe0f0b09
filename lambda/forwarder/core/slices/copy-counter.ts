import { FingerprintTable } from '../ledger/fingerprint-table.ts';

interface Count {
  /** Largest number met within one page: that many records certainly exist. */
  certain: number;
  page: number;
  inPage: number;
  /** Number met over all pages of this scan. */
  total: number;
  /** Smallest total of the scans before. */
  least: number;
}

/** Stands for the page of a content that was met more than once. */
const COUNTED = 0xffff_ffff;

/**
 * Counts identical records over the pages of a slice. Several identical audit records in one second are legitimate,
 * while an insertion during the scan shifts the pages and shows one record twice; only within one page are the two told
 * apart. So a surplus seen across pages is counted again by a second scan, and the smaller total holds.
 */
export class CopyCounter {
  #scans = 0;
  #page = 0;
  /** The last page before this scan. */
  #pageBefore = 0;
  /** The page on which a content was met, which tells all there is to tell of most; or {@link COUNTED}. */
  readonly #pages: FingerprintTable;
  readonly #counts = new Map<string, Count>();

  /** @param seed see {@link FingerprintTable} */
  constructor(seed: number) {
    this.#pages = new FingerprintTable(1, seed);
  }

  /** Forgets everything. */
  clear(): void {
    this.#scans = 0;
    this.#page = 0;
    this.#pageBefore = 0;
    this.#pages.clear();
    this.#counts.clear();
  }

  /** Begins to count anew; what was certain stays certain. */
  startScan(): void {
    for (const count of this.#counts.values()) {
      count.least = Math.min(count.least, count.total);
      count.total = 0;
    }
    this.#pageBefore = this.#page;
    this.#scans++;
  }

  startPage(): void {
    this.#page++;
  }

  /**
   * Counts one record.
   * @param content fingerprint of its content
   * @returns its copy number (from 1) when there is certainly one more than known so far, else undefined
   */
  see(content: string): number | undefined {
    const at = this.#pages.add(content);
    const page = this.#pages.get(at);
    if (page === 0) {
      this.#pages.set(at, this.#page);
      return 1;
    }
    const count = this.#counts.get(content) ?? this.#firstCount(page);
    if (page !== COUNTED) {
      this.#pages.set(at, COUNTED);
      this.#counts.set(content, count);
    }
    count.inPage = count.page === this.#page ? count.inPage + 1 : 1;
    count.page = this.#page;
    count.total++;
    if (count.inPage <= count.certain) return undefined;
    count.certain = count.inPage;
    return count.certain;
  }

  /** The copy numbers beyond the certain ones that every scan so far has borne out. */
  confirmed(content: string): number[] {
    // What was met once is certain.
    const { certain, total, least } = this.#counts.get(content) ?? { certain: 0, total: 0, least: 0 };
    const surplus = Math.max(0, Math.min(total, least) - certain);
    return Array.from({ length: surplus }, (_, index) => certain + 1 + index);
  }

  /** What is known of a content that was met once, on the given page. */
  #firstCount(page: number): Count {
    const inThisScan = page > this.#pageBefore;
    const scansBefore = this.#scans - 1;
    // What some earlier scan has not shown, not all of them have borne out.
    const shownByAll = inThisScan ? scansBefore === 0 : scansBefore === 1;
    const least = inThisScan ? Number.POSITIVE_INFINITY : 1;
    return { certain: 1, page, inPage: 1, total: inThisScan ? 1 : 0, least: shownByAll ? least : 0 };
  }
}
