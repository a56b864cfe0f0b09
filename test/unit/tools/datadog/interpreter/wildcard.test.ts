import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wildcard } from '../../../../../tools/datadog/interpreter/query/wildcard.ts';

/** What a pattern means, as a regular expression, which takes too long for some. */
function expression(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|[*?]|[^*?\\]+/g, (part, escaped: string | undefined) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return (escaped ?? part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

it('means the same as its regular expression', () => {
  const piece = fc.constantFrom('a', 'b', '*', '?', '\\*', '\\?', '.', '\n');
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), text, (pieces, value) => {
      const pattern = pieces.join('');
      expect(wildcard(pattern)(value)).toBe(expression(pattern).test(value));
    }),
    { numRuns: 2000 },
  );
});

it('ends for a pattern that a regular expression would try for years', () => {
  expect(wildcard(`${'*a'.repeat(200)}*b`)('a'.repeat(5000))).toBe(false);
});
