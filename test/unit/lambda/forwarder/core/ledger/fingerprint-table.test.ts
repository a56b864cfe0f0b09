import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FingerprintTable,
  wordsOf,
} from '../../../../../../lambda/forwarder/core/ledger/fingerprint-table.ts';
import { fingerprintOf } from '../../../../../../lambda/forwarder/core/records/identity.ts';

const SEED = 0xdecade;
const anyWord = fc.integer({ min: 0, max: 0xffff_ffff });

/** Fingerprints that an attacker would choose: alike but for a few digits, wherever these stand. */
const alike = fc
  .tuple(fc.integer({ min: 0, max: 28 }), fc.integer({ min: 1, max: 0xffff }))
  .map(
    ([at, value]) => '0'.repeat(32).slice(0, at) + value.toString(16).padStart(4, '0') + '0'.repeat(28 - at),
  );

const anyFingerprint = fc.oneof(alike, fc.string({ maxLength: 3 }).map(fingerprintOf));

describe('a table of fingerprints', () => {
  it('finds the same entries as a map, for any input in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyFingerprint, anyWord), { maxLength: 400 }),
        anyWord,
        (entries, seed) => {
          const table = new FingerprintTable(1, seed);
          for (const [key, word] of entries) table.set(table.add(key), word);

          const map = new Map(entries);
          expect([...map.keys()].map((key) => table.get(table.find(key)))).toEqual([...map.values()]);
        },
      ),
    );
  });

  it('contains nothing that was not added', () => {
    const table = new FingerprintTable(0, SEED);
    for (let n = 0; n < 5_000; n++) table.add(fingerprintOf(`in ${n}`));

    const strangers = Array.from({ length: 5_000 }, (_, n) => table.find(fingerprintOf(`out ${n}`)));

    expect(strangers.every((place) => place === -1)).toBe(true);
  });

  it('keeps every word of a value while it grows', () => {
    const table = new FingerprintTable(4, SEED);
    const keys = Array.from({ length: 3_000 }, (_, n) => fingerprintOf(`${n}`));
    for (const [n, key] of keys.entries()) {
      const at = table.add(key);
      for (let index = 0; index < 4; index++) table.set(at + index, n * 4 + index);
    }

    const words = keys.flatMap((key) => [0, 1, 2, 3].map((index) => table.get(table.find(key) + index)));

    expect(words).toEqual(Array.from({ length: 12_000 }, (_, word) => word));
  });

  it('that was cleared contains no earlier entry, whatever is added later', () => {
    const table = new FingerprintTable(1, SEED);
    const keys = (from: number) => Array.from({ length: 2_000 }, (_, n) => fingerprintOf(`${from + n}`));
    for (const key of keys(0)) table.set(table.add(key), 7);

    table.clear();
    for (const key of keys(1_000)) table.add(key);

    expect(keys(0).filter((key) => table.find(key) >= 0)).toEqual(keys(0).slice(1_000));
    expect(keys(1_000).every((key) => table.get(table.find(key)) === 0)).toBe(true);
  });

  it('keeps its entries when it grows', () => {
    const table = new FingerprintTable(1, SEED);
    table.set(table.add(fingerprintOf('a')), 7);

    table.reserve(100_000);
    table.reserve(0);

    expect(table.get(table.find(fingerprintOf('a')))).toBe(7);
  });
});

describe('the words of a fingerprint', () => {
  it('are its hex digits, eight to a word', () => {
    expect([...wordsOf('00000001000000ff89abcdefffffffff')]).toEqual([1, 255, 0x89abcdef, 0xffffffff]);
  });

  it('are those of the fingerprint asked for, also when another one was read in between', () => {
    const [one, other] = [fingerprintOf('one'), fingerprintOf('other')];
    const first = [...wordsOf(one)];

    expect([...wordsOf(other)]).not.toEqual(first);
    expect([...wordsOf(one)]).toEqual(first);
  });
});
