import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folded } from '../../../../lambda/forwarder/core/logs/redact/fold.ts';
import { forCodeSpan } from '../../../../lambda/shared/code-span.ts';

const TEXTS = fc.string({
  unit: fc.constantFrom('a', '`', "'", ' ', '\t', '\n', '\v', '\f', '\r', '\0', '\x85', '\u2028', '\u2029'),
});

it('no text ends the code span that shows it', () =>
  fc.assert(
    fc.property(TEXTS, (text) => {
      expect(`\`\` ${forCodeSpan(text)} \`\``).toMatch(/^`` (?:(?!``)[^\n\v\f\r\x85\u2028\u2029])* ``$/);
    }),
  ));

it('redaction finds a name in it as before', () =>
  fc.assert(
    fc.property(fc.oneof(TEXTS, fc.string({ unit: 'binary' })), (text) => {
      const shown = forCodeSpan(text) as string;
      if (shown === '') expect(text).not.toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
      else expect(folded(shown)).toBe(folded(text));
    }),
  ));

it.each([['a'], [1], [undefined], [null], [['a', 1]], [[['a\nb']]], [{ a: 'b\nc' }]])(
  'leaves %j as it is',
  (value) => {
    expect(forCodeSpan(value)).toBe(value);
  },
);

it('changes the texts of a list', () => {
  expect(forCodeSpan(['a\r\n\nb', 1, 'c``d```'])).toEqual(['a b', 1, "c''d'''"]);
});

it.each(['', '   ', '\n', '\u200b', '\u00a0\t', '\u3164', '\u2800 ', '\u00ad'])(
  'takes %j, which shows nothing, for an empty text',
  (text) => {
    expect(forCodeSpan(text)).toBe('');
  },
);
