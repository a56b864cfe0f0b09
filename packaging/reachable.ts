import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `from './x.js'`, and the place of a type: `import("./x.js").Y`. */
const SPECIFIER = /\b(?:from '|import ?'|import\(["'])([@#.\w][\w@./-]*)["']/g;

/** What a compiled file imports, as it is written there. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier);

/**
 * Follows imports. The compiler also writes what only types of private code need, which nothing would ever load.
 * @param entries JavaScript, or declarations
 * @param aliases paths that `imports` of package.json names, relative to the folder
 * @returns paths of the entries and of all files that they need, relative to the folder
 */
export function reachable(
  folder: string,
  entries: readonly string[],
  aliases: Readonly<Record<string, string>>,
): string[] {
  const found = new Set(entries);
  // A set shows what was added while it is read.
  for (const path of found) {
    for (const specifier of importsOf(readFileSync(join(folder, path), 'utf8'))) {
      if (!/^[.#]/.test(specifier)) continue;
      const target = aliases[specifier] ?? join(dirname(path), specifier);
      found.add(path.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target);
    }
  }
  return [...found];
}
