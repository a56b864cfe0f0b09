import fc from 'fast-check';
import { fingerprintOf } from '../../lambda/forwarder/core/records/identity.ts';
import { CopyCounter } from '../../lambda/forwarder/core/slices/copy-counter.ts';

/** The seed of every counter. */
export const SEED = 42;

/** The contents of the records of a list, page by page. */
export type Pages = readonly (readonly string[])[];

/** A record that is not counted, because it belongs to another slice. */
export const OTHER = 'other';

/** Scans pages and returns the copy numbers that were certain at once, by content. */
export function scan(copies: CopyCounter, pages: Pages): Map<string, number[]> {
  const certain = new Map<string, number[]>();
  copies.startScan();
  for (const page of pages) {
    copies.startPage(page.length);
    for (const content of page) {
      if (content === OTHER) copies.skip();
      const copy = content === OTHER ? undefined : copies.see(fingerprintOf(content), content.charCodeAt(0));
      if (copy !== undefined) certain.set(content, [...(certain.get(content) ?? []), copy]);
    }
  }
  return certain;
}

interface Found {
  sent: number[];
  /** Those of them that are marked. */
  marked: number[];
}

/** All copy numbers found by scanning the same range again and again, by content. */
export function countAll(...scans: Pages[]): Record<string, Found> {
  const copies = new CopyCounter(SEED);
  const found = scans.map((pages) => scan(copies, pages));
  const contents = new Set(scans.flat(2).filter((content) => content !== OTHER));
  return Object.fromEntries(
    [...contents].map((content) => {
      const across = copies.confirmed(fingerprintOf(content));
      const certain = found.flatMap((of) => of.get(content) ?? []);
      return [
        content,
        {
          sent: [...certain, ...across.map(({ copy }) => copy)],
          marked: across.filter(({ isDoubtful }) => isDoubtful).map(({ copy }) => copy),
        },
      ];
    }),
  );
}

/** The copy numbers of all that were sent, marked or not. */
export const countTwice = (first: Pages, second: Pages): Record<string, number[]> =>
  Object.fromEntries(Object.entries(countAll(first, second)).map(([content, { sent }]) => [content, sent]));

/** The copy numbers that a list has, by content. */
export const countsOf = (records: readonly string[]): Record<string, number[]> => {
  const counts: Record<string, number[]> = {};
  for (const record of records) {
    counts[record] ??= [];
    counts[record].push(counts[record].length + 1);
  }
  return counts;
};

/**
 * The pages of a list.
 * @param repeated how many records of a page the next one repeats
 */
export function paged(
  records: readonly string[],
  size: number,
  repeated: (page: readonly string[]) => number = () => 0,
): string[][] {
  const pages: string[][] = [];
  for (let start = 0; start < records.length; ) {
    const page = records.slice(start, start + size);
    pages.push(page);
    if (start + size >= records.length) break;
    const step = page.length - repeated(page);
    // One second fills the page: such a source never gets any further.
    if (step === 0) fc.pre(false);
    start += step;
  }
  return pages;
}

/** The second of a record is its first letter. */
const ofLastSecond = (page: readonly string[]): number =>
  page.filter(([second]) => second === page.at(-1)?.[0]).length;

/** What the pages of a source may repeat, as a number of records of the page before. */
export const OVERLAPS = { 'the last record': () => 1, 'all records of the last second': ofLastSecond };
