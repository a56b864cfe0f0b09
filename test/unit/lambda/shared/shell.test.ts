import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellWord } from '../../../../lambda/shared/shell.ts';
import { visibleText } from '../../../../lambda/shared/visible-text.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shell-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PRINTER = `process.stdout.write(JSON.stringify(process.argv.slice(1)))`;

const environment = () => ({ PATH: process.env['PATH'] ?? '', HOME: folder, HISTFILE: '/dev/null' });

const SHELLS: [name: string, run: (command: string) => string][] = [
  [
    'sh',
    (command) => execFileSync('sh', ['-c', command], { cwd: folder, env: environment(), encoding: 'utf8' }),
  ],
  [
    'bash',
    (command) => execFileSync('bash', ['-c', command], { cwd: folder, env: environment(), encoding: 'utf8' }),
  ],
  [
    'bash for a person',
    // Lines of standard input are what a person would paste: history and its expansion are on.
    (command) =>
      execFileSync('bash', ['--norc', '--noprofile', '-i'], {
        cwd: folder,
        env: environment(),
        encoding: 'utf8',
        input: `set -H\ntrue former\n${command}\nexit\n`,
        stdio: ['pipe', 'pipe', 'ignore'],
      }),
  ],
];

/** What a program gets of these texts as its arguments, through a shell. */
const throughShell = (run: (command: string) => string, texts: readonly string[]): string[] =>
  JSON.parse(
    run(`${shellWord(process.execPath)} -e ${shellWord(PRINTER)} -- ${texts.map(shellWord).join(' ')}`),
  );

const HOSTILE = [
  "x'; touch pwned; '",
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned; "',
  "'$(touch pwned)'",
  "!! !true !$ it's !!",
  "''!!''",
  '\\',
  "\\'; touch pwned #",
  '; touch pwned',
  '&& touch pwned',
  '| touch pwned',
  '> pwned',
  '~ * ? [a] {a,b} #',
  '-rf',
  '',
  JSON.stringify({ a: "it's\n`$(touch pwned)`", b: '\u202e', c: '"\\' }),
];

describe.each(SHELLS)('in %s', (_, run) => {
  it('a word means itself, whatever it holds', () => {
    expect(throughShell(run, HOSTILE)).toEqual(HOSTILE.map((text) => visibleText(text)));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('so does any other', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 50, maxLength: 50 });
    return fc.assert(
      fc.property(texts, (words) => {
        const line = (text: string) => visibleText(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
        expect(throughShell(run, words)).toEqual(words.map(line));
      }),
      { numRuns: 5 },
    );
  });
});

it('a command stays on one line, and control characters become visible', () => {
  expect(shellWord('a\nb\x1b[31m\r')).toBe("'a\\nb\\u001b[31m\\u000d'");
});

it('plain words stay as they are', () => {
  expect(['/api/v1', 'arn:aws:s3:::b', 'a_b-c', 'x=1'].map(shellWord)).toEqual([
    '/api/v1',
    'arn:aws:s3:::b',
    'a_b-c',
    'x=1',
  ]);
});
