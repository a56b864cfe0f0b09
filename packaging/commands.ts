import { resolve } from 'node:path';

/** Tools that the package has as commands: their names in a checkout, `npm run NAME`. */
const TOOLS = ['datadog', 'doctor', 'ops', 'preview'] as const;

/** Entries of the commands by their names in the package. */
export const COMMANDS: Readonly<Record<string, string>> = Object.fromEntries(
  TOOLS.map((tool) => [commandOf(tool), resolve(import.meta.dirname, `../tools/${tool}/${tool}.ts`)]),
);

/** The name is not `doctor` alone, because all commands of a user's packages share one folder. */
function commandOf(tool: string): string {
  return `valence-${tool}`;
}

/**
 * A command as a checkout has it, its arguments, and the space between it and the second column of a help text. What follows a command
 * in the same line at a greater distance is code.
 */
const SCRIPT = new RegExp(
  `npm run (?:--silent )?(${TOOLS.join('|')})\\b(?: --(?![\\w-]))?(?:([^\\n\`]{0,70}?)( {3,})(?=\\w))?`,
  'g',
);

/** Between two columns. */
const GAP = '  ';

/**
 * A text of the project for the package: `npm run ops -- status` becomes `npx valence-ops status`. A second column stays where it is, if the
 * first one leaves room.
 */
export const inPackage = (text: string): string =>
  text.replaceAll(SCRIPT, (script: string, tool: string, args = '', gap = '') => {
    const command = `npx ${commandOf(tool)}${args}`;
    return gap === '' ? command : (command + GAP).padEnd(script.length);
  });
