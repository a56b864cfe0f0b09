import { PRICES } from '../../infra/cost/prices.ts';

/** The estimated duration and cost of a backfill; docs/cost.md has the arithmetic. */

/** What a backfill uses of AWS. */
export interface BackfillConsumption {
  /** Of all invocations together. */
  busySeconds: number;
  invocations: number;
  memoryMiB: number;
  writeUnits: number;
  readUnits: number;
  transitions: number;
  trafficGb: number;
}

/** Its cost in US dollars. */
export function costOfBackfill(consumption: BackfillConsumption): BackfillEstimate['usd'] {
  const { busySeconds, invocations, memoryMiB, writeUnits, readUnits, transitions, trafficGb } = consumption;
  const lambda =
    busySeconds * (memoryMiB / 1024) * PRICES.lambdaGbSecond + invocations * PRICES.lambdaRequest;
  const dynamoDb = writeUnits * PRICES.dynamoWriteUnit + readUnits * PRICES.dynamoReadUnit;
  const stepFunctions = transitions * PRICES.stateTransition;
  const traffic = trafficGb * PRICES.trafficGb;
  return { lambda, dynamoDb, stepFunctions, traffic, sum: lambda + dynamoDb + stepFunctions + traffic };
}

/** Records that one invocation hashes, encodes and compresses in a second, a conservative figure. */
const RECORDS_PER_SECOND = 5_000;

/** Latency of a page from Valence and of its logs to Datadog, in seconds; the simulator's are 0.15 and 0.08. */
const SECONDS_PER_PAGE = 0.3;

const WRITES_PER_RECORD = 0.02;
const WRITES_PER_HOUR = 4;
const READS_PER_HOUR = 3;
const TRANSITIONS_PER_SLICE = 3;
const GB_PER_RECORD = 0.3e-6;

export interface BackfillPlan {
  /** Whole hours touched. */
  hours: number;
  slices: number;
  records: number;
  pageSize: number;
  concurrency: number;
  memoryMiB: number;
}

export interface BackfillEstimate {
  pages: number;
  /** How long it takes, in seconds. */
  seconds: number;
  usd: { lambda: number; dynamoDb: number; stepFunctions: number; traffic: number; sum: number };
}

/** Every hour needs at least one page, and its last page is half full on average. */
const pagesOfHour = (records: number, pageSize: number) => Math.max(1, records / pageSize + 0.5);

/** Time and cost of a plan. Datadog's own bill for the logs is not part of it. */
export function estimateBackfill(plan: BackfillPlan): BackfillEstimate {
  const { hours, slices, records, pageSize, concurrency, memoryMiB } = plan;
  const pages = Math.ceil(hours * pagesOfHour(records / hours, pageSize));
  const busySeconds = pages * SECONDS_PER_PAGE + records / RECORDS_PER_SECOND;
  return {
    pages,
    seconds: Math.ceil(busySeconds / Math.min(concurrency, slices)),
    usd: costOfBackfill({
      busySeconds,
      invocations: slices,
      memoryMiB,
      writeUnits: records * WRITES_PER_RECORD + hours * WRITES_PER_HOUR,
      readUnits: hours * READS_PER_HOUR,
      transitions: slices * TRANSITIONS_PER_SLICE,
      trafficGb: records * GB_PER_RECORD,
    }),
  };
}
