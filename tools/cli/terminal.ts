import { randomInt } from 'node:crypto';
import { styleText } from 'node:util';
import { visibleText } from '../../lambda/shared/visible-text.ts';

/**
 * The only way to print. Records, answers of APIs and log lines are foreign text: whatever in it could command the terminal is
 * printed as a visible escape. The tools' own colours carry a number that foreign text cannot know.
 */

type Style = Parameters<typeof styleText>[0];

const CODE_START = '\x1b[';
/** Written like a further parameter of a colour, so that libraries that measure text still take the whole for one. */
const OWN_START = `${CODE_START}${randomInt(1e8, 1e9)};`;
const OWN_CODE = new RegExp(`(${OWN_START.replace('[', '\\[')}[\\d;]+m)`);

/**
 * Styles text for a terminal. Without a terminal, and with `NO_COLOR`, the text is unchanged.
 * @param stream where the text goes
 */
export function colour(style: Style, text: string, stream: NodeJS.WritableStream = process.stdout): string {
  const [begin = '', end = ''] = styleText(style, '\0', { stream }).split('\0');
  return begin.replaceAll(CODE_START, OWN_START) + text + end.replaceAll(CODE_START, OWN_START);
}

/** The text with its foreign parts made visible; own colours are every second part. */
const visibleParts = (text: string): string[] =>
  text.split(OWN_CODE).map((part, index) => (index % 2 === 0 ? visibleText(part) : part));

/** The text as it may be printed: foreign text made visible, own colours as the terminal reads them. */
export const printable = (text: string): string =>
  visibleParts(text)
    .map((part, index) => (index % 2 === 0 ? part : part.replace(OWN_START, CODE_START)))
    .join('');

/**
 * The text in one line, for places where a line of its own would let foreign text pass for the tool's, and as wide as it will
 * be printed.
 */
export const inOneLine = (text: string): string =>
  visibleParts(text.replaceAll('\n', '\\n').replaceAll('\t', '\\t')).join('');

/** Prints text as it is, without a line feed of its own. */
export const printText = (text: string, stream: NodeJS.WritableStream = process.stdout): void =>
  void stream.write(printable(text));

/** Prints a line, or several, on stdout. JSON stays the same JSON. */
export const printLine = (text: string, stream?: NodeJS.WritableStream): void =>
  printText(`${text}\n`, stream);

/** The same on stderr. */
export const printError = (text: string): void => printLine(text, process.stderr);

const CLEAR_SCREEN = '\x1b[2J\x1b[H';

/** Clears stdout if it is a terminal. */
export function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write(CLEAR_SCREEN);
}
