import { expect, it } from 'vitest';
import { costOfBackfill, estimateBackfill } from '../../../../tools/ops/backfill-estimate.ts';

/** Each figure worked out by hand from the list prices of US East (N. Virginia). */

it('the cost of a backfill is what AWS bills for its parts', () => {
  const usd = costOfBackfill({
    busySeconds: 1000,
    invocations: 10,
    memoryMiB: 512,
    writeUnits: 1_000_000,
    readUnits: 2_000_000,
    transitions: 1000,
    trafficGb: 10,
  });

  // 500 GB-seconds at 0.0000133334, and 10 requests at 0.0000002.
  expect(usd.lambda).toBeCloseTo(0.0066687, 9);
  expect(usd.dynamoDb).toBeCloseTo(0.625 + 0.25, 9);
  expect(usd.stepFunctions).toBeCloseTo(0.025, 9);
  expect(usd.traffic).toBeCloseTo(0.9, 9);
  expect(usd.sum).toBeCloseTo(1.8066687, 9);
});

it('twice the memory costs twice as much of Lambda, and nothing else', () => {
  const nothing = { invocations: 0, writeUnits: 0, readUnits: 0, transitions: 0, trafficGb: 0 };

  expect(costOfBackfill({ ...nothing, busySeconds: 1000, memoryMiB: 1024 }).sum).toBeCloseTo(0.0133334, 9);
  expect(costOfBackfill({ ...nothing, busySeconds: 1000, memoryMiB: 2048 }).sum).toBeCloseTo(0.0266668, 9);
});

it('a million records of a day take a thousand pages, two minutes and five cents', () => {
  const { pages, seconds, usd } = estimateBackfill({
    hours: 24,
    slices: 24,
    records: 1_000_000,
    pageSize: 1000,
    concurrency: 4,
    memoryMiB: 512,
  });

  // 42.17 pages an hour; 0.3 s a page and 5,000 records a second, four slices concurrently.
  expect({ pages, seconds }).toEqual({ pages: 1012, seconds: 126 });
  expect(usd.lambda).toBeCloseTo(0.0033622, 7);
  expect(usd.dynamoDb).toBeCloseTo(0.012569, 7);
  expect(usd.stepFunctions).toBeCloseTo(0.0018, 7);
  expect(usd.traffic).toBeCloseTo(0.027, 7);
  expect(usd.sum).toBeCloseTo(0.0447312, 7);
});

it('an hour without a record takes a page, and more slices than there are take no less time', () => {
  const empty = { hours: 10, slices: 2, records: 0, pageSize: 1000, memoryMiB: 512 };

  expect(estimateBackfill({ ...empty, concurrency: 2 })).toMatchObject({ pages: 10, seconds: 2 });
  expect(estimateBackfill({ ...empty, concurrency: 16 })).toMatchObject({ pages: 10, seconds: 2 });
});
