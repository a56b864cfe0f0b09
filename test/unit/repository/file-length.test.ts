import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, it } from 'vitest';
import { readCommentedJson } from '../../support/commented-json.ts';

const MAX_LINES = 300;

/** Files and folders with all TypeScript of the project. */
const { include }: { include: readonly string[] } = readCommentedJson('tsconfig.json');

const FILES = include
  .flatMap((path) =>
    path.endsWith('.ts')
      ? [path]
      : readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)),
  )
  .filter((path) => /\.tsx?$/.test(path) && !path.split(sep).includes('node_modules'));

/** Says of a file that is too long what to do. */
function problemsOf(path: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  if (lines <= MAX_LINES) return [];
  return [`${path} has ${lines} lines, ${MAX_LINES} are the most: split it where its subject changes.`];
}

it('no TypeScript file has more than 300 lines', () => {
  expect(FILES.length).toBeGreaterThan(900);
  expect(FILES.flatMap((path) => problemsOf(path, readFileSync(path, 'utf8')))).toEqual([]);
});

it('a file with a line too many is named, with what to do', () => {
  expect(problemsOf('lambda/long.ts', '\n'.repeat(300))).toEqual([]);
  expect(problemsOf('lambda/long.ts', '\n'.repeat(301))).toEqual([
    'lambda/long.ts has 301 lines, 300 are the most: split it where its subject changes.',
  ]);
});

it('CONTRIBUTING states the limit', () => {
  expect(readFileSync('CONTRIBUTING.md', 'utf8')).toContain(`more than ${MAX_LINES} lines`);
});
