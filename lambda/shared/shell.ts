import { visibleText } from './visible-text.ts';

/** Words that mean themselves in every shell. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/**
 * A text as one word of a command that a person may paste into a shell: in single quotes, where neither variables, command
 * substitution nor the history of an interactive shell count. It may still be an option if it begins with `-`.
 *
 * Control characters, line feeds included, become visible escapes: a pasted command has one line.
 */
export function shellWord(text: string): string {
  const line = visibleText(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return PLAIN_WORD.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
