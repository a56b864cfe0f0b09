import { expect, it } from 'vitest';
import { calculated } from '../../../../../tools/datadog/evaluator/formula.ts';

const COUNTS: Readonly<Record<string, number>> = { a: 7, b: 2 };
const count = (name: string) => COUNTS[name];

it.each([
  ['a', 7],
  ['default_zero(a)', 7],
  ['default_zero(none)', 0],
  ['default_zero(a) - default_zero(b) + default_zero(none)', 5],
  ['a - b - b', 3],
])('%s is %d', (formula, result) => {
  expect(calculated(formula, count)).toBe(result);
});

it.each(['none', 'a - none'])('%s is a blank, because a query of it found nothing', (formula) => {
  expect(calculated(formula, count)).toBeUndefined();
});

it.each(['a * 2', 'a b', 'per_hour(a)', 'a - ', '(a)'])('%s is refused', (formula) => {
  expect(() => calculated(formula, count)).toThrow('Not modelled');
});
