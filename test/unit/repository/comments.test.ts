import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** Names files that do not exist, on purpose. */
const THIS_FILE = 'test/unit/repository/comments.test.ts';

const SOURCES = ['lambda', 'infra', 'tools', 'packaging', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
);
const DOCUMENTS = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) =>
  join('docs', name),
);
const FILE_NAMES = new Set([...SOURCES, ...DOCUMENTS].map((path) => basename(path)));

/** Folders that a comment may leave out of a path. */
const ROOTS = ['', 'lambda', 'lambda/forwarder', 'lambda/forwarder/core', 'test'];

/** Files that a command writes. */
const WRITTEN_BY_COMMANDS = ['index.mjs', 'ops.mjs'];

/** Doc comments, and lines that begin with `//`. */
const COMMENT = /\/\*\*.*?\*\/|^ *\/\/ [^\n]*/gms;
const PATH = /(?<![\w./*{-])(?:[\w.-]+\/)*[\w-]+\.(?:ts|mjs|md)\b(?!:)/g;

function missingPaths(file: string, text: string): string[] {
  const named = [...text.matchAll(COMMENT)].flatMap(([comment]) => comment.match(PATH) ?? []);
  return named.filter((path) => !WRITTEN_BY_COMMANDS.includes(path) && !exists(path, dirname(file)));
}

/** A bare file name may be that of any file; a path is one from a root, or from the folder of the comment. */
const exists = (path: string, folder: string): boolean =>
  path.includes('/') ? [...ROOTS, folder].some((root) => existsSync(join(root, path))) : isFile(path);

const isFile = (name: string): boolean => FILE_NAMES.has(name) || existsSync(name);

it('every file that a comment names exists', () => {
  const missing = SOURCES.filter((path) => /\.m?ts$/.test(path) && path !== THIS_FILE).flatMap((path) =>
    missingPaths(path, readFileSync(path, 'utf8')).map((named) => `${path}: ${named}`),
  );
  expect(missing).toEqual([]);
});

it('a missing file is found in a doc comment and in a line comment', () => {
  const text = [
    '/** See core/no-file.ts, no-file.ts and core/ports.ts. */',
    '  // See docs/no-file.md and ports.ts.',
    "import './no-file.ts';",
  ].join('\n');
  expect(missingPaths('lambda/forwarder/handler.ts', text)).toEqual([
    'core/no-file.ts',
    'no-file.ts',
    'docs/no-file.md',
  ]);
});

/** CONTRIBUTING.md: name the actor, and use the standard term. */
const VAGUE_WORDS = /\b(?:nobody|somebody|besides?|unmendable|whereabouts|(?:is|are) told|tells)\b/gi;

it('no comment and no document uses a vague word', () => {
  const found = [...SOURCES, ...DOCUMENTS, 'README.md', 'CONTRIBUTING.md']
    .filter((path) => /\.(?:m?ts|md)$/.test(path) && path !== THIS_FILE)
    .flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      const prose = path.endsWith('.md') ? [text] : (text.match(COMMENT) ?? []);
      return prose.flatMap((part) => part.match(VAGUE_WORDS) ?? []).map((word) => `${path}: ${word}`);
    });
  expect(found).toEqual([]);
});
