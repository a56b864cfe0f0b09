import { describe, expect, it } from 'vitest';
import type { ListEnd } from '../../../../../../lambda/forwarder/core/ports.ts';
import {
  isTrusted,
  type ListFacts,
  noListKnowledge,
} from '../../../../../../lambda/forwarder/core/slices/completeness.ts';

const list = (end: ListEnd, shown: number): ListFacts => ({
  records: shown,
  shown,
  outside: 0,
  identities: [0, 0],
  outsiders: [0, 0],
  sample: [],
  end,
  lastPage: shown,
});

describe('after a list of 100 records was proven complete, a list', () => {
  const known = { ...noListKnowledge(), whole: 100 };

  it.each<[ListEnd, number, boolean]>([
    ['stated', 5000, true],
    ['unstated', 99, true],
    ['abrupt', 99, true],
    ['unstated', 100, false],
    ['abrupt', 100, false],
    ['cut', 99, false],
    ['cut', 5000, false],
  ])('whose end is %s after %d records is trusted: %s', (end, shown, trusted) => {
    expect(isTrusted(known, list(end, shown))).toBe(trusted);
  });
});
