import type { Command } from 'commander';
import { table } from './table.ts';
import { fitted, indented, screenColumns, widthOf } from './width.ts';

/** A command to type, and what it is good for. */
export type Example = readonly [command: string, meaning: string];

const INDENT = 2;

/** Between the commands and their meanings. */
const GAP = 3;

/** The examples in two columns, or each meaning below its command where they do not fit. */
export function examplesText(examples: readonly Example[]): string {
  const columns = screenColumns() - INDENT;
  const first = Math.max(...examples.map(([command]) => widthOf(command)));
  const fits = examples.every(([, meaning]) => first + GAP + widthOf(meaning) <= columns);
  const text = fits
    ? table(
        undefined,
        examples.map(([command, meaning]) => [command.padEnd(first + 1), meaning]),
        { columns },
      )
    : examples
        .flatMap(([command, meaning]) => [
          command,
          ...(meaning ? [indented(meaning, 2 * INDENT, columns)] : []),
        ])
        .join('\n');
  return text.replace(/^(?=.)/gm, ' '.repeat(INDENT));
}

/**
 * Adds examples to the help of a command.
 * @param notes paragraphs below them
 */
export const withExamples = (
  command: Command,
  examples: readonly Example[],
  ...notes: readonly string[]
): Command =>
  command.addHelpText('after', () =>
    ['', 'Examples:', examplesText(examples), ...notes.map((note) => `\n${fitted(note)}`), ''].join('\n'),
  );
