import { readFileSync, writeFileSync } from 'node:fs';

/** Of the month that is run and paid for. */
export const MONTH_DAYS = 30;

/** What runs of the forwarder take, as `npm run bench -- --only month` counts it. */
export interface MonthCounts {
  runs: number;
  /** That reached Datadog, run summaries included. */
  logs: number;
  valenceRequests: number;
  posts: number;
  /** Compressed. */
  postedBytes: number;
  tableRequests: number;
  readUnits: number;
  writeUnits: number;
  secretReads: number;
  /** Written by the function; Lambda adds its own lines. */
  logBytes: number;
  /** Hours in which a metric had a value, over all metrics. */
  metricHours: number;
}

/** What a stack has, and pays for by the month. */
export interface BilledResources {
  /** Metrics that alarms watch. */
  alarmMetrics: number;
  compositeAlarms: number;
  secrets: number;
  dashboards: number;
}

/** Measured in virtual time, and the same on every machine, but for the CPU. */
export interface MeasuredMonth {
  /** How many days were run. */
  days: number;
  counts: MonthCounts;
  cpuSeconds: number;
}

/** The month that docs/cost.md shows, with what a test compares: the first day, the whole of which is run again. */
export interface StoredMonth extends MeasuredMonth {
  /** Day and machine of the measurement, on which only the CPU depends. */
  measured: string;
  resources: BilledResources;
  firstDay: MonthCounts;
}

const FILE = new URL('month.json', import.meta.url);

/** The month that was measured last. */
export const storedMonth = (): StoredMonth => JSON.parse(readFileSync(FILE, 'utf8'));

/** Replaces {@link storedMonth}. */
export const storeMonth = (month: StoredMonth): void =>
  writeFileSync(FILE, `${JSON.stringify(month, null, 2)}\n`);
