import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const inProject = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The one way to print, see there. */
const BOUNDARY = 'tools/cli/terminal.ts';

const PRINTS =
  /\bconsole\s*\.|\bprocess\s*\.\s*std(out|err)\s*\.\s*write\b|\bstd(out|err)\.write\b|\bwriteSync\(\s*[12]\b/;

const tools = () => [
  ...readdirSync(inProject('tools'), { recursive: true, encoding: 'utf8' })
    .map((path) => `tools/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.(tsx?|mjs)$/.test(path)),
  'test/zoo/cli.ts',
  'test/mutants/cli.ts',
  'test/simulation/cli.ts',
  'test/simulation/backfill-year/command.ts',
  'test/bench/bench.ts',
];

it('tools print through the boundary that makes foreign text safe, and in no other way', () => {
  const printing = tools().filter((path) => PRINTS.test(readFileSync(inProject(path), 'utf8')));
  expect(printing).toEqual([BOUNDARY]);
});
