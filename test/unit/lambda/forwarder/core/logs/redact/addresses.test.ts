import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../../lambda/forwarder/core/logs/build.ts';
import { addressesIn } from '../../../../../../../lambda/forwarder/core/logs/redact/addresses.ts';
import { folded } from '../../../../../../../lambda/forwarder/core/logs/redact/fold.ts';
import { redaction } from '../../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import { alertSource, LOG_CONTEXT, SECRET } from '../../../../../../support/core-records.ts';
import { NOW } from '../../../../../../support/outside-world.ts';

const REDACTION = redaction({ remove: ['alert.events[*].aux'], hash: [] }, SECRET);

/** The message of an alert of which a removed value contains a note. */
const messageWithout = (note: string, summaryLine: string) =>
  buildLog(
    alertSource({ summaryLine, events: [{ aux: { Note: note } }] }),
    { ...LOG_CONTEXT, redaction: REDACTION },
    NOW,
  ).message;

const ADDRESS = 'ada.lovelace+x@mail.example.com';

describe('an address within a removed value goes from sentences', () => {
  it.each([
    'Shared with ada@example.com.',
    'owner=ada@example.com',
    'ada@example.com|bob@example.com',
    'bob@example.com/ada@example.com',
    '`ada@example.com`',
    "'ada@example.com'",
    'ada@example.com!',
    'Shared with ada＠example.com',
    '<mailto:ada@example.com>',
    '-ada@example.com-',
    'Ask ADA@example.com.Then wait',
    '用户ada@example.com登录',
    'a@b@ada@example.com',
  ])('%s', (note) => {
    expect(messageWithout(note, 'Shared with ada@example.com by Bob')).toBe('Shared with [redacted] by Bob');
  });

  it('whatever is before and after it, unless that may be a letter of it', () => {
    const around = fc
      .string({ unit: 'binary', minLength: 0, maxLength: 3 })
      .filter((text) => !/[\p{L}\p{M}\p{N}]/u.test(text.normalize('NFKD') + folded(text)));
    const word = fc.constantFrom('', 'owner', 'by ', '用户');
    fc.assert(
      fc.property(word, around, around, word, (before, opening, closing, after) => {
        // Between words, `.`, `_`, `+` and `-` belong to the name in an address.
        fc.pre(before === '' || !/[._+\p{Pd}\p{Pc}\u2212]/u.test(opening.normalize('NFKD')));
        fc.pre(before !== 'owner' || opening !== '');
        fc.pre((after !== 'owner' && after !== 'by ') || closing !== '');
        const note = `${before}${opening}${ADDRESS}${closing}${after}`;
        expect([note, messageWithout(note, `Shared with ${ADDRESS} by Bob`)]).toEqual([
          note,
          'Shared with [redacted] by Bob',
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  it('for every character of punctuation and every symbol', () => {
    const signs = Array.from({ length: 0x3100 }, (_, code) => String.fromCodePoint(code)).filter(
      (sign) => !/[\p{L}\p{M}\p{N}]/u.test(sign.normalize('NFKD')),
    );
    const found = (note: string) => addressesIn(note, () => true).includes(ADDRESS);
    expect(signs.filter((sign) => !found(`${sign}${ADDRESS}${sign}`))).toEqual([]);
    expect(signs.filter((sign) => !found(`${ADDRESS}${sign}Next`))).toEqual([]);
  });
});

it('what is no address is none', () => {
  for (const text of ['@ada', 'ada@', 'ada @ example.com', '@', 'a@.', '@@'])
    expect(addressesIn(text, () => true)).toEqual([]);
});

it('the longest address is found where two slices of a long text meet', () => {
  const address = `${'a'.repeat(64)}@${'b'.repeat(186)}.com`;
  for (const at of [99_700, 99_900, 99_999, 100_000])
    expect(addressesIn(`${' '.repeat(at)}${address} `, () => true)).toContain(address);
});

it.each([
  ['a row of addresses', '=@a.b'.repeat(200_000)],
  ['addresses that can be read in many ways', `${'='.repeat(250)}a@${'b.'.repeat(125)} `.repeat(5_000)],
  ['at signs', '@'.repeat(1_000_000)],
  ['letters in changing scripts', `${'户a'.repeat(120)}@${'a户.'.repeat(80)} `.repeat(5_000)],
])('the search ends when %s cost too much', (_, text) => {
  let left = 1_000_000_000;
  let refused = 0;
  addressesIn(text, (comparisons) => {
    left -= comparisons;
    if (left < 0) refused++;
    return left >= 0;
  });
  expect(refused).toBe(1);
});
