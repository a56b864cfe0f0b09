import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Mutant, PatchError, planted } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

describe('the list of mutants', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s still applies: its text occurs exactly once, and its tests exist',
    (_, mutant) => {
      const text = readFileSync(pathOf(mutant.file), 'utf8');

      expect(planted(mutant, text)).not.toBe(text);
      expect(mutant.caughtBy.filter((file) => !existsSync(pathOf(file)))).toEqual([]);
    },
  );

  it('gives each mutant a name of its own', () => {
    const names = MUTANTS.map(({ name }) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('planting a mutant', () => {
  const mutant: Mutant = {
    name: 'example',
    what: 'It adds where it should subtract.',
    file: 'example.ts',
    find: 'a - b',
    replace: "a + b /* $& $' */",
    caughtBy: ['example.test.ts'],
  };

  it('replaces the text, and takes the replacement literally', () => {
    expect(planted(mutant, 'return a - b;')).toBe("return a + b /* $& $' */;");
  });

  it.each([
    ['occurs nowhere', 'return b - a;', 0],
    ['occurs twice', 'a - b; a - b;', 2],
  ])('refuses a text that %s, naming mutant, file and text', (_, text, occurrences) => {
    expect(() => planted(mutant, text)).toThrow(
      new PatchError(`example: its text occurs ${occurrences} times in example.ts, not once: a - b`),
    );
  });

  it('refuses a mutant that changes nothing', () => {
    expect(() => planted({ ...mutant, replace: mutant.find }, 'a - b')).toThrow('it changes nothing');
  });
});
