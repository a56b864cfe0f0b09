import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
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

describe('a table that is too wide', () => {
  const text = 'a sentence that has so many words that it does not fit';

  it('has several lines in its last column', () => {
    expect(
      table(
        ['name', 'what it is'],
        [
          ['one', text],
          ['two', 'short'],
        ],
        { columns: 40 },
      ),
    ).toBe(
      `name  what it is
one   a sentence that has so many words
      that it does not fit
two   short`,
    );
  });

  it('has a block for each row where the last column would be too narrow', () => {
    const wide = 'x'.repeat(30);

    expect(
      table(['tenant', 'stream', 'watermark', 'lag'], [['acme', 'alerts', wide, '2 min']], {
        naming: 2,
        columns: 44,
      }),
    ).toBe(`acme  alerts\n  watermark  ${wide}\n  lag        2 min`);
  });

  it('has the text below the names where there are no headings', () => {
    expect(table(undefined, [['ok', 'a.very.long.name.of.a.check', text]], { columns: 40 })).toBe(
      'ok  a.very.long.name.of.a.check\n  a sentence that has so many words that\n  it does not fit',
    );
  });
});
