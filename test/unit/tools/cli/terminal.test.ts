import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { table } from '../../../../tools/cli/table.ts';
import { colour, inOneLine, printable, printLine } from '../../../../tools/cli/terminal.ts';
import { unsafeIn } from '../../../support/unsafe-text.ts';

const terminal = () => Object.assign(new PassThrough(), { isTTY: true });

const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\x1b[31m',
    '\x1b[8m',
    '\x1b]52;c;dG91Y2g=\x07',
    '\x9b31m',
    '\x1b[2J',
    '\r',
    '\0',
    '\x7f',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u2028',
    '\u034f',
    '\u115f',
    '\u2800',
    '\u3164',
    '\uffa0',
    '\ufe0f',
    '\ud800',
    '\u{e0041}',
  ),
);
const foreign = fc.array(piece).map((pieces) => pieces.join(''));

it('foreign text reaches a terminal without any character that could command it; only own colours remain', () =>
  fc.assert(
    fc.property(foreign, foreign, (one, other) => {
      const shown = printable(`${one}${colour('red', other, terminal())}${one}`);
      expect(shown.split('\x1b[').length - 1).toBe(2);
      expect(unsafeIn(shown.replaceAll('\x1b[31m', '').replaceAll('\x1b[39m', ''))).toEqual([]);
    }),
  ));

it('JSON stays the same JSON', () =>
  fc.assert(
    fc.property(fc.jsonValue(), foreign, (value, text) => {
      const json = printable(JSON.stringify({ value, [text]: text }, null, 2));
      expect(unsafeIn(json)).toEqual([]);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, [text]: text })));
    }),
  ));

it('ordinary text of any language, line feeds and tabs stay as they are', () => {
  const text = 'Zoë\tΟδυσσεύς 李明 👍 שלום\nline \\u001b';
  expect(printable(text)).toBe(text);
});

it('what takes room and shows nothing is visible', () => {
  expect(printable('a\u034f\u115f\u2800\u3164\uffa0\ufe0fb')).toBe(
    'a\\u034f\\u115f\\u2800\\u3164\\uffa0\\ufe0fb',
  );
});

it('escapes are visible', () => {
  expect(printable('\x1b]52;c;x\x07 \x9b \u202e \u{e0041}')).toBe(
    '\\u001b]52;c;x\\u0007 \\u009b \\u202e \\udb40\\udc41',
  );
});

it('a printed line is what is printable of it', () => {
  const stream = terminal();
  printLine(`a\x1b[2J${colour('green', 'b', stream)}`, stream);
  expect(stream.read().toString()).toBe('a\\u001b[2J\x1b[32mb\x1b[39m\n');
});

it('without a terminal there are no colours', () => {
  expect(colour('red', 'a', new PassThrough())).toBe('a');
});

it('a cell of a table has one line, and is as wide as what is printed of it', () => {
  const shown = printable(
    table(undefined, [
      ['a\nok  forged\x1b[2K', 'x'],
      [colour('red', 'b', terminal()), 'y'],
    ]),
  );
  const [first = '', second = '', ...others] = stripVTControlCharacters(shown).split('\n');
  expect(others).toEqual([]);
  expect(first).toBe('a\\nok  forged\\u001b[2K  x');
  expect(second.indexOf('y')).toBe(first.indexOf('x'));
  expect(inOneLine('a\tb\nc')).toBe('a\\tb\\nc');
});
