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

/**
 * Counts identical records over the pages of a slice. Several identical audit records in one second are legitimate,
 * while an insertion during the scan shifts the pages and shows one record twice; only within one page are the two told
 * apart. So a surplus seen across pages is counted again by a second scan, and the smaller total holds.
 */
export class Copies {
  #scans = 0;
  #page = 0;
  /** The page on which a record was met, or more as soon as there is more to tell: most are met once. */
  readonly #counts = new Map<string, number | Count>();

  /** Begins to count anew; what was certain stays certain. */
  startScan(): void {
    for (const content of this.#counts.keys()) {
      const count = this.#countOf(content);
      count.least = Math.min(count.least, count.total);
      count.total = 0;
    }
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
    if (!this.#counts.has(content)) {
      this.#counts.set(content, this.#page);
      return 1;
    }
    const count = this.#countOf(content);
    count.inPage = count.page === this.#page ? count.inPage + 1 : 1;
    count.page = this.#page;
    count.total++;
    if (count.inPage <= count.certain) return undefined;
    count.certain = count.inPage;
    return count.certain;
  }

  /** The copy numbers beyond the certain ones that every scan so far has borne out. */
  confirmed(content: string): number[] {
    if (!this.#counts.has(content)) return [];
    const { certain, total, least } = this.#countOf(content);
    const surplus = Math.max(0, Math.min(total, least) - certain);
    return Array.from({ length: surplus }, (_, index) => certain + 1 + index);
  }

  #countOf(content: string): Count {
    const known = this.#counts.get(content) ?? 0;
    if (typeof known !== 'number') return known;
    // What no earlier scan has shown, none of them has borne out.
    const least = this.#scans > 1 ? 0 : Number.POSITIVE_INFINITY;
    const count = { certain: 1, page: known, inPage: 1, total: 1, least };
    this.#counts.set(content, count);
    return count;
  }
}
