/**
 * How each page of a list may begin: with new records; with the last record of the page before; or with all records of its last
 * second. Sources whose cursor includes the record or the time that it names repeat them.
 */
export const OVERLAPS = ['none', 'one', 'second'] as const;

export type Overlap = (typeof OVERLAPS)[number];

/** How often something was shown, and how many times of that are repeats, depending on how pages overlap. */
export class Tally {
  shown = 0;
  readonly repeats: Record<Overlap, number> = { none: 0, one: 0, second: 0 };

  /** How many records there are if pages overlap in this way. */
  under(overlap: Overlap): number {
    return this.shown - this.repeats[overlap];
  }
}

/** What one scan showed. */
export class ScanTally extends Tally {
  /** How often a content was shown that the scan had shown before. */
  again = 0;
  /** How often one page followed another, unless the earlier one ended with a record that is not counted. */
  boundaries = 0;
  /** Ways in which the pages certainly do not overlap. */
  readonly excluded = new Set<Overlap>();

  /** How many different contents. */
  get distinct(): number {
    return this.shown - this.again;
  }
}

/** Less probable coincidences than this are taken to be none. */
const IMPROBABLE = 1 / 1000;

/**
 * In which ways the pages of a source may overlap, by two scans of the same range, if possible with pages of different sizes. The
 * list holds the same number of records both times, so a way that gives two numbers is wrong. If no way gives the same number
 * twice, the list has changed in between, and each remains possible. So does `none` where identical records are frequent.
 * @returns at least one way; `none` alone unless every boundary of both scans repeats records
 */
export function possibleOverlaps(first: ScanTally, second: ScanTally): readonly Overlap[] {
  if (first.boundaries === 0 || second.boundaries === 0) return ['none'];
  const imaginable = OVERLAPS.filter(
    (overlap) => !first.excluded.has(overlap) && !second.excluded.has(overlap),
  );
  const matching = imaginable.filter((overlap) => first.under(overlap) === second.under(overlap));
  if (matching.length === 0) {
    // A record that was removed between two pages excludes ways, too. Only both scans together make it certain.
    return OVERLAPS.filter((overlap) => !first.excluded.has(overlap) || !second.excluded.has(overlap));
  }
  const overlapping = matching.filter((overlap) => overlap !== 'none');
  if (overlapping.length === 0) return matching;
  const isProbable = isNoCoincidence(second, overlapping);
  if (overlapping.length === matching.length) {
    // Where copies are frequent, those at the boundaries may match an echo of shifted pages by chance.
    return isProbable || !imaginable.includes('none') ? matching : ['none', ...matching];
  }
  // Pages of another size would have shown the difference.
  const haveSameSize = first.boundaries === second.boundaries;
  return haveSameSize && isProbable ? overlapping : matching;
}

/** Whether copies are so rare elsewhere on the list that hardly all boundaries lie between copies by chance. */
function isNoCoincidence(
  { shown, again, boundaries, repeats }: ScanTally,
  overlapping: readonly Overlap[],
): boolean {
  const elsewhere = again - Math.min(...overlapping.map((overlap) => repeats[overlap]));
  return boundaries > 1 && (elsewhere / shown) ** boundaries < IMPROBABLE;
}
