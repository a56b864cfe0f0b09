import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { contextSchema } from '../../../infra/config.ts';
import { addBackfill } from '../../../tools/ops/commands/backfill.ts';
import { addDoctor } from '../../../tools/ops/commands/doctor.ts';
import { addHash } from '../../../tools/ops/commands/hash.ts';
import { addReplay } from '../../../tools/ops/commands/replay.ts';
import { addState } from '../../../tools/ops/commands/state.ts';
import { addStatus } from '../../../tools/ops/commands/status.ts';
import { addTail } from '../../../tools/ops/commands/tail.ts';
import { addWatermark } from '../../../tools/ops/commands/watermark.ts';

/** Commands, options, settings and names that documents show exist. Links and paths have a test of their own. */

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

const CHANGELOG = 'CHANGELOG.md';

const DOCUMENTS = [
  'README.md',
  'SECURITY.md',
  'SUPPORT.md',
  'CONTRIBUTING.md',
  CHANGELOG,
  'examples/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const filesIn = (folder: string, ends: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ends.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name));

/** Fenced blocks and code spans: what a reader may type. Lines of a block that end in a backslash go on. */
function codeIn(text: string): { blocks: string[]; spans: string[] } {
  const fences = [...text.matchAll(/^ *```\w*\n(.*?)^ *```/gms)].map(([, block = '']) => block);
  const rest = text.replace(/^ *```.*?^ *```/gms, '');
  return {
    blocks: fences.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n')),
    spans: [...rest.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' ')),
  };
}

