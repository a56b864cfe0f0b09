import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS_DOCUMENT, faultsOf, testsOfFaults, withFaults } from '../../../infra/faults-table.ts';

const document = readFileSync(FAULTS_DOCUMENT, 'utf8');
/** All numbers up to this one are in the catalogue; those above, about APIs that differ, join it one by one. */
const LAST_FAULT = 84;

describe('the catalogue of faults', () => {
  it('knows every number once', () => {
    const numbers = Array.from(
      { length: LAST_FAULT },
      (_, index) => `F${String(index + 1).padStart(2, '0')}`,
    );

    const known = [...faultsOf(document).keys()];
    expect(new Set(known).size).toBe(known.length);
    expect(known).toEqual(expect.arrayContaining(numbers));
  });

  it('has a test for every number, and no test bears a number that it does not know', () => {
    const faults = [...faultsOf(document).keys()].sort();
    const tested = [...testsOfFaults().keys()].sort();

    expect(tested).toEqual(faults);
  });

  it('lists the tests as they are; `npm run docs` writes the table', () => {
    expect(document).toBe(withFaults(document));
  });
});
