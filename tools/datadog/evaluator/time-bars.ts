import type { TimeFrame } from './results.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90].map((days) => days * DAY),
];

/** Bars that a widget of half the width shows well. */
const MAX_BARS = 48;

/** @returns how long each bar of a time frame is, and where each begins, on whole multiples of that, in milliseconds */
export function barsOf({ from, to }: TimeFrame): { step: number; starts: number[] } {
  const length = Math.max(1, to - from);
  const step = STEPS.find((each) => length / each <= MAX_BARS) ?? Math.ceil(length / MAX_BARS / DAY) * DAY;
  const first = Math.floor(from / step) * step;
  return {
    step,
    starts: Array.from({ length: Math.ceil((to - first) / step) }, (_, index) => first + index * step),
  };
}
