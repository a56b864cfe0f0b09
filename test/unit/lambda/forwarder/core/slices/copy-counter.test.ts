import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../../../../lambda/forwarder/core/records/identity.ts';
import { CopyCounter } from '../../../../../../lambda/forwarder/core/slices/copy-counter.ts';
import { countAll, countsOf, countTwice, paged, SEED, scan } from '../../../../../support/copy-counts.ts';

const someRecords = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 });
const pageSize = fc.integer({ min: 1, max: 7 });

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
