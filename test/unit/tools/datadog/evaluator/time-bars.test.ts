import { expect, it } from 'vitest';
import { barsOf } from '../../../../../tools/datadog/evaluator/time-bars.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

it.each([
  [30 * MINUTE, MINUTE],
  [240 * MINUTE, 5 * MINUTE],
  [DAY, 30 * MINUTE],
  [7 * DAY, 240 * MINUTE],
  [4000 * DAY, 90 * DAY],
  [40_000 * DAY, 834 * DAY],
])('a frame of %d ms has bars of %d ms, which cover it', (length, step) => {
  const frame = { from: 1_767_000_123_456, to: 1_767_000_123_456 + length };
  const bars = barsOf(frame);
  const last = bars.starts.at(-1) ?? 0;

  expect(bars.step).toBe(step);
  expect(bars.starts[0]).toBeLessThanOrEqual(frame.from);
  expect(last).toBeLessThan(frame.to);
  expect(last + step).toBeGreaterThanOrEqual(frame.to);
  expect(bars.starts.every((start) => start % step === 0)).toBe(true);
});

it('a frame of one moment has one bar', () => {
  expect(barsOf({ from: 5, to: 6 }).starts).toEqual([0]);
});
