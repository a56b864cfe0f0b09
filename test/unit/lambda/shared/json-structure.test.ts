import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JSON_STRUCTURE } from '../../../../lambda/limits.ts';
import { holdsTooMuch, structureOf, TooMuchJson } from '../../../../lambda/shared/json-structure.ts';
import { parseJsonText, parseLenientJson } from '../../../../lambda/shared/json-text.ts';

/** The characters that a parsed value must have had: one for each object and list, each field, and each comma. */
function expected(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  const inner = Object.values(value);
  const fields = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce((sum: number, one) => sum + expected(one), 1 + fields + Math.max(0, inner.length - 1));
}

describe('structural characters', () => {
  it('are counted outside of strings only, whatever these hold', () => {
    const texts = fc.oneof(fc.jsonValue(), fc.stringMatching(/^[[{,:"\\a]*$/));
    fc.assert(
      fc.property(fc.oneof(texts, fc.array(texts), fc.dictionary(fc.string(), texts)), (value) => {
        for (const space of [undefined, 1]) {
          expect(structureOf(JSON.stringify(value, null, space))).toBe(expected(value));
        }
      }),
    );
  });

  it('include strings in a row, so that what is not JSON is bounded too', () => {
    expect(structureOf('"a" "b" "c"')).toBe(2);
    expect(structureOf('["a" "b", "c" "d"')).toBe(3);
  });

  it.each(['[', '{"a":', '[1,', '"a" ', ',', ':'])('too many of %s are not parsed', (unit) => {
    const text = unit.repeat(MAX_JSON_STRUCTURE + 2);

    for (const parse of [parseJsonText, parseLenientJson]) expect(() => parse(text)).toThrow(TooMuchJson);
  });

  it('as many as are allowed are parsed, and one more is not', () => {
    const list = (commas: number) => `["[{,:",${'0,'.repeat(commas - 1)}0]`;

    expect(parseJsonText(list(MAX_JSON_STRUCTURE - 1))).toHaveLength(MAX_JSON_STRUCTURE);
    expect(() => parseJsonText(list(MAX_JSON_STRUCTURE))).toThrow(TooMuchJson);
  });

  it('a long text is no structure', () => {
    expect(holdsTooMuch(`["${'[{,:\\"'.repeat(MAX_JSON_STRUCTURE)}"]`)).toBe(false);
  });

  it('so many raw control characters that escaping them would fill the memory are not JSON', () => {
    expect(parseLenientJson(`"${'\n'.repeat(1000)}"`)).toBe('\n'.repeat(1000));
    expect(() => parseLenientJson(`"${'\n'.repeat(MAX_JSON_STRUCTURE + 1)}"`)).toThrow(SyntaxError);
  });
});
