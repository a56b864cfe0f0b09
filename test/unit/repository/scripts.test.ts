import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const { scripts, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

it('keeps the names of the scripts, which people and pipelines call', () => {
  expect(Object.keys(scripts)).toEqual(
    expect.arrayContaining([
      'start',
      'build',
      'synth',
      'datadog',
      'docs',
      'doctor',
      'golden',
      'ops',
      'preview',
      'test',
      'test:node24',
      'test:watch',
      'sim',
      'lint',
      'lint:fix',
      'coverage',
      'bench',
    ]),
  );
});

it('CONTRIBUTING describes every script', () => {
  const text = readFileSync('CONTRIBUTING.md', 'utf8');
  const described = (name: string) => new RegExp(`^\\| \`npm (run )?${name}( [^\`]*)?\` \\|`, 'm').test(text);

  expect(Object.keys(scripts).filter((name) => !described(name))).toEqual([]);
});

it('coverage is measured by the version of vitest that runs the tests', () => {
  expect(devDependencies['@vitest/coverage-v8']).toBe(devDependencies['vitest']);
});

it('reviews fold lockfiles that exist', () => {
  const attributes = readFileSync('.gitattributes', 'utf8');
  const locks = attributes.match(/^\S*package-lock\.json(?= linguist-generated$)/gm) ?? [];

  expect(locks).toEqual(['package-lock.json', '.ci/node24/package-lock.json']);
  for (const path of locks) expect(existsSync(path)).toBe(true);
});
