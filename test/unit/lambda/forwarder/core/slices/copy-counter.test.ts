import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../../../../lambda/forwarder/core/records/identity.ts';
import { CopyCounter } from '../../../../../../lambda/forwarder/core/slices/copy-counter.ts';

const SEED = 42;

type Pages = readonly (readonly string[])[];

/** A record that is not counted, because it belongs to another slice. */
const OTHER = 'other';

/** Scans pages and returns the copy numbers that were certain at once, by content. */
function scan(copies: CopyCounter, pages: Pages): Map<string, number[]> {
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
function countAll(...scans: Pages[]): Record<string, Found> {
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
const countTwice = (first: Pages, second: Pages): Record<string, number[]> =>
  Object.fromEntries(Object.entries(countAll(first, second)).map(([content, { sent }]) => [content, sent]));

const countsOf = (records: readonly string[]): Record<string, number[]> => {
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
function paged(
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

const OVERLAPS = { 'the last record': () => 1, 'all records of the last second': ofLastSecond };

const someRecords = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 });
const pageSize = fc.integer({ min: 1, max: 7 });
/** Records in the order of their seconds, several in each, some of them alike. */
const orderedRecords = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('x', 'y', 'z')), {
    minLength: 4,
    maxLength: 40,
  })
  .map((records) => records.map(([second, name]) => `${second}${name}`).sort());

describe('counting identical records', () => {
  it('F21 counts all identical records on one page as certain at once', () => {
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
    const pages = [['a', 'a'], ['a', 'b'], ['c']];

    const certain = scan(copies, pages);
    scan(copies, pages);

    expect(certain.get('a')).toEqual([1, 2]);
    expect(copies.confirmed(fingerprintOf('a'))).toEqual([{ copy: 3, isDoubtful: false }]);
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

  it('compares the first scan with the latest one when a scan in between broke off', () => {
    const pages = [['a', 'b'], ['b', 'c'], ['d']];

    expect(countAll(pages, [['a']], pages)['b']).toEqual({ sent: [1, 2], marked: [] });
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
          const pages = [paged(records, size), paged(other, otherSize)] as const;
          // As many pages in both scans prove nothing where all of them begin with the end of the one before.
          fc.pre(pages[0].length !== pages[1].length);
          expect(countTwice(...pages)).toEqual(countsOf(records));
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

        expect(countTwice(echoed, paged(records, Math.max(1, Math.floor(size / 2))))).toEqual(
          countsOf(records),
        );
      }),
    );
  });
});

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
