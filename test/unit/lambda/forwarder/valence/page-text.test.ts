import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../../../../lambda/forwarder/core/memory/pages.ts';
import { canonicalJson } from '../../../../../lambda/forwarder/core/records/canonical-json.ts';
import { readPage } from '../../../../../lambda/forwarder/valence/page-text.ts';
import { MAX_JSON_STRUCTURE } from '../../../../../lambda/limits.ts';
import { valueAt } from '../../../../../lambda/shared/dotted-path.ts';
import { isObject } from '../../../../../lambda/shared/json.ts';
import { TooMuchJson } from '../../../../../lambda/shared/json-structure.ts';
import { parseJsonText } from '../../../../../lambda/shared/json-text.ts';

class Malformed extends Error {}

const MALFORMED = 'malformed';
const UNREADABLE = 'unreadable';

/** What a page comes to: its records and its cursor, or that it is no JSON, found out now or later. */
function outcomeOf(read: () => { body: unknown; records: Iterable<unknown> | undefined }): unknown {
  try {
    const { body, records } = read();
    return {
      cursor: canonicalJson(valueAt(body, 'nextCursor')),
      records:
        records &&
        [...records].map((record) => (record instanceof Unreadable ? UNREADABLE : canonicalJson(record))),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Malformed) return MALFORMED;
    throw error;
  }
}

const asBytes = (text: Buffer, itemsPath: string) =>
  outcomeOf(() => readPage(text, { itemsPath, apart: true, malformed: () => new Malformed() }));

const asWhole = (text: Buffer, itemsPath: string) =>
  outcomeOf(() => {
    const body = parseJsonText(text.toString());
    const items = valueAt(body, itemsPath);
    const element = (item: unknown) => (isObject(item) ? item : new Unreadable(Buffer.from('')));
    return { body, records: Array.isArray(items) ? items.map(element) : undefined };
  });

const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 });
const spaced = fc.constantFrom(undefined, 1, '\t');
const anyBody = fc.oneof(
  fc.record(
    { items: records, nextCursor: fc.jsonValue(), data: fc.record({ items: records }) },
    { requiredKeys: [] },
  ),
  records,
  fc.jsonValue(),
);
const anyPath = fc.constantFrom('items', 'data.items', 'data', '');

const damages = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', ':', '1', 'é')),
  { maxLength: 3 },
);

/** A text with something put in at each place, every other time instead of the character there. */
function damaged(text: string, each: readonly [number, string][]): string {
  return each.reduce((damagedText, [at, put]) => {
    const place = at % (damagedText.length + 1);
    return damagedText.slice(0, place) + put + damagedText.slice(place + (at % 2));
  }, text);
}

