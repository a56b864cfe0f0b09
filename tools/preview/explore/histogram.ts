import { STATUSES } from '../../datadog/interpreter/status.ts';
import type { Bucket, Histogram } from './answers.ts';
import type { Archive } from './archive.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Widths that a reader can name. Longer ones are whole weeks. */
const WIDTHS = [
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7].map((days) => days * DAY),
];

/** More would be thinner than a finger on a phone. */
export const MAX_BUCKETS = 60;

const bucketsOf = (span: { from: number; to: number }, width: number) =>
  Math.floor(span.to / width) - Math.floor(span.from / width) + 1;

function widthOf(span: { from: number; to: number }): number {
  const known = WIDTHS.find((width) => bucketsOf(span, width) <= MAX_BUCKETS);
  return known ?? Math.ceil((span.to - span.from) / (MAX_BUCKETS - 1) / (7 * DAY)) * 7 * DAY;
}

/** The least severe first, so that all bars are made in one order. */
const inOrder = (counts: Bucket['counts']): Bucket['counts'] =>
  Object.fromEntries(
    STATUSES.toReversed().flatMap((status) => (counts[status] ? [[status, counts[status]]] : [])),
  );

/**
 * How many logs there are of each status over time.
 * @param positions of the logs, newest first
 */
export function histogramOf({ logs }: Archive, positions: Uint32Array): Histogram {
  const dateAt = (index: number) => logs[positions[index] as number]?.timestamp ?? 0;
  if (positions.length === 0) return { width: 0, buckets: [] };
  const span = { from: dateAt(positions.length - 1), to: dateAt(0) };
  const width = widthOf(span);
  const first = Math.floor(span.from / width);
  const buckets: Bucket[] = Array.from({ length: bucketsOf(span, width) }, (_, index) => ({
    from: (first + index) * width,
    counts: {},
  }));
  for (const position of positions) {
    const log = logs[position];
    const counts = log && buckets[Math.floor(log.timestamp / width) - first]?.counts;
    if (counts) counts[log.status] = (counts[log.status] ?? 0) + 1;
  }
  return { width, buckets: buckets.map(({ from, counts }) => ({ from, counts: inOrder(counts) })) };
}
