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

/** A command as a checkout has it, with npm's option and separator. */
const SCRIPT = new RegExp(`npm run (?:--silent )?(${TOOLS.join('|')})\\b(?: --(?![\\w-]))?`, 'g');

/** A text of the project for the package: `npm run ops -- status` becomes `npx valence-ops status`. */
export const inPackage = (text: string): string =>
  text.replaceAll(SCRIPT, (_, tool: string) => `npx ${commandOf(tool)}`);