describe('a page read record by record', () => {
  it('F09 contains the same as the page parsed as a whole', () => {
    fc.assert(
      fc.property(anyBody, anyPath, spaced, (body, itemsPath, space) => {
        const text = Buffer.from(JSON.stringify(body, null, space));
        expect(asBytes(text, itemsPath)).toEqual(asWhole(text, itemsPath));
      }),
    );
  });

  it('F08, F09, F91 is malformed or has unreadable elements exactly when the whole is, wherever a byte is missing, doubled or changed', () => {
    fc.assert(
      fc.property(anyBody, anyPath, damages, (body, itemsPath, each) => {
        const bytes = Buffer.from(damaged(JSON.stringify(body), each));
        const found = asBytes(bytes, itemsPath);
        const whole = asWhole(bytes, itemsPath);
        if (whole === MALFORMED && found !== MALFORMED)
          expect(found).toHaveProperty('records', expect.arrayContaining([UNREADABLE]));
        else expect(found).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('F91 never loses the neighbours of a damaged element', () => {
    const anyRecord = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 3 }),
        anyRecord,
        fc.array(anyRecord, { maxLength: 3 }),
        damages,
        (before, one, after, each) => {
          const texts = (list: unknown[]) => list.map((record) => JSON.stringify(record));
          const list = [...texts(before), damaged(JSON.stringify(one), each), ...texts(after)].join();
          const found = asBytes(Buffer.from(`{"items":[${list}],"nextCursor":null}`), 'items');
          if (found === MALFORMED) return;
          const { records: kept } = found as { records: string[] };
          expect(kept.slice(0, before.length)).toEqual(before.map(canonicalJson));
          expect(after.length === 0 ? [] : kept.slice(-after.length)).toEqual(after.map(canonicalJson));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a list with the same key further down', '{"note":{"items":[{"a":1}]},"items":[{"b":2}]}'],
    ['the last of equal keys', '{"items":[{"a":1}],"items":[{"b":2}]}'],
    ['an empty one of equal keys', '{"items":[{"a":1}],"items":[]}'],
    ['a text that looks like the list', '{"note":"\\"items\\":[{}]","items":[{"b":2}]}'],
    ['an escaped key', '{"\\u0069tems":[{"b":2}]}'],
    [
      'braces, brackets and quotes in texts',
      '{"items":[{"a":"}],{\\"[\\\\"},{"b":"\\\\\\\\"}],"nextCursor":"x"}',
    ],
    ['invalid UTF-8 shown as the replacement character', '{"items":[{"a":"\ufffd日😀"}]}'],
    ['a byte order mark', '\uFEFF{"items":[{"a":1}],"nextCursor":"x"}'],
    ['no objects', '{"items":[{"a":1},2]}'],
    ['a number behind the list', '{"items":[{"a":1}] 5}'],
    ['brackets that do not match', '{"items":[{"a":[1}]}]}'],
  ])('F09, F11 reads %s as JSON does', (_, text) => {
    expect(asBytes(Buffer.from(text), 'items')).toEqual(asWhole(Buffer.from(text), 'items'));
  });

  it('F31 keeps the digits of every record, whichever of them has many', () => {
    const text = '{"items":[{"id":12345678901234567890},{"id":1e400},{"id":-0.10}],"nextCursor":null}';
    expect(asBytes(Buffer.from(text), 'items')).toEqual({
      cursor: 'null',
      records: ['{"id":12345678901234567890}', '{"id":1e400}', '{"id":-0.1}'],
    });
  });

  it('F32 bears records of thousands of levels', () => {
    const text = Buffer.from(`{"items":[{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`);
    expect(asBytes(text, 'items')).toEqual(asWhole(text, 'items'));
  });

  const read = (text: string, more: object = {}) =>
    readPage(Buffer.from(text), {
      itemsPath: 'items',
      apart: true,
      malformed: () => new Malformed('not JSON'),
      ...more,
    }).records;

  const rawOf = (element: unknown) => (element as Unreadable).raw.toString();

  it('F91 gives the bytes of an element that is not JSON, and reads those around it', () => {
    const found = read(
      '{"items":[{"a":1}, {"b":NaN} ,{"c":3},NaN , undefined,{"d":[1,2,]}garbage,null,"x,y",[1,{}]]}',
    );

    expect(found).toHaveLength(9);
    expect(found?.at(0)).toEqual({ a: 1 });
    expect(found?.at(2)).toEqual({ c: 3 });
    expect([1, 3, 4, 5, 6, 7, 8].map((index) => rawOf(found?.at(index)))).toEqual([
      '{"b":NaN}',
      'NaN',
      'undefined',
      '{"d":[1,2,]}garbage',
      'null',
      '"x,y"',
      '[1,{}]',
    ]);
    expect(found?.at(9)).toBeUndefined();
  });

  it.each([
    ['values', `[${'1,'.repeat(MAX_JSON_STRUCTURE)}1]`],
    ['levels', '['.repeat(MAX_JSON_STRUCTURE) + ']'.repeat(MAX_JSON_STRUCTURE)],
    ['levels and fields', `${'{"a":'.repeat(MAX_JSON_STRUCTURE)}1${'}'.repeat(MAX_JSON_STRUCTURE)}`],
    ['raw control characters', `"${'\n'.repeat(MAX_JSON_STRUCTURE + 1)}"`],
  ])(
    'F91 gives the bytes of an element with more %s than memory may hold, and reads the next',
    (_, value) => {
      const huge = `{"nested":${value}}`;
      const found = read(`{"items":[${huge},{"a":1}]}`);

      expect(rawOf(found?.at(0))).toBe(huge);
      expect(found?.at(1)).toEqual({ a: 1 });
    },
  );

  it.each([
    [
      'beside the list',
      `{"x":${'['.repeat(MAX_JSON_STRUCTURE)}${']'.repeat(MAX_JSON_STRUCTURE)},"items":[{"a":1}]}`,
    ],
    [
      'in a list that is found only with its body',
      `{"x":{"items":1},"items":[{"a":[${'0,'.repeat(MAX_JSON_STRUCTURE)}0]}]}`,
    ],
    ['as elements', `{"items":[{"a":1}${',0'.repeat(MAX_JSON_STRUCTURE)}]}`],
  ])('F91 refuses a page with too much %s', (_, text) => {
    expect(() => read(text)).toThrow(TooMuchJson);
  });

  it('F91 forwards a record whose strings hold raw control characters', () => {
    const found = read('{"items":[{"a":"line 1\nline 2\ttab\u0000"},\n\t{"b":"\\n"}],"note":"a\nb"}');

    expect([...(found ?? [])]).toEqual([{ a: 'line 1\nline 2\ttab\u0000' }, { b: '\n' }]);
  });

  it('F91 reads such characters also where the list is in an unusual place', () => {
    const found = read('{"note":"items","items":[{"a":"x\ny"},7]}', { apart: false });

    expect(found?.at(0)).toEqual({ a: 'x\ny' });
    expect(rawOf(found?.at(1))).toBe('7');
  });

  it('F91 treats an element without a record at the item path as unreadable', () => {
    const found = read('{"items":[{"node":{"a":1}},{"node":5}]}', { itemPath: 'node' });

    expect(found?.at(0)).toEqual({ a: 1 });
    expect(rawOf(found?.at(1))).toBe('{"node":5}');
  });

  it.each([
    ['an odd quote, which hides what follows', '{"items":[{"a":"x"y"},{"good":1},{"b":"z"w"}]}'],
    ['brackets of two kinds', '{"items":[{"a":[1},{"b":2]}]}'],
  ])('F91 does not decide where an element ends with %s', (_, text) => {
    expect(() => [...(read(text) ?? [])]).toThrow(new Malformed('not JSON'));
  });

  it('F91 knows where an element ends whose text holds unescaped quotes in pairs', () => {
    const found = read('{"items":[{"a":"the "best" one"},{"b":2}]}');

    expect(rawOf(found?.at(0))).toBe('{"a":"the "best" one"}');
    expect(found?.at(1)).toEqual({ b: 2 });
  });

  it('reports a malformed page without quoting it', () => {
    expect(() => read('{"items":[{"a":1},{"secret":tru}')).toThrow(SyntaxError);
  });
});
