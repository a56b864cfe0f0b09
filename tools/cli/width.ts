import stringWidth from 'string-width';
import { inOneLine } from './terminal.ts';
import { unbrokenParts } from './unbroken.ts';

/** Fits text into the width of the screen. What a person may paste stays in one line. */

/** Where nothing says how wide the screen is: a file, a pipe, a terminal without a size. */
const DEFAULT_COLUMNS = 80;
const LEAST_COLUMNS = 40;

/** How many columns a line may have: `COLUMNS`, if it is set, or those of the terminal. */
export function screenColumns(stream: { columns?: number } = process.stdout): number {
  const given = Number(process.env['COLUMNS']) || stream.columns || DEFAULT_COLUMNS;
  return Math.max(LEAST_COLUMNS, given);
}

/** How many columns a terminal needs for a text of one line. */
export const widthOf = (text: string): number => stringWidth(text);

/** A line of JSON with indentation. */
const JSON_LINE = /^\s*(?:"[^"]*": .*|"[^"]*",?|[[\]{}]+,?)$/;

const BLANKS_BEFORE = /^ *(?:- )?/;

/** The lines of one line of text. */
function linesOf(line: string, columns: number, hang: number): string[] {
  const shown = inOneLine(line);
  if (widthOf(shown) <= columns || JSON_LINE.test(shown)) return [shown];
  const [before = ''] = BLANKS_BEFORE.exec(shown) ?? [];
  const indent = ' '.repeat(before.length + hang);
  const lines: string[] = [];
  let current = before;
  let isEmpty = true;
  for (const part of unbrokenParts(shown.slice(before.length))) {
    const longer = isEmpty ? current + part : `${current} ${part}`;
    if (isEmpty || widthOf(longer) <= columns) {
      current = longer;
    } else {
      lines.push(current);
      current = indent + part;
    }
    isEmpty = false;
  }
  return [...lines, current].map((each) => each.trimEnd());
}

export interface FitOptions {
  /** @default the width of the screen */
  columns?: number;
  /** Blanks before a continued line, in addition to those of the line. @default 0 */
  hang?: number;
}

/**
 * The text with lines that are no longer than the screen is wide. Lines end between words; a word, a command or a line of JSON that is
 * too long is alone on its line.
 */
export const fitted = (text: string, { columns = screenColumns(), hang = 0 }: FitOptions = {}): string =>
  text
    .split('\n')
    .flatMap((line) => linesOf(line, columns, hang))
    .join('\n');

/** The text, fitted, with blanks before each line. */
export const indented = (text: string, blanks: number, columns: number = screenColumns()): string =>
  fitted(text, { columns: columns - blanks }).replace(/^(?=.)/gm, ' '.repeat(blanks));
