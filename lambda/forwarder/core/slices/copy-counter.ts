import { FingerprintTable } from '../ledger/fingerprint-table.ts';

interface Count {
  /** Largest number seen within one page: at least that many records exist. */
  certain: number;
  page: number;
  inPage: number;
  /** Number seen over all pages of this scan. */
  total: number;
  /** Smallest total of earlier scans. */
  least: number;
}

/** Replaces the page number of contents that were seen more than once. */
const COUNTED = 0xffff_ffff;

/**
 * Counts identical records over the pages of a slice. Several identical audit records in one second are legitimate. But
 * an insertion during the scan shifts the pages, so that one record appears on two of them. Only within one page can the
 * two cases be distinguished. So copies seen across pages are unconfirmed until a second scan counts again; then the
 * smaller total counts.
 */
export class CopyCounter {
  #scans = 0;
  #page = 0;
  /** The last page before this scan. */
  #pageBefore = 0;
  /** The page on which a content was seen, or {@link COUNTED}. Most contents are seen once and need no {@link Count}. */
  readonly #pages: FingerprintTable;
  readonly #counts = new Map<string, Count>();

  /** @param seed see {@link FingerprintTable} */
  constructor(seed: number) {
    this.#pages = new FingerprintTable(1, seed);
  }

  clear(): void {
    this.#scans = 0;
    this.#page = 0;
    this.#pageBefore = 0;
    this.#pages.clear();
    this.#counts.clear();
  }

  /** Starts to count again; what was certain stays certain. */
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
   * @returns its copy number (from 1) if it certainly exists and was not returned before, else undefined
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

  /** The copy numbers above the certain ones that every scan has shown. */
  confirmed(content: string): number[] {
    // A content that was seen once has no count.
    const { certain, total, least } = this.#counts.get(content) ?? { certain: 0, total: 0, least: 0 };
    const confirmed = Math.max(0, Math.min(total, least) - certain);
    return Array.from({ length: confirmed }, (_, index) => certain + 1 + index);
  }

  /** The count of a content that was seen once before, on the given page. */
  #firstCount(page: number): Count {
    const inThisScan = page > this.#pageBefore;
    const scansBefore = this.#scans - 1;
    // A content that an earlier scan did not show is not confirmed.
    const shownByAll = inThisScan ? scansBefore === 0 : scansBefore === 1;
    const least = inThisScan ? Number.POSITIVE_INFINITY : 1;
    return { certain: 1, page, inPage: 1, total: inThisScan ? 1 : 0, least: shownByAll ? least : 0 };
  }
}
