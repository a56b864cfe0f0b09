import { expect, it } from 'vitest';
import { count, counted, duration, utc } from '../../../../tools/cli/format.ts';

it.each([
  [0, '0 s'],
  [0.4, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [125, '2 min 5 s'],
  [7500, '2 h 5 min'],
  [86_399, '1 d'],
  [90_000, '1 d 1 h'],
  [100 * 86_400, '100 d'],
  [-5, '0 s'],
])('shows %d seconds in at most two units', (seconds, shown) => {
  expect(duration(seconds)).toBe(shown);
});

it('separates the thousands of a count', () => {
  expect(count(1_234_567)).toBe('1,234,567');
});

it('counts one thing in the singular', () => {
  expect([0, 1, 2000].map((value) => counted(value, 'record'))).toEqual([
    '0 records',
    '1 record',
    '2,000 records',
  ]);
  expect([1, 2].map((value) => counted(value, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
});

it('shows a time in UTC to the second', () => {
  expect(utc(1_767_000_000)).toBe('2025-12-29T09:20:00Z');
});
