import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOG_EVENTS } from '../../../lambda/contract.ts';

const ARCHITECTURE = 'docs/architecture.md';
const CONTRIBUTING = 'CONTRIBUTING.md';

const DOCUMENTS = [
  'README.md',
  'SECURITY.md',
  'SUPPORT.md',
  'CHANGELOG.md',
  CONTRIBUTING,
  'examples/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Folders that a document may leave out of its paths. */
const ROOTS = ['', 'lambda', 'lambda/forwarder', 'lambda/forwarder/core'];

/** Files and folders that a command writes. */
const WRITTEN_BY_COMMANDS = [
  'cdk.out/',
  'dist/',
  'dist/package/',
  'dist/release/',
  'dist/local-forwarder.json',
  'index.mjs',
  'index.mjs.map',
  'sbom.cdx.json',
  'THIRD-PARTY-NOTICES.md',
];

const FENCED_CODE = /^ *```.*?^ *```/gms;
const PATH = /^[\w.-]+(\/[\w.-]+)*\/?$/;
const FILE_NAME = /\.(ts|mjs|md|json|svg)$/;
const FIRST_FOLDER =
  /^(lambda|infra|tools|packaging|test|docs|examples|actions|reporting|core|shared|settings|valence|aws)\//;

const read = (document: string): string => readFileSync(document, 'utf8').replace(FENCED_CODE, '');

/** Whether a path exists below one of the roots, or, for a bare file name, anywhere in the functions. */
function exists(path: string): boolean {
  if (ROOTS.some((root) => existsSync(join(root, path)))) return true;
  return (
    !path.includes('/') &&
    readdirSync('lambda', { recursive: true }).some((name) => `${name}`.endsWith(`/${path}`))
  );
}

function missingPaths(text: string): string[] {
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inner = '']) => inner);
  return code
    .filter((inner) => PATH.test(inner) && (FILE_NAME.test(inner) || FIRST_FOLDER.test(inner)))
    .filter((path) => !WRITTEN_BY_COMMANDS.includes(path) && !exists(path));
}

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchorsOf = (document: string): string[] =>
  [...read(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function brokenLinks(document: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
}

/** The rooms of a document: the first column of the table below its heading "Rooms". */
function roomsOf(document: string): string[] {
  const [, chapter = ''] = /^## Rooms\n(.*?)^## /ms.exec(read(document)) ?? [];
  return [...chapter.matchAll(/^\| `([^`]+)` \|/gm)].map(([, room = '']) => room);
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('names only files and folders that exist', () => {
    expect(missingPaths(read(document))).toEqual([]);
  });

  it('has only links that lead to a document and a heading', () => {
    expect(brokenLinks(document, read(document))).toEqual([]);
  });
});

describe('the check of documents', () => {
  it('finds a path that does not exist', () => {
    expect(missingPaths('See `core/runs/none.ts`, `none.ts`, `core/none/` and `core/ports.ts`.')).toEqual([
      'core/runs/none.ts',
      'none.ts',
      'core/none/',
    ]);
  });

  it('finds a link to a missing document, and one to a missing heading', () => {
    const text =
      '[a](docs/none.md) [b](README.md#deploy) [c](README.md#none) [d](#none) [e](https://example.com)';
    expect(brokenLinks('README.md', text)).toEqual(['docs/none.md', 'README.md#none', '#none']);
  });
});

describe('the rooms', () => {
  it('have the same order in the architecture page and in CONTRIBUTING', () => {
    expect(roomsOf(ARCHITECTURE)).toContain('lambda/forwarder/core/runs/');
    expect(roomsOf(CONTRIBUTING)).toEqual(roomsOf(ARCHITECTURE));
  });

  it.each(['lambda', 'lambda/forwarder', 'lambda/forwarder/core'])('include every folder of %s', (parent) => {
    const folders = readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}/`);
    const rooms = roomsOf(ARCHITECTURE);
    expect(folders.filter((folder) => !rooms.some((room) => room.startsWith(folder)))).toEqual([]);
  });
});

it('docs/metrics.md describes every event of a log line once', () => {
  const described = [
    ...read('docs/metrics.md').matchAll(/^\| `([a-z-]+)` \| (?:DEBUG|INFO|WARN|ERROR) \|/gm),
  ];
  expect(described.map(([, event]) => event).sort()).toEqual([...LOG_EVENTS].sort());
});
