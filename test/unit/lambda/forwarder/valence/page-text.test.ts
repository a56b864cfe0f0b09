import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../../lambda/forwarder/core/records/canonical-json.ts';
import { valueAt } from '../../../../../lambda/forwarder/valence/dotted-path.ts';
import { readPage } from '../../../../../lambda/forwarder/valence/page-text.ts';
import { isObject } from '../../../../../lambda/shared/json.ts';
import { parseJsonText } from '../../../../../lambda/shared/json-text.ts';

class Malformed extends Error {}

const MALFORMED = 'malformed';

/** What a page comes to: its records and its cursor, or that it is no JSON, found out now or later. */
function outcomeOf(read: () => { body: unknown; records: Iterable<unknown> | undefined }): unknown {
  try {
    const { body, records } = read();
    return {
      cursor: canonicalJson(valueAt(body, 'nextCursor')),
      records: records && [...records].map((record) => canonicalJson(record)),
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
    return { body, records: Array.isArray(items) && items.every(isObject) ? items : undefined };
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

describe('a page read record by record', () => {
  it('F09 holds what the page holds when it is parsed as a whole', () => {
    fc.assert(
      fc.property(anyBody, anyPath, spaced, (body, itemsPath, space) => {
        const text = Buffer.from(JSON.stringify(body, null, space));
        expect(asBytes(text, itemsPath)).toEqual(asWhole(text, itemsPath));
      }),
    );
  });

  it('F08, F09 is malformed exactly when the whole is, wherever a byte is missing, doubled or changed', () => {
    const damage = fc.tuple(fc.nat(), fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', ':', '1', 'é'));
    fc.assert(
      fc.property(anyBody, anyPath, fc.array(damage, { maxLength: 3 }), (body, itemsPath, damages) => {
        let text = JSON.stringify(body);
        for (const [at, put] of damages) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + (at % 2));
        }
        const bytes = Buffer.from(text);
        expect(asBytes(bytes, itemsPath)).toEqual(asWhole(bytes, itemsPath));
      }),
      { numRuns: 1000 },
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

  it('reports a malformed record without quoting it, and reads those before', () => {
    const page = readPage(Buffer.from('{"items":[{"a":1},{"secret":tru}]}'), {
      itemsPath: 'items',
      apart: true,
      malformed: () => new Malformed('not JSON'),
    });

    expect(page.records?.at(0)).toEqual({ a: 1 });
    expect(() => page.records?.at(1)).toThrow(new Malformed('not JSON'));
    expect(page.records?.at(2)).toBeUndefined();
  });
});
