import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { billOf, sumOf } from '../../../infra/cost/bill.ts';
import { COST_DOCUMENT, withMonth } from '../../../infra/cost/cost-tables.ts';
import { type MonthCounts, storedMonth } from '../../../infra/cost/month.ts';
import { PRICES } from '../../../infra/cost/prices.ts';
import { ALARM_METRICS, RUN_METRICS, STREAM_METRICS, STREAMS } from '../../../lambda/contract.ts';
import { functionSettings } from '../../../lambda/settings/function-settings.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const month = storedMonth();

const NOTHING: MonthCounts = {
  runs: 0,
  logs: 0,
  valenceRequests: 0,
  posts: 0,
  postedBytes: 0,
  tableRequests: 0,
  readUnits: 0,
  writeUnits: 0,
  secretReads: 0,
  logBytes: 0,
  metricHours: 0,
};
const NO_RESOURCES = { alarmMetrics: 0, compositeAlarms: 0, secrets: 0, dashboards: 0 };

/** Each figure worked out by hand from the list prices of US East (N. Virginia). */
it.each<[string, Partial<MonthCounts>, number]>([
  ['two metrics that have a value in every hour, for half of the month', { metricHours: 720 }, 0.3],
  ['20,000 reads of secrets, each of which takes 10 ms', { secretReads: 20_000 }, 0.1 + 0.001333],
  // 1,500 s of half a GB.
  ['10,000 requests to Valence of 150 ms', { valenceRequests: 10_000 }, 0.01],
  // 1,000 s of half a GB.
  ['100,000 requests to the table of 10 ms', { tableRequests: 100_000 }, 0.006667],
  ['a million read units', { readUnits: 1_000_000 }, 0.125],
  // Half a GB of ledger.
  ['a million write units', { writeUnits: 1_000_000 }, 0.625 + 0.225],
  ['a GB of logs', { logBytes: 1e9 }, 0.59],
  // Lambda and Scheduler, and 400 MB of Lambda's own lines.
  ['a million starts', { runs: 1_000_000 }, 0.2 + 1 + 0.236],
  ['a GB of posts', { postedBytes: 1e9 }, 0.09],
])('%s costs as much as AWS bills', (_, counts, usd) => {
  const lines = billOf({ days: 30, counts: { ...NOTHING, ...counts }, cpuSeconds: 0 }, NO_RESOURCES);
  expect(sumOf(lines)).toBeCloseTo(usd, 5);
});

it('what does not depend on the number of runs is billed by the month', () => {
  const resources = { alarmMetrics: 10, compositeAlarms: 2, secrets: 3, dashboards: 1 };
  const lines = billOf({ days: 3, counts: NOTHING, cpuSeconds: 0 }, resources);
  expect(sumOf(lines)).toBeCloseTo(1 + 1 + 1.2, 5);
});

it('a second of CPU takes as long as on a third of a core, and a measured day counts thirty times', () => {
  const lines = billOf({ days: 1, counts: NOTHING, cpuSeconds: 512 }, NO_RESOURCES);
  expect(sumOf(lines)).toBeCloseTo(30 * 1769 * 0.5 * 0.0000133334, 5);
});

it('an ordinary month of one tenant costs at most 7.50 US dollars', () => {
  expect(month.days).toBe(30);
  expect(sumOf(billOf(month, month.resources))).toBeLessThanOrEqual(7.5);
});

it('docs/cost.md shows it; `npm run docs` writes the tables', () => {
  expect(read(COST_DOCUMENT)).toBe(withMonth(read(COST_DOCUMENT), month));
});

it('README names its price in whole dollars', () => {
  const sum = Math.round(sumOf(billOf(month, month.resources)));
  expect(read('README.md')).toContain(`About ${sum} US dollars a month`);
});

it('in a month without failures, metrics are those that an alarm needs in every run', () => {
  const always = (names: object) =>
    Object.keys(names).filter((name) =>
      Object.entries(ALARM_METRICS).some(([each, when]) => each === name && when === 'always'),
    );
  const metrics = always(STREAM_METRICS).length * STREAMS.length + always(RUN_METRICS).length;
  expect(month.counts.metricHours).toBe(metrics * 30 * 24);
});

it('the texts about `allMetrics` name what it adds', () => {
  // `NotSetUp` ends with the first good run.
  const all = Object.keys(STREAM_METRICS).length * STREAMS.length + Object.keys(RUN_METRICS).length - 1;
  const usd = ((all - month.counts.metricHours / 720) * PRICES.metricMonth).toFixed(2);
  const { description } = functionSettings.allMetrics;
  for (const text of [
    description.context,
    read(COST_DOCUMENT),
    read('docs/metrics.md'),
    read('docs/upgrade.md'),
  ]) {
    expect(text).toContain(usd);
  }
});
