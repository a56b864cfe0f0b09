/** Parts of a text that must stay in one line: what a person may paste. */

const COMMANDS: ReadonlySet<string> = new Set(['npx', 'aws']);
const NPM_COMMANDS: ReadonlySet<string> = new Set(['run', 'start']);

/** What a part is, which determines where it ends. */
type Kind =
  /** At the next punctuation mark. */
  | 'command'
  /** With the quote, or the parenthesis, that it began with. */
  | 'quoted'
  | 'parenthesised'
  /** With its value; a command after it belongs to it. */
  | 'variable'
  /** With its quoted value. */
  | 'option';

const ENDS: Readonly<Record<Kind, RegExp>> = {
  command: /[.,;:)"]$/,
  quoted: /"[.,;:)]*$/,
  parenthesised: /\)[.,;:]*$/,
  variable: /$/,
  option: /$/,
};

const isCommand = (word: string, next: string): boolean =>
  COMMANDS.has(word) || (word === 'npm' && NPM_COMMANDS.has(next));

/** What begins with a word; undefined for a word of a sentence. */
function kindOf(word: string, next = ''): Kind | undefined {
  if (isCommand(word, next)) return 'command';
  if (word.startsWith('"') && isCommand(word.slice(1), next)) return 'quoted';
  if (word.startsWith('(') && isCommand(word.slice(1), next)) return 'parenthesised';
  if (/^[A-Z][A-Z_]{2,}=/.test(word)) return 'variable';
  return /^--[\w-]+$/.test(word) && next.startsWith("'") ? 'option' : undefined;
}

/** Whether a word opens or closes a single quote; `\'` is a quote itself. */
const turnsQuote = (word: string): boolean => (word.replaceAll("\\'", '').split("'").length - 1) % 2 === 1;

/**
 * The words of a line, of which those that belong together are one: a command up to the next punctuation mark, with the variables before
 * it; a command in double quotes or in parentheses; a variable or an option with its quoted value.
 */
export function unbrokenParts(line: string): string[] {
  const words = line.split(' ');
  const parts: string[][] = [];
  let kind: Kind | undefined;
  let isQuoted = false;
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    const isFirst = kind === undefined;
    kind ??= kindOf(word, next);
    if (isFirst) parts.push([word]);
    else parts.at(-1)?.push(word);
    if (kind === undefined) continue;
    if (turnsQuote(word)) isQuoted = !isQuoted;
    const awaitsValue = kind === 'option' && isFirst;
    if (isQuoted || awaitsValue || !ENDS[kind].test(word)) continue;
    const following: Kind | undefined =
      kind === 'variable' && next !== undefined ? kindOf(next, words[index + 2]) : undefined;
    kind = following === 'command' || following === 'variable' ? following : undefined;
  }
  return parts.map((part) => part.join(' '));
}
