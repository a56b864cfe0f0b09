import fc from 'fast-check';
import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';
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

  it('numbers that look like the placeholders of wide ones, and texts that do, stay what they are', () => {
    const text = `[${BIG},1e100,"1e100",-2e100,"2e100",1e+100,{"1e100":"[3e100]","__proto__":-${BIG}},3e200]`;

    expect(shown(parseJsonText(text))).toEqual([
      `exactly ${BIG}`,
      'exactly 1e100',
      '1e100',
      'exactly -2e100',
      '2e100',
      1e100,
      JSON.parse(`{"1e100":"[3e100]","__proto__":"exactly -${BIG}"}`),
      'exactly 3e200',
    ]);
  });

  it('gives what a parser gives that reads character by character', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
      fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/),
    );
    const text = fc
      .oneof(number, fc.string(), fc.stringMatching(/^[\d.eE+\\",:[{-]*$/))
      .map((one) => JSON.stringify(one));
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        number,
        text,
        fc.array(tie('json')).map((items) => `[${items.join(' ,')}]`),
        fc
          .array(fc.tuple(text, tie('json')))
          .map((fields) => `{${fields.map((each) => each.join(': ')).join()}}`),
      ),
    }));

    fc.assert(
      fc.property(json, (one) => {
        expect(parseJsonText(one)).toEqual(parse(one, null, { parseNumber, onDuplicateKey }));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses exactly what the built-in parser refuses, wherever a number is damaged', () => {
    const pieces = fc.constantFrom(
      '-',
      '+',
      '.',
      'e',
      'E',
      '0',
      '1',
      BIG,
      '12e3',
      ' ',
      ',',
      '"',
      '\\',
      '[',
      ']',
      'x',
    );

    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (list) => {
        for (const text of [list.join(''), `[${BIG},${list.join('')}]`]) {
          expect(isJson(() => parseJsonText(text))).toBe(isJson(() => JSON.parse(text)));
        }
      }),
      { numRuns: 5000 },
    );
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
    expect(shown(value)).toBe(number === BIG ? `exactly ${BIG}` : 1);
  });
});

const onDuplicateKey = ({ newValue }: { newValue: unknown }) => newValue;

const parseNumber = (text: string) =>
  (/[eE]/.test(text) || text.replace(/\D/g, '').length > 15) && String(Number(text)) !== text
    ? new LosslessNumber(text)
    : Number(text);

function isJson(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return false;
  }
}

function numbersBack(_: string, value: unknown): unknown {
  return isLosslessNumber(value) ? Number(value.value) : value;
}