/** The words of a command line, without a comment and what follows a pipe or another command. */
const wordsOf = (line: string): string[] =>
  (line.replace(/\s#.*$/, '').split(/ (?:\||&&|;) /)[0] ?? '').trim().split(/\s+/);

const optionsOf = (words: readonly string[]): string[] =>
  words.flatMap((word) => /^\[?(--[a-z][a-z-]*)/.exec(word)?.[1] ?? []);

/** Options that the sources of a tool define, whichever library reads them. */
function optionsIn(source: string): Set<string> {
  const text = [...filesIn(dirname(source), /\.ts$/), ...filesIn('tools/cli', /\.ts$/)]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const shown = [...text.matchAll(/['"`](?:-\w, )?(--[a-z][a-z-]*)/g)].map(([, option = '']) => option);
  const keys = [...text.matchAll(/^\s+'?([a-z][a-z-]*)'?: \{[^\n]*\btype: '(?:string|boolean)'/gm)];
  return new Set([...shown, ...keys.map(([, key]) => `--${key}`)]);
}

const ops = new Command('ops');
for (const add of [addDoctor, addStatus, addBackfill, addReplay, addTail, addWatermark, addState, addHash]) {
  add(ops);
}
const OPS = 'tools/ops/ops.ts';
const GLOBAL = new Set(
  [...readFileSync(OPS, 'utf8').matchAll(/'(--[a-z-]+)/g)].map(([, option]) => option ?? ''),
);
for (const option of ['--help', '--version', '--completion']) GLOBAL.add(option);

/** What is wrong with the arguments of `ops`. */
function wrongForOps(words: readonly string[]): string[] {
  const own = new Set<string>();
  let command = ops;
  for (const word of words.filter((each) => /^[a-z]+$/.test(each))) {
    const next = command.commands.find((each) => each.name() === word);
    if (!next) break;
    command = next;
  }
  for (const { long } of command.options) if (long) own.add(long);
  const [first = ''] = words;
  const unknown = command === ops && /^[a-z]+$/.test(first) ? [`ops ${first}`] : [];
  if (unknown.length > 0) return unknown;
  return [
    ...optionsOf(words)
      .filter((option) => !own.has(option) && !GLOBAL.has(option))
      .map((option) => `ops ${command.name()} ${option}`),
  ];
}

/** Source: AWS CDK CLI reference, the options that this project shows. */
const CDK_COMMANDS = ['bootstrap', 'deploy', 'destroy', 'diff', 'import', 'synth'];
const CDK_OPTIONS = ['--all', '--app', '--exclusively', '--no-rollback', '--quiet', '--profile'];

const cache = new Map<string, Set<string>>();
function toolOptions(source: string): Set<string> {
  const known = cache.get(source) ?? optionsIn(source);
  cache.set(source, known);
  return known;
}

/** What a command line names that does not exist. */
function wrongIn(line: string): string[] {
  const start = line.search(/\b(npm (run |start|test\b)|npx cdk )/);
  if (start < 0) return [];
  const [program, ...words] = wordsOf(line.slice(start));
  if (program === 'npx') {
    const [, command = '', ...rest] = words;
    return [
      ...(CDK_COMMANDS.includes(command) ? [] : [`cdk ${command}`]),
      ...optionsOf(rest).filter((option) => !CDK_OPTIONS.includes(option)),
    ];
  }
  const [verb = '', ...more] = words.filter((word) => word !== '--silent');
  const [script = '', ...rest] = verb === 'run' ? more : [verb, ...more];
  const run = scripts[script];
  if (run === undefined) return [`npm run ${script}`];
  const given = rest.slice(rest.indexOf('--') + 1);
  if (!rest.includes('--')) return [];
  if (script === 'ops') return wrongForOps(given);
  const source = run.match(/[\w/-]+\.ts/)?.[0];
  return source
    ? optionsOf(given)
        .filter((option) => !toolOptions(source).has(option) && !['--help', '--version'].includes(option))
        .map((option) => `${script} ${option}`)
    : [];
}

/** Where a setting of any name would be, and settings that are shown because they are refused. */
const NO_SETTINGS = ['key', 'name', 'severity', 'apiKey'];

/** Settings in `-c key=value` and in spans that set one. */
function unknownSettings({ blocks, spans }: ReturnType<typeof codeIn>): string[] {
  const given = [...blocks, ...spans].flatMap((text) =>
    [...text.matchAll(/(?:^|\s)-c '?([A-Za-z]+)=/g)].map(([, key = '']) => key),
  );
  const set = spans.flatMap((span) => /^([a-z]+[A-Z]\w*)=\S/.exec(span)?.[1] ?? []);
  return [...given, ...set].filter(
    (key) => !Object.hasOwn(contextSchema.shape, key) && !NO_SETTINGS.includes(key),
  );
}

/** Names of this product, of AWS or of Datadog in the form of an identifier. */
const NAME =
  /^@?(?:[a-z]+[A-Z][A-Za-z0-9]*|[A-Z][a-z]+[A-Z][A-Za-z]*|[A-Z]+(?:_[A-Z0-9]+)+|[a-z]+(?:_[a-z0-9]+)+|[a-z]+(?:-[a-z0-9]+)+)$/;

const SOURCES = [
  ...['lambda', 'infra', 'tools', 'packaging', 'test', 'examples'].flatMap((folder) =>
    filesIn(folder, /\.(ts|tsx|mjs|json|css)$/),
  ),
  'package.json',
  'project.json',
  '.ci/run',
  'docs/decisions/README.md',
].filter((path) => !path.endsWith('docs/claims.test.ts'));

const WORDS = new Set(
  SOURCES.flatMap((path) => readFileSync(path, 'utf8').match(/[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/g) ?? []),
);

/** The names of a whole word, and those within a word such as `stream-failed-alerts`. */
const exists = (name: string): boolean => WORDS.has(name.replace('@', ''));

/** Names of others. */
const NOT_OURS: ReadonlySet<string> = new Set([
  // Statuses and codes of AWS and of Node.js, names of its commands and errors.
  'DELETE_FAILED',
  'ERROR_CODE',
  'ERROR_MESSAGE',
  'EventAgeExceeded',
  'RetriesExhausted',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'put-event-selectors',
  // Libraries that decisions and other pages speak about, and what these call things.
  'axios-retry',
  'forceFetch',
  'GetParameterError',
  'moduleResolution',
  // What a maintainer sets in the repository.
  'NPM_TOKEN',
  // Made from the name of the program at run time.
  'valence-start',
]);

const unknownNames = ({ spans }: ReturnType<typeof codeIn>): string[] =>
  spans.filter((span) => NAME.test(span) && !exists(span) && !NOT_OURS.has(span));

describe.each(DOCUMENTS)('%s', (document) => {
  const code = codeIn(readFileSync(document, 'utf8'));

  it('shows only commands and options that exist', () => {
    expect([...code.blocks, ...code.spans].flatMap(wrongIn)).toEqual([]);
  });

  it('sets only settings that exist', () => {
    expect(unknownSettings(code)).toEqual([]);
  });

  // The changelog also names what a version has removed.
  it.skipIf(document === CHANGELOG)('names only what the sources have', () => {
    expect(unknownNames(code)).toEqual([]);
  });
});

describe('the check of claims', () => {
  it.each([
    ['npm run nothing', 'npm run nothing'],
    ['npm run ops -- reply --dry-run', 'ops reply'],
    ['npm run ops -- status --dry-run', 'ops status --dry-run'],
    ['npm run ops -- watermark set --accept-losses', 'ops set --accept-losses'],
    ['npm run doctor -- --open-api x', 'doctor --open-api'],
    ['npx cdk destroy --force-all', '--force-all'],
    ['npx cdk deplay', 'cdk deplay'],
  ])('finds what is wrong in %s', (line, wrong) => {
    expect(wrongIn(line)).toEqual([wrong]);
  });

  it('finds settings and names that do not exist', () => {
    const code = codeIn(
      '`-c kmsKey=x`, `allMetric=true`, `allMetrics`, `strean-failed`, `RecordsFetch`, `STATE_TABLES`',
    );

    expect(unknownSettings(code)).toEqual(['kmsKey', 'allMetric']);
    expect(unknownNames(code)).toEqual(['strean-failed', 'RecordsFetch', 'STATE_TABLES']);
  });
});
