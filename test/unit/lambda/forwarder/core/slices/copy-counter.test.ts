import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../../../../lambda/forwarder/core/records/identity.ts';
import { CopyCounter } from '../../../../../../lambda/forwarder/core/slices/copy-counter.ts';

const SEED = 42;

type Pages = readonly (readonly string[])[];

/** Scans pages and returns the copy numbers that were certain at once, by content. */
function scan(copies: CopyCounter, pages: Pages): Map<string, number[]> {
  const certain = new Map<string, number[]>();
  copies.startScan();
  for (const page of pages) {
    copies.startPage();
    for (const content of page) {
      const copy = copies.see(fingerprintOf(content));
      if (copy !== undefined) certain.set(content, [...(certain.get(content) ?? []), copy]);
    }
  }
  return certain;
}

/** All copy numbers found by scanning the same range twice. */
function countTwice(first: Pages, second: Pages): Record<string, number[]> {
  const copies = new CopyCounter(SEED);
  const found = [scan(copies, first), scan(copies, second)];
  const contents = new Set([...first, ...second].flat());
  return Object.fromEntries(
    [...contents].map((content) => [
      content,
      [
        ...found.flatMap((certain) => certain.get(content) ?? []),
        ...copies.confirmed(fingerprintOf(content)),
      ],
    ]),
  );
}

const countsOf = (records: readonly string[]): Record<string, number[]> => {
  const counts: Record<string, number[]> = {};
  for (const record of records) {
    counts[record] ??= [];
    counts[record].push(counts[record].length + 1);
  }
  return counts;
};

const paged = (records: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(records.length / size) }, (_, page) =>
    records.slice(page * size, (page + 1) * size),
  );

const someRecords = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 });
const pageSize = fc.integer({ min: 1, max: 7 });

describe('counting identical records', () => {
  it('F21 takes all of those in one page for certain at once', () => {
    const certain = scan(new CopyCounter(SEED), [['a', 'a', 'b', 'a']]);

    expect(certain).toEqual(
      new Map([
        ['a', [1, 2, 3]],
        ['b', [1]],
      ]),
    );
  });

  it('F21 holds back unconfirmed copies across pages until a second scan confirms them', () => {
    const copies = new CopyCounter(SEED);
    const pages = [['a', 'a'], ['a']];

    const certain = scan(copies, pages);
    scan(copies, pages);

    expect(certain.get('a')).toEqual([1, 2]);
    expect(copies.confirmed(fingerprintOf('a'))).toEqual([3]);
  });

  it('F18 counts the echo of a shifted page once', () => {
    const counts = countTwice(
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      [
        ['new', 'a'],
        ['b', 'c'],
      ],
    );

    expect(counts).toEqual({ a: [1], b: [1], c: [1], new: [1] });
  });

  it('knows nothing of what it has not seen', () => {
    const copies = new CopyCounter(SEED);
    copies.startScan();

    expect(copies.confirmed(fingerprintOf('a'))).toEqual([]);
  });

  it('F20, F21 finds exactly what is there, however the records lie on the pages of either scan', () => {
    fc.assert(
      fc.property(
        someRecords.chain((records) =>
          fc.tuple(fc.shuffledSubarray(records, { minLength: records.length }), fc.constant(records)),
        ),
        pageSize,
        pageSize,
        ([other, records], size, otherSize) => {
          expect(countTwice(paged(records, size), paged(other, otherSize))).toEqual(countsOf(records));
        },
      ),
    );
  });

  it('F18 finds exactly what is there when an insertion shifts the pages of the first scan', () => {
    fc.assert(
      fc.property(someRecords, pageSize, fc.nat(), (records, size, at) => {
        const shifts = at % Math.ceil(records.length / size);
        const echoed = paged(records, size).map((page, index, pages) =>
          index > 0 && index <= shifts ? [pages[index - 1]?.at(-1) ?? '', ...page] : page,
        );
        // An echo next to its twin within one page looks like a true copy: nothing can tell them apart.
        fc.pre(echoed.slice(1, shifts + 1).every(([echo = '', ...page]) => !page.includes(echo)));

        expect(countTwice(echoed, paged(records, size))).toEqual(countsOf(records));
      }),
    );
  });
});
