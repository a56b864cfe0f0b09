interface Count {
  /** Largest number met within one page: that many records certainly exist. */
  certain: number;
  page: number;
  inPage: number;
  /** Number met over all pages, scan by scan. */
  totals: number[];
}

/**
 * Counts identical records over the pages of a slice. Several identical audit records in one second are legitimate,
 * while an insertion during the scan shifts the pages and shows one record twice; only within one page are the two told
 * apart. So a surplus seen across pages is counted again by a second scan, and the smaller total holds.
 */
export class Copies {
  #scan = -1;
  #page = 0;
  readonly #counts = new Map<string, Count>();

  startScan(): void {
    this.#scan++;
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
    let count = this.#counts.get(content);
    if (!count) {
      count = { certain: 0, page: 0, inPage: 0, totals: [] };
      this.#counts.set(content, count);
    }
    count.inPage = count.page === this.#page ? count.inPage + 1 : 1;
    count.page = this.#page;
    count.totals[this.#scan] = (count.totals[this.#scan] ?? 0) + 1;
    if (count.inPage <= count.certain) return undefined;
    count.certain = count.inPage;
    return count.certain;
  }

  /** The copy numbers beyond the certain ones that every scan so far has borne out. */
  confirmed(content: string): number[] {
    const count = this.#counts.get(content);
    if (!count) return [];
    const totals = Array.from({ length: this.#scan + 1 }, (_, scan) => count.totals[scan] ?? 0);
    const surplus = Math.max(0, Math.min(...totals) - count.certain);
    return Array.from({ length: surplus }, (_, index) => count.certain + 1 + index);
  }
}
