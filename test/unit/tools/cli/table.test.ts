import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { table } from '../../../../tools/cli/table.ts';
import { colour } from '../../../../tools/cli/terminal.ts';

it('aligns text to the left and numbers to the right, without blanks at the end of a line', () => {
  const shown = table(
    ['name', 'count', 'note'],
    [
      ['a', '1,200', 'first'],
      ['longer', '-', ''],
    ],
  );

  expect(shown).toBe('name    count  note\na       1,200  first\nlonger      -');
});

it('shows rows without headings', () => {
  expect(
    table(undefined, [
      ['one', 'x'],
      ['three', 'y'],
    ]),
  ).toBe('one    x\nthree  y');
});

it('aligns wide and coloured text by what a terminal shows of it', () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  const red = colour('red', 'red', terminal);

  expect(
    table(undefined, [
      ['日本', 'x'],
      [red, 'y'],
    ]),
  ).toBe(`日本  x\n${red}   y`);
});
