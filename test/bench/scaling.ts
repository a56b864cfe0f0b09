import type { Stream } from '../../lambda/contract.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../lambda/limits.ts';
import type { BenchOptions } from './options.ts';
import type { Processes } from './processes.ts';
import { median, oneRun, only, used } from './runs.ts';
import { INTERVAL_SECONDS, runsOnSchedule } from './schedule.ts';

/** How time and memory grow with more records, a longer look-back and larger pages. */

/** Peak memory with so many records, and with several times as many. */
export async function memory(
  processes: Processes,
  stream: Stream,
  records: number,
  { growth, rounds }: Pick<BenchOptions, 'growth' | 'rounds'>,
) {
  const peaks: { small: number; large: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const small = (await oneRun(processes, 'forwarder', { stream, records })).peakMb;
    const large = (await oneRun(processes, 'forwarder', { stream, records: records * growth })).peakMb;
    peaks.push({ small, large });
  }
  const small = median(peaks.map((peak) => peak.small));
  const large = median(peaks.map((peak) => peak.large));
  return { records, small, large, growth: large / small };
}

/** The time of twice the records, relative to the time of the records. */
export async function doubling(processes: Processes, stream: Stream, records: number, rounds: number) {
  const pairs: { cpu: number; wall: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await oneRun(processes, 'forwarder', { stream, records, warmUp: 0.2 });
    const two = await oneRun(processes, 'forwarder', { stream, records: records * 2, warmUp: 0.1 });
    pairs.push({ cpu: two.cpuSeconds / one.cpuSeconds, wall: two.wallSeconds / one.wallSeconds });
  }
  return { cpu: median(pairs.map(({ cpu }) => cpu)), wall: median(pairs.map(({ wall }) => wall)) };
}

const RECORDS_AN_HOUR = 50;
const RUNS_AN_HOUR = HOUR_SECONDS / INTERVAL_SECONDS;

/** Requests in an hour of runs without new records, when everything within a look-back of so many days has been forwarded. */
async function quietHour(processes: Processes, stream: Stream, days: number) {
  const spanSeconds = days * DAY_SECONDS - 1200;
  const start = Math.floor(Date.now() / 1000) - spanSeconds - 600;
  const total = days * 24 * RECORDS_AN_HOUR;
  const list = { stream, total, start, spanSeconds };
  const lookBackSeconds = String(days * DAY_SECONDS);
  const [, ...quiet] = await runsOnSchedule(processes, 1 + RUNS_AN_HOUR, list, {
    INITIAL_LOOKBACK_SECONDS: lookBackSeconds,
    LOOKBACK_SECONDS: lookBackSeconds,
  });
  const sum = (part: (figures: (typeof quiet)[number]) => number) =>
    quiet.reduce((all, each) => all + part(each), 0);
  return {
    fetched: sum(({ report }) => report.fetched),
    readUnits: sum((figures) => used(figures).readUnits),
    queries: sum((figures) => used(figures).queries),
    writeUnits: sum((figures) => used(figures).writeUnits),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
}

/** The same for one day and for thirty. */
export const lookBack = async (processes: Processes, stream: Stream) => ({
  day: await quietHour(processes, stream, 1),
  month: await quietHour(processes, stream, 30),
});

/** The largest resident size when every page of alerts is far larger than the limit. */
export async function largePages(
  processes: Processes,
  excess: 'page' | 'bomb',
  rounds: number,
): Promise<number> {
  async function* environments() {
    const environment = await processes.setUp({ lists: [], sourceLatencyMs: 0, sinkLatencyMs: 0, excess });
    yield { ...environment, ...only('alerts') };
  }
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [figures] = await processes.measure('forwarder', environments());
    if (!figures?.error?.includes('page-too-large')) throw new Error('Such a page has to stop a run.');
    peaks.push(figures.peakMb);
  }
  return median(peaks);
}
