import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countAll,
  countsOf,
  countTwice,
  OTHER,
  OVERLAPS,
  type Pages,
  paged,
} from '../../../../../support/copy-counts.ts';

/** Records in the order of their seconds, several in each, some of them alike. */
const orderedRecords = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('x', 'y', 'z')), {
    minLength: 4,
    maxLength: 40,
  })
  .map((records) => records.map(([second, name]) => `${second}${name}`).sort());

describe('counting records on pages that overlap', () => {
  const tenths = Array.from({ length: 40 }, (_, n) => `${n}`.padStart(2, '0'));

  it.each(Object.entries(OVERLAPS))(
    'F104 does not count %s, repeated on the next page, as a copy',
    (_, overlap) => {
      // Every second has up to ten records.
      const pages = [paged(tenths, 16, overlap), paged(tenths, 13, overlap)] as const;

      expect(countTwice(...pages)).toEqual(countsOf(tenths));
    },
  );

  it('F104 counts records that are alike exactly, also where they lie around a boundary', () => {
    const records = ['1a', '1b', '2a', '2a', '2a', '3a', '4a', '4a', '5a', '5b', '6a', '6a'];

    const scans = [paged(records, 4, () => 1), paged(records, 2, () => 1)] as const;

    expect(Object.values(countAll(...scans)).flatMap(({ marked }) => marked)).toEqual([]);
    expect(countTwice(...scans)).toEqual(countsOf(records));
  });

  it('F104 copies of many boundaries are copies when pages of another size show the same number of records', () => {
    const twins = Array.from({ length: 40 }, (_, n) => `${Math.floor((n + 1) / 2)}`);

    const counts = countAll(paged(twins, 8), paged(twins, 4));

    expect(Object.values(counts).flatMap(({ marked }) => marked)).toEqual([]);
    expect(countTwice(paged(twins, 8), paged(twins, 4))).toEqual(countsOf(twins));
  });

  it('F18 does not take an echo between many copies for pages that overlap: a copy was lost', () => {
    const list = [...'aaaaaabbbbb'];
    // A new record before the list shifts it by one while its third page is asked for.
    const shifted = [['a', 'a', 'a', 'a'], ['a', 'a', 'b', 'b'], [...'bbbb']];

    expect(countAll(paged(list, 8), shifted)).toEqual({
      a: { sent: [1, 2, 3, 4, 5, 6], marked: [] },
      b: { sent: [1, 2, 3, 4, 5], marked: [5] },
    });
  });

  it('F18 marks what a source that repeats records shows twice while one is removed: it was sent without a mark', () => {
    const whole = paged([...'abcdefgh'], 5, OVERLAPS['the last record']);
    // The second record is removed after the first page, so that the second page begins with no repeat.
    const withRemoval = [['a', 'b'], ...paged([...'cdefgh'], 2, OVERLAPS['the last record'])];

    expect(countAll(whole, withRemoval)).toMatchObject({
      d: { sent: [1], marked: [] },
      e: { sent: [1, 2], marked: [2] },
    });
  });

  describe('of a size that cannot be changed', () => {
    const found = (pages: Pages) => countAll(pages, pages);

    it('F104 counts a repeat at every boundary as no copy', () => {
      expect(found([['a', 'b', 'c'], ['c', 'd', 'e'], ['e', 'f', 'g'], ['g']])).toEqual({
        a: { sent: [1], marked: [] },
        b: { sent: [1], marked: [] },
        c: { sent: [1], marked: [] },
        d: { sent: [1], marked: [] },
        e: { sent: [1], marked: [] },
        f: { sent: [1], marked: [] },
        g: { sent: [1], marked: [] },
      });
    });

    it('F104 marks a copy at the only boundary, which may be a repeat', () => {
      expect(found([['a', 'b', 'c'], [], ['c', 'd']])['c']).toEqual({ sent: [1, 2], marked: [2] });
    });

    it('F104 counts records at some of the boundaries as copies', () => {
      expect(
        found([
          ['a', 'b', 'c'],
          ['c', 'd', 'e'],
          ['f', 'g'],
        ])['c'],
      ).toEqual({ sent: [1, 2], marked: [] });
    });

    it('F104 marks copies at all boundaries where there are as many elsewhere', () => {
      expect(found([['a', 'a', 'b'], ['b', 'c', 'c', 'd'], ['d']])).toMatchObject({
        a: { sent: [1, 2], marked: [] },
        b: { sent: [1, 2], marked: [2] },
        c: { sent: [1, 2], marked: [] },
        d: { sent: [1, 2], marked: [2] },
      });
    });

    it('F104 leaves boundaries out of account where another slice begins', () => {
      // The source shows one second more on each side, and its pages overlap there as well.
      const pages = [[OTHER, OTHER], [OTHER, 'a', 'b'], ['b', 'c', 'd'], ['d', OTHER], [OTHER]];

      expect(found(pages)).toMatchObject({ b: { sent: [1], marked: [] }, d: { sent: [1], marked: [] } });
    });
  });

  it.each(Object.entries(OVERLAPS))(
    'F104 never loses a record, and never repeats one without a mark, if pages repeat %s',
    (_, overlap) => {
      fc.assert(
        fc.property(orderedRecords, fc.integer({ min: 2, max: 12 }), (records, size) => {
          const half = Math.max(1, Math.floor(size / 2));
          const counts = countAll(paged(records, size, overlap), paged(records, half, overlap));

          for (const [content, copies] of Object.entries(countsOf(records))) {
            const { sent = [], marked = [] } = counts[content] ?? {};
            expect(sent.slice(0, copies.length)).toEqual(copies);
            expect(sent.slice(copies.length)).toEqual(marked.filter((copy) => copy > copies.length));
          }
        }),
      );
    },
  );

  it('F104 never loses a record if pages do not overlap', () => {
    fc.assert(
      fc.property(orderedRecords, fc.integer({ min: 2, max: 12 }), (records, size) => {
        expect(countTwice(paged(records, size), paged(records, Math.floor(size / 2)))).toEqual(
          countsOf(records),
        );
      }),
    );
  });
});
