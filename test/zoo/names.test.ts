import { expect, it } from 'vitest';
import { APIS } from '../../tools/stand-ins/valence/apis/apis.ts';

it('the APIs of the zoo have names of their own, and are at least sixty', () => {
  const names = APIS.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(60);
});
