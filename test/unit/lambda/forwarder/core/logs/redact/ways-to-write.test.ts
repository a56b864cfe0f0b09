import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, foldedWithOrigins } from '../../../../../../../lambda/forwarder/core/logs/redact/fold.ts';
import { auditSource } from '../../../../../../support/core-records.ts';
import { redactedLog } from '../../../../../../support/redacted-log.ts';

/** Letters that change with case, form or language, and what joins them. */
const letters = fc.oneof(
  fc.constantFrom(
    ...'aiIİıσςΣßẞﬁﬃǅŉΐᾳÅÅéñœ𐐀𐐨𝐀한가がガ李明ก็',
    'e\u0301',
    'I\u0307',
    '\u0345',
    '\u200d',
    '\u00ad',
  ),
  // An acute accent alone is an apostrophe; its compatibility form, a blank with an accent, is not.
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((one) => !/[\xb4\u1ffd]/.test(one)),
);
const words = (minLength: number) => fc.string({ unit: letters, minLength, maxLength: 24 });

const WAYS_TO_WRITE: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => text.toLocaleLowerCase('tr'),
  (text) => text.toLocaleUpperCase('tr'),
  (text) => text.toLocaleUpperCase('el'),
  (text) => text.normalize('NFC'),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFKC'),
  (text) => text.normalize('NFKD'),
];

/** Letters and marks of scripts with blanks between words: their vowel signs, points and accents are marks. */
const SCRIPTS = [
  'abzéñßıİſœ\u0301\u0308',
  'αςΐᾳΩ\u0301\u0345',
  'йёЖщ\u0306',
  'मनरकीाे\u093c\u094d\u0902',
  'রনকোিা\u09bc\u09be\u09c7',
  'மனகொாீ\u0bcd\u0bc6',
  'علىيآ\u064e\u0651\u0653',
  'דןשלםשּׁ\u05b8\u05bc',
] as const;

const shortName = fc
  .constantFrom(...SCRIPTS)
  .chain((script) =>
    fc.tuple(
      fc.constantFrom(...script),
      fc.string({ unit: fc.constantFrom(...script), minLength: 2, maxLength: 6 }),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((name) => /^\p{L}/u.test(name) && name.normalize().length >= 3);

describe('every way to write a name', () => {
  it('no name remains, whatever it is made of, however it is written, and whatever is around it', () =>
    fc.assert(
      fc.property(
        words(8),
        words(0),
        words(0),
        fc.subarray(WAYS_TO_WRITE, { minLength: 1, maxLength: 3 }),
        (name, before, after, ways) => {
          // Shorter names count as words of their own only; the replacement itself may hold a name such as "redacted".
          fc.pre(folded(name).trim().length >= 8 && !'[redacted]'.includes(folded(name).trim()));
          const written = ways.reduce((text, write) => write(text), name);
          const source = auditSource({ actor: name, details: `${before}${written}${after}` });

          const details = redactedLog(source, { remove: ['actor'] })['details'] as string;

          const names = new Set(WAYS_TO_WRITE.map((write) => write(name)));
          const texts = [...new Set(WAYS_TO_WRITE.map((write) => write(details)))];
          expect([...names].filter((form) => texts.some((text) => text.includes(form)))).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    ));

  it('no name of three to seven characters remains as a word of its own, in any script with blanks', () =>
    fc.assert(
      fc.property(shortName, fc.subarray(WAYS_TO_WRITE, { minLength: 1, maxLength: 3 }), (name, ways) => {
        const written = ways.reduce((text, write) => write(text), name);
        const source = auditSource({ actor: name, details: `1 ${written}, (${written}) 2` });
        expect(redactedLog(source, { remove: ['actor'] })['details']).toBe('1 [redacted], ([redacted]) 2');
      }),
      { numRuns: 1_000 },
    ));

  it('every way to write a character folds to the same', () =>
    fc.assert(
      fc.property(words(1), fc.constantFrom(...WAYS_TO_WRITE), (text, write) => {
        expect(folded(write(text))).toBe(folded(text));
        expect(foldedWithOrigins(text).text).toBe(folded(text));
      }),
      { numRuns: 1_000 },
    ));

  it('every character folds as its composed form does', () => {
    const different: string[] = [];
    for (let code = 0; code < 0x110000; code++) {
      const character = String.fromCodePoint(code);
      const composed = character.normalize('NFC');
      if (composed !== character && folded(composed) !== folded(character)) different.push(code.toString(16));
    }
    expect(different).toEqual([]);
    expect(folded('O\u1ffdBrien')).toBe("o'brien");
    expect(foldedWithOrigins('O\u1ffdBrien').origins).toHaveLength('O\u1ffdBrien'.length + 1);
  });
});
