import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { notices } from '../../../packaging/notices.ts';
import { billOfMaterials } from '../../../packaging/sbom.ts';
import { type Lockfile, type Shipped, shippedPackages } from '../../../packaging/shipped.ts';

const HASH = `${'A'.repeat(86)}==`;
const INTEGRITY = `sha512-${HASH}`;

const locked = (version: string, license = 'MIT') => ({ version, license, integrity: INTEGRITY });

/** A part of which each input has so many bytes in the output. */
function bundled(part: string, inputs: Readonly<Record<string, number>>) {
  const bytes = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  const output = { bytes: 0, imports: [], exports: [], inputs: Object.fromEntries(bytes) };
  return { part, metafile: { inputs: {}, outputs: { [`${part}/index.js`]: output } } satisfies Metafile };
}

const LOCKFILE: Lockfile = {
  packages: {
    'node_modules/zod': locked('4.0.0'),
    'node_modules/@scope/core': locked('1.0.0', 'Apache-2.0'),
    'node_modules/@scope/core/node_modules/zod': locked('3.0.0'),
    'node_modules/other/node_modules/zod': locked('4.0.0'),
    'node_modules/unpinned': { version: '1.0.0', license: 'MIT' },
  },
};

describe('the packages in ours', () => {
  it('are those of which a byte is in a part, each with its parts, in each of its versions once', () => {
    const parts = [
      bundled('functions/forwarder', {
        'lambda/forwarder/handler.ts': 10,
        'node_modules/zod/index.js': 5,
        'node_modules/zod/mini/index.js': 5,
      }),
      bundled('bin', {
        'node_modules/@scope/core/a.js': 1,
        'node_modules/@scope/core/node_modules/zod/b.js': 1,
        'node_modules/other/node_modules/zod/index.js': 1,
        'node_modules/unpinned/read-and-dropped.js': 0,
      }),
    ];

    const packages = shippedPackages(parts, LOCKFILE).map(({ name, version, parts }) => [
      name,
      version,
      parts,
    ]);
    expect(packages).toEqual([
      ['@scope/core', '1.0.0', ['bin']],
      ['zod', '3.0.0', ['bin']],
      ['zod', '4.0.0', ['bin', 'functions/forwarder']],
    ]);
  });

  it.each(['unpinned', 'unknown'])('are refused without version, licence and hash: %s', (name) => {
    expect(() => shippedPackages([bundled('bin', { [`node_modules/${name}/a.js`]: 1 })], LOCKFILE)).toThrow(
      `package-lock.json: node_modules/${name} needs version, license and integrity.`,
    );
  });
});

const shipped = (name: string, license: string): Shipped => ({
  folder: `node_modules/${name}`,
  name,
  version: '1.0.0',
  license,
  integrity: INTEGRITY,
  parts: ['bin'],
});

describe('the bill of materials', () => {
  const own = { name: 'own', version: '0.1.0', license: 'MIT', dependencies: {} };

  it('has the hash of each package in hexadecimal, its licence, and its address with an escaped scope', () => {
    const [component] = billOfMaterials(own, [shipped('@scope/core', 'ISC')]).components;

    expect(component).toMatchObject({
      name: '@scope/core',
      purl: 'pkg:npm/%40scope/core@1.0.0',
      hashes: [{ alg: 'SHA-512', content: '0'.repeat(128) }],
      licenses: [{ license: { id: 'ISC' } }],
      properties: [{ name: 'part', value: 'bin' }],
    });
  });

  it('writes several licences as an expression', () => {
    const [component] = billOfMaterials(own, [shipped('two', '(MIT OR CC0-1.0)')]).components;

    expect(component?.licenses).toEqual([{ expression: '(MIT OR CC0-1.0)' }]);
  });

  it('is the same for the same packages, and says what depends on them', () => {
    const make = () => billOfMaterials(own, [shipped('a', 'MIT'), shipped('b', 'MIT')]);

    expect(make()).toEqual(make());
    expect(make().dependencies).toEqual([
      { ref: 'pkg:npm/own@0.1.0', dependsOn: ['pkg:npm/a@1.0.0', 'pkg:npm/b@1.0.0'] },
    ]);
  });
});

it('the notices show one text once for all packages that have it, and name those without a text', () => {
  const texts: Readonly<Record<string, string>> = { 'node_modules/a': 'Text\n', 'node_modules/b': 'Text' };
  const page = notices(
    [shipped('a', 'MIT'), shipped('b', 'MIT'), shipped('c', 'ISC')],
    (folder) => texts[folder] ?? '',
  );

  expect(page).toContain('- a 1.0.0 (MIT)\n- b 1.0.0 (MIT)\n\n```text\nText\n```\n');
  expect(page).toContain('- c 1.0.0 (ISC)\n\nThey bring no text of their licence.\n');
});
