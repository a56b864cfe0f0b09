import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  importedPackages,
  type Manifest,
  OLDEST_CDK,
  packedImports,
  packedManifest,
} from '../../../packaging/manifest.ts';

const own: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const cdk: Manifest = {
  name: 'aws-cdk-lib',
  version: '2.0.0',
  dependencies: {},
  peerDependencies: { constructs: '^10.4.2' },
};

const manifest = (imported: readonly string[], more: Partial<Manifest> = {}) =>
  packedManifest({ ...own, ...more }, cdk, new Set(imported), ['bin', 'infra']);

describe('package.json of the package', () => {
  it('has nothing that is for a checkout alone', () => {
    const packed = manifest([]);

    for (const field of ['private', 'scripts', 'devDependencies']) {
      expect(own).toHaveProperty(field);
      expect(packed).not.toHaveProperty(field);
    }
    expect(packed).toMatchObject({
      name: own.name,
      version: own.version,
      license: own['license'],
      type: 'module',
    });
  });

  it('needs the CDK of the app, in every later version of the same major', () => {
    const { peerDependencies, dependencies } = manifest(['aws-cdk-lib', 'constructs', 'zod']);

    expect(peerDependencies).toEqual({
      'aws-cdk-lib': `^${OLDEST_CDK}`,
      constructs: '^10.4.2',
    });
    expect(dependencies).toEqual({ zod: `^${own.dependencies['zod']}` });
  });

  it('is refused when the constructs import what is no dependency', () => {
    expect(() => manifest(['yaml'])).toThrow('package.json: "dependencies" must name yaml.');
  });

  it('names home and issues as the repository does, or not at all', () => {
    const home = {
      repository: { type: 'git', url: 'git+https://host.example/a/b.git' },
      homepage: 'https://home.example',
      bugs: { url: 'https://host.example/a/b/issues' },
    };

    expect(manifest([], home)).toMatchObject(home);
    const { repository: _, homepage: __, bugs: ___, ...without } = own;
    for (const field of Object.keys(home)) {
      expect(packedManifest(without as Manifest, cdk, new Set(), [])).not.toHaveProperty(field);
    }
  });
});

it('the construct takes what the package has built', () => {
  expect(packedImports(own)).toEqual({ '#function-code': './infra/constructs/packed-code.js' });
});

it('finds packages among imports, with scopes and without paths', () => {
  const specifiers = [
    './x.js',
    '../y.js',
    '#function-code',
    'node:fs',
    'zod/mini',
    'aws-cdk-lib/aws-s3',
    '@aws-sdk/client-s3/x',
  ];

  expect([...importedPackages(specifiers)]).toEqual(['zod', 'aws-cdk-lib', '@aws-sdk/client-s3']);
});
