import { InvalidArgumentError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lengthArgument, timeArgument } from '../../../../tools/cli/arguments.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const seconds = (time: string) => Date.parse(time) / 1000;

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

describe('a time', () => {
  it.each([
    ['2026-01-31T12:00Z', seconds('2026-01-31T12:00:00Z')],
    ['2026-01-31T12:00:30.5Z', seconds('2026-01-31T12:00:30Z')],
    ['2026-01-31T12:00:00+02:00', seconds('2026-01-31T10:00:00Z')],
    ['2026-01-31', seconds('2026-01-31T00:00:00Z')],
    ['2024-02-29', seconds('2024-02-29T00:00:00Z')],
    ['1769860800', 1_769_860_800],
    ['3h', seconds('2026-03-10T09:00:00Z')],
    ['1d', seconds('2026-03-09T12:00:00Z')],
  ])('may be %s', (text, expected) => {
    expect(timeArgument(text)).toBe(expected);
  });

  it.each([
    ['2026-02-30', 'There is no such date'],
    ['2026-02-30T12:00Z', 'There is no such date'],
    ['2025-02-29', 'There is no such date'],
    ['2026-01-31T25:00Z', 'There is no such date'],
    ['2026', 'no time in epoch seconds'],
    ['20260131', 'no time in epoch seconds'],
    ['1769860800000', 'milliseconds'],
    ['2026-01-31T12:00', 'zone is missing'],
    ['2026-01-31T12:00:00', 'zone is missing'],
    ['2026-01-31 12:00Z', 'There is no such date'],
    ['0h', 'Give a time'],
    ['999999d', 'before 2015'],
    ['1900-01-01', 'before 2015'],
    ['2034013112', 'years ahead'],
    ['-3h', 'Give a time'],
    ['yesterday', 'Give a time'],
    ['', 'Give a time'],
  ])('is not %s', (text, problem) => {
    const error = expect.objectContaining({ message: expect.stringContaining(problem) });
    expect(() => timeArgument(text)).toThrow(error);
    expect(() => timeArgument(text)).toThrow(InvalidArgumentError);
    expect(() => timeArgument(text)).toThrow('such as 2026-01-31T12:00Z');
  });
});

it.each([
  ['10', 10],
  ['90s', 90],
  ['15m', 900],
  ['1d', 86_400],
])('a length may be %s', (text, expected) => {
  expect(lengthArgument(text)).toBe(expected);
});

it.each(['0', '25h', '1.5h', '-3h', 'soon', '3 h'])('a length is not %s', (text) => {
  expect(() => lengthArgument(text)).toThrow('Give a length such as');
});
