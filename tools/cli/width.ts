import stringWidth from 'string-width';
import { inOneLine } from './terminal.ts';

/** Fits text into the width of the screen. What a person may paste stays in one line: a command, an option with its value, JSON. */

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

/** In place of a blank that must not become the end of a line. No printed text contains it, see `inOneLine`. */
const HELD = '\0';

const QUOTED = `'[^']*'(?:\\\\''[^']*')*`;
const STARTS = '(?:npm (?:run|start)|npx|aws)\\b';
const VARIABLES = `(?:[A-Z][A-Z_]{2,}=(?:${QUOTED}|\\S+))`;

/**
 * What must stay in one line: a command in double quotes or in parentheses; a command up to the next punctuation mark, with the
 * variables before it; variables and options with a quoted value.
 */
const WHOLE = new RegExp(
  [
    `"${STARTS}[^"]*"`,
    `\\(${STARTS}[^)]*\\)`,
    `(?:${VARIABLES} )*${STARTS}(?:${QUOTED}|(?![.,;:)"](?: |$)).)*`,
    `[A-Z][A-Z_]{2,}=${QUOTED}`,
    `--[\\w-]+ ${QUOTED}`,
  ].join('|'),
  'g',
);

/** A line of JSON with indentation. */
const JSON_LINE = /^\s*(?:"[^"]*": .*|"[^"]*",?|[[\]{}]+,?)$/;

const BLANKS_BEFORE = /^ *(?:- )?/;

/** The lines of one line of text. */
function linesOf(line: string, columns: number, hang: number): string[] {
  const shown = inOneLine(line);
  if (widthOf(shown) <= columns || JSON_LINE.test(shown)) return [shown];
  const [before = ''] = BLANKS_BEFORE.exec(shown) ?? [];
  const indent = ' '.repeat(before.length + hang);
  const words = shown
    .slice(before.length)
    .replace(WHOLE, (whole) => whole.replaceAll(' ', HELD))
    .split(' ');
  const lines: string[] = [];
  let current = before;
  let isEmpty = true;
  for (const word of words) {
    const longer = isEmpty ? current + word : `${current} ${word}`;
    if (isEmpty || widthOf(longer.replaceAll(HELD, ' ')) <= columns) {
      current = longer;
    } else {
      lines.push(current);
      current = indent + word;
    }
    isEmpty = false;
  }
  return [...lines, current].map((each) => each.replaceAll(HELD, ' ').trimEnd());
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
