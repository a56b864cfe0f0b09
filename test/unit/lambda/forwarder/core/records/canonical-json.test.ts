import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it, vi } from 'vitest';
import { canonicalJson } from '../../../../../../lambda/forwarder/core/records/canonical-json.ts';
import { nested } from '../../../../../support/core-records.ts';
import { heapAfter } from '../../../../../support/heap.ts';

/** The same content with the keys of every object the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reordered(item)]),
  );
}

describe('canonical JSON', () => {
  it('sorts keys at every level and leaves lists as they are', () => {
    const text = canonicalJson({ b: [3, { z: null, y: true }, 1], a: 'x', B: {} });

    expect(text).toBe('{"B":{},"a":"x","b":[3,{"y":true,"z":null},1]}');
  });

  it('gives the same text for the same content in any order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON that reads back as the same content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('escapes strings exactly as JSON does, whatever they hold', () => {
    const strings = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          '\\',
          '\n',
          '\0',
          '\u001f',
          '\u007f',
          '\u2028',
          '\ud800',
          '\udfff',
          'é',
          '😀',
          'a',
        ),
      }),
    );
    fc.assert(
      fc.property(strings, strings, (key, value) => {
        const object = Object.fromEntries([[key, value]]);
        expect(canonicalJson(object)).toBe(JSON.stringify(object));
      }),
    );
  });

  it('distinguishes objects whose keys differ only in the position of a comma', () => {
    const texts = [canonicalJson({ 'a,b': 1, c: 2 }), canonicalJson({ a: 1, 'b,c': 2 })];

    expect(texts).toEqual(['{"a,b":1,"c":2}', '{"a":1,"b,c":2}']);
  });

  it('F31 keeps every digit of numbers that a double would round', () => {
    const text = canonicalJson({
      id: new LosslessNumber('12345678901234567890'),
      big: new LosslessNumber('1e400'),
    });

    expect(text).toBe('{"big":1e400,"id":12345678901234567890}');
  });

  it('F30 writes lone surrogates as escapes, so that different ones stay different', () => {
    const texts = [canonicalJson('\ud800'), canonicalJson('\ud801')];

    expect(texts).toEqual(['"\\ud800"', '"\\ud801"']);
  });

  it('F30 treats a key named __proto__ as any other key', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"a":2}}');

    expect(canonicalJson(value)).toBe('{"__proto__":{"a":2},"b":1}');
  });

  it('F30 writes an object of 150,000 keys', () => {
    const object = Object.fromEntries(Array.from({ length: 150_000 }, (_, n) => [`k${1_000_000 + n}`, n]));

    expect(canonicalJson(object)).toBe(JSON.stringify(object));
  });

  it('F30 writes objects of many keys without remembering them', () => {
    const writeMany = (name: string) => {
      for (let n = 0; n < 15; n++) {
        canonicalJson(
          Object.fromEntries(Array.from({ length: 20_000 }, (_, key) => [`${name}${n}_${key}`, 1])),
        );
      }
    };

    expect(heapAfter(() => writeMany('key'))).toBeLessThan(15_000_000);
  });

  it('F30 remembers a bounded number of keys, however many shapes records have', async () => {
    vi.resetModules();
    const fresh = await import('../../../../../../lambda/forwarder/core/records/canonical-json.ts');
    const writeShapes = () => {
      for (let shape = 0; shape < 900; shape++) {
        const keys = Array.from({ length: 999 }, (_, key) => ((shape * 1000 + key) % 46_656).toString(36));
        fresh.canonicalJson(Object.fromEntries(keys.map((key) => [`${key}_`.slice(0, 3), 1])));
      }
    };

    expect(heapAfter(writeShapes)).toBeLessThan(20_000_000);
  });

  it('F32 writes 10,000 levels of lists and of objects', () => {
    const object = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

    expect(canonicalJson(nested(10_000))).toBe('['.repeat(10_000) + ']'.repeat(10_000));
    expect(canonicalJson(JSON.parse(object))).toBe(object);
  });
});
