import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  version?: string;
  integrity?: string;
  inBundle?: boolean;
  link?: boolean;
}
type Lockfile = { packages: Record<string, LockedPackage> };

const read = (path: string): Lockfile => JSON.parse(readFileSync(path, 'utf8'));

/** The digest that npm makes of a tarball: 64 bytes in base64. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * Packages that npm would install without a check of their content. The root has no tarball; bundled packages are in that
 * of another.
 */
const unchecked = ({ packages }: Lockfile): string[] =>
  Object.entries(packages)
    .filter(([path, { inBundle, link }]) => path !== '' && !inBundle && !link)
    .filter(([, { integrity = '' }]) => !SHA512.test(integrity))
    .map(([path]) => path);

describe.each(['package-lock.json', '.ci/node24/package-lock.json'])('%s', (path) => {
  const lockfile = read(path);

  it('has the hash of every package, those of other platforms included', () => {
    expect(Object.keys(lockfile.packages).length).toBeGreaterThan(1);
    expect(unchecked(lockfile)).toEqual([]);
  });

  it('takes packages from no other place than the registry', () => {
    expect(JSON.stringify(lockfile)).not.toMatch(/"resolved":"(?!https:\/\/registry\.npmjs\.org\/)/);
  });
});

it('a package without a hash, or with a weak one, is found', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  const lockfile: Lockfile = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/good': { version: '1.0.0', integrity },
      'node_modules/bundled': { version: '1.0.0', inBundle: true },
      'node_modules/none': { version: '1.0.0' },
      'node_modules/weak': { version: '1.0.0', integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    },
  };

  expect(unchecked(lockfile)).toEqual(['node_modules/none', 'node_modules/weak']);
});
