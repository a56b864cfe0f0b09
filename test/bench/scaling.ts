import type { Stream } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import type { BenchOptions } from './options.ts';
import type { Processes } from './processes.ts';
import { median, oneRun, only, succeeded, used } from './runs.ts';
import type { Figures } from './subject.ts';

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

const DAY_SECONDS = 86_400;
const RECORDS_AN_HOUR = 50;
const INTERVAL_SECONDS = 300;
const RUNS_AN_HOUR = 12;

/** Requests in an hour of runs without new records, when everything within a look-back of so many days has been forwarded. */
async function quietHour(processes: Processes, stream: Stream, days: number) {
  const spanSeconds = days * DAY_SECONDS - 1200;
  const start = Math.floor(Date.now() / 1000) - spanSeconds - 600;
  const total = days * 24 * RECORDS_AN_HOUR;
  const environment = {
    ...(await processes.setUp({
      lists: [{ stream, total, start, spanSeconds }],
      sourceLatencyMs: 0,
      sinkLatencyMs: 0,
    })),
    ...only(stream),
    INITIAL_LOOKBACK_SECONDS: String(days * DAY_SECONDS),
    LOOKBACK_SECONDS: String(days * DAY_SECONDS),
  };
  async function* runs() {
    yield environment;
    for (let run = 0; run < RUNS_AN_HOUR; run++) {
      yield { ...environment, LATER_SECONDS: String(INTERVAL_SECONDS) };
    }
  }
  const [, ...quiet] = (await processes.measure('forwarder', runs())).map(succeeded);
  const sum = (part: (figures: Figures) => number) => quiet.reduce((all, each) => all + part(each), 0);
  return {
    fetched: sum(({ result }) => (result as PublicResult).streams[stream]?.fetched ?? 0),
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
