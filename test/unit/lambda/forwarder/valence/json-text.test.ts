import fc from 'fast-check';
import { isLosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { parseJsonText } from '../../../../../lambda/shared/json-text.ts';

/** A value with its exact numbers shown as text. */
const shown = (value: unknown): unknown =>
  isLosslessNumber(value)
    ? `exactly ${value.value}`
    : Array.isArray(value)
      ? value.map(shown)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]))
        : value;

const BIG = '12345678901234567890';

describe('parsing a body', () => {
  it('is JSON.parse for everything that a double holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(shown(JSON.parse(JSON.stringify(parseJsonText(text), numbersBack)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    [BIG, `exactly ${BIG}`],
    [`-${BIG}`, `exactly -${BIG}`],
    ['1e400', 'exactly 1e400'],
    ['1E5', 'exactly 1E5'],
    ['9007199254740993', 'exactly 9007199254740993'],
    ['9007199254740992', 9007199254740992],
    ['0.1234567890123456789', 'exactly 0.1234567890123456789'],
    ['1767000000', 1767000000],
    ['1.50', 1.5],
  ])('F31 %s is %j', (text, expected) => {
    expect(shown(parseJsonText(text))).toEqual(expected);
    expect(shown(parseJsonText(`{"a": [ ${text}]}`))).toEqual({ a: [expected] });
    expect(shown(parseJsonText(`{"a":{"b":1,\n"c":\n${text}}}`))).toEqual({ a: { b: 1, c: expected } });
  });

  it('F31 a record has the same values whatever other numbers its page contains', () => {
    const record = '{"score":1.0,"ratio":0.10,"count":100000,"zero":-0}';
    const [alone] = parseJsonText(`[${record}]`) as unknown[];
    const [amongOthers] = parseJsonText(`[${record},${BIG},1e400]`) as unknown[];
    expect(amongOthers).toEqual(alone);
  });

  it('long digits and exponents in strings stay what they are', () => {
    const text = JSON.stringify({ id: BIG, uuid: '3e45', sentence: `a: ${BIG}, 1e5 [ 2e7` });
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });

  it('F09 a byte order mark is tolerated, trailing bytes are not', () => {
    expect(parseJsonText('\uFEFF{"a":1}')).toEqual({ a: 1 });
    expect(parseJsonText(`\uFEFF[${BIG}]`)).toHaveLength(1);
    for (const text of ['{"a":1}x', `[${BIG}]]`, '{"a":', `[${BIG}`, '']) {
      expect(() => parseJsonText(text)).toThrow(SyntaxError);
    }
  });

  it.each(['1', BIG])('F30 a __proto__ key next to %s is an ordinary key', (number) => {
    const value = parseJsonText(`{"__proto__":{"polluted":true},"n":${number}}`) as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'n']);
    expect(Reflect.get(value, 'polluted')).toBeUndefined();
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('F30 lone surrogates, NUL and emoji come through either parser alike', () => {
    const text = '{"a":"\\ud800 \\u0000 😀 \\u2028"}';
    expect(parseJsonText(`[${text},${BIG}]`)).toContainEqual(JSON.parse(text));
  });

  it('of duplicate keys the last one counts, in either parser', () => {
    expect(parseJsonText('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(parseJsonText(`{"a":1,"a":2,"b":${BIG}}`)).toMatchObject({ a: 2 });
  });

  it.each(['1', BIG])('F32 100,000 levels around %s do not overflow the stack', (number) => {
    let value = parseJsonText(`${'['.repeat(100_000)}${number}${']'.repeat(100_000)}`);
    let levels = 0;
    for (; Array.isArray(value); value = value[0]) levels++;
    expect(levels).toBe(100_000);
  });
});

function numbersBack(_: string, value: unknown): unknown {
  return isLosslessNumber(value) ? Number(value.value) : value;
}
