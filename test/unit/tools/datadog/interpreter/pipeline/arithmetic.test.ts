import { describe, expect, it } from 'vitest';
import type { Processor } from '../../../../../../infra/datadog/types.ts';
import { NotModelled } from '../../../../../../tools/datadog/interpreter/not-modelled.ts';
import { attributesAfter, on, run } from '../../../../../support/datadog/processed.ts';

describe('the arithmetic processor', () => {
  const calculate = (expression: string, change: object = {}): Processor => ({
    ...on,
    type: 'arithmetic-processor',
    expression,
    target: 'result',
    is_replace_missing: false,
    ...change,
  });
  const result = (expression: string) =>
    attributesAfter({ a: 7, b: { c: 2 }, t: '3' }, calculate(expression))['result'];

  it.each([
    ['a * 1000', 7000],
    ['a / b.c', 3.5],
    ['a - b.c * 2', 3],
    ['1 + a - 2', 6],
  ])('calculates %s in doubles', (expression, value) => {
    expect(result(expression)).toBe(value);
  });

  it.each(['missing * 2', 't * 2', 'a / missing', 'a / 0'])('sets nothing for %s', (expression) => {
    expect(result(expression)).toBeUndefined();
  });

  it.each(['a -b', 'a * (b.c + 1)', 'a *', '* a', 'round a'])('refuses %s', (expression) => {
    expect(() => result(expression)).toThrow(NotModelled);
  });

  it('that would count what is missing as zero is refused', () => {
    expect(() => run({}, calculate('a * 2', { is_replace_missing: true }))).toThrow(NotModelled);
  });
});
