import { isSamePage } from './items.ts';
import type { PageRecords } from './page-text.ts';

/** So many empty pages in a row, each naming another one, end a list. */
const MAX_EMPTY_PAGES = 20;

/** After so many equal pages in a row, each at a new cursor, the API is taken to repeat one page for ever. */
const MAX_LIKE_PAGES = 50;

/** What a scan knows of pages that repeat the one before or are empty. It holds repeats back until it is known what they are. */
export class RepeatedPages {
  /** The last page with records that was handed out. */
  #previous: PageRecords | undefined;
  /** How many pages with records were unlike their predecessor. */
  #different = 0;
  /** Empty pages in a row up to now. */
  #empty = 0;
  /** Pages like the previous one that were not handed out. */
  #held = 0;

  /** Whether all pages with records so far were the first one. */
  get areFirst(): boolean {
    return this.#different === 1;
  }

  /** Whether so many are held that the API repeats one page for ever. */
  get areEndless(): boolean {
    return this.#held === MAX_LIKE_PAGES;
  }

  /** Whether the last page was empty. */
  get isLastEmpty(): boolean {
    return this.#empty > 0;
  }

  /** Whether so many pages in a row were empty that the list has ended. */
  get areEmpty(): boolean {
    return this.#empty >= MAX_EMPTY_PAGES;
  }

  /** Whether a page shows the records of the one before again. */
  has(records: PageRecords): boolean {
    return records.length > 0 && isSamePage(records, this.#previous);
  }

  /** Holds back a page that repeats the one before. */
  hold(): void {
    this.#held++;
    this.#empty = 0;
  }

  /** The pages that were held back, to hand them out. */
  *release(): Generator<PageRecords> {
    for (; this.#previous && this.#held > 0; this.#held--) yield this.#previous;
  }

  /**
   * Notes a page that was handed out.
   * @param isRepeat what {@link has} says of it
   */
  note(records: PageRecords, isRepeat: boolean): void {
    this.#empty = records.length === 0 ? this.#empty + 1 : 0;
    if (records.length === 0) return;
    if (!isRepeat) this.#different++;
    this.#previous = records;
  }
}
