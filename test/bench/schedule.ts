import type { Stream } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import type { Processes } from './processes.ts';
import type { RecordList } from './records.ts';
import { listOf, median, only, succeeded, used, YOUNGEST_SECONDS } from './runs.ts';

/** What runs cost on the default schedule, in a process that does one after another. */

export const INTERVAL_SECONDS = 300;

const NEW_RECORDS_A_RUN = 1000;

/** Of an organisation with 50,000 audit records a month. */
const RECORDS_OF_A_QUIET_DAY = 1667;

/** Two hours of the schedule. V8 has compiled by then what each run does. */
const WARM_UP_RUNS = 24;
const SMALL_RUNS_A_ROUND = 4;

/** The sweep is an hour behind, so in the second hour each run reads what it does at all times. */
const RUNS_UNTIL_STEADY = 14;
const STEADY_RUNS = 12;

/**
 * Runs over a list on the schedule, beginning now, in one process.
 * @param settings further variables of the function
 * @throws {Error} when one fails
 */
export async function runsOnSchedule(
  processes: Processes,
  runs: number,
  list: RecordList,
  settings: Readonly<Record<string, string>> = {},
) {
  const environment = {
    ...(await processes.setUp({ lists: [list], sourceLatencyMs: 0, sinkLatencyMs: 0 })),
    ...only(list.stream),
    ...settings,
  };
  async function* environments() {
    yield environment;
    for (let run = 1; run < runs; run++) yield { ...environment, LATER_SECONDS: String(INTERVAL_SECONDS) };
  }
  return (await processes.measure('forwarder', environments())).map((figures) => {
    const report = (succeeded(figures).result as PublicResult).streams[list.stream];
    if (!report) throw new Error('The run has not reported on its stream.');
    return { ...figures, report };
  });
}

/** Records that go on to appear for so many runs, at the same rate. */
const steadyList = (stream: Stream, recordsARun: number, runs: number): RecordList => ({
  stream,
  total: recordsARun * runs,
  start: Math.floor(Date.now() / 1000) - INTERVAL_SECONDS,
  spanSeconds: INTERVAL_SECONDS * runs,
});

/** CPU of runs with new audit records in each, and of runs without any. */
export async function smallRuns(processes: Processes, rounds: number) {
  const runs = WARM_UP_RUNS + rounds * SMALL_RUNS_A_ROUND;
  const medians = async (list: RecordList) => {
    const warm = (await runsOnSchedule(processes, runs, list)).slice(WARM_UP_RUNS);
    return {
      milliseconds: median(warm.map(({ cpuSeconds }) => cpuSeconds * 1000)),
      forwarded: median(warm.map(({ report }) => report.forwarded)),
      fetched: median(warm.map(({ report }) => report.fetched)),
    };
  };
  return {
    busy: await medians(steadyList('audit-logs', NEW_RECORDS_A_RUN, runs)),
    quiet: await medians(listOf('audit-logs', RECORDS_OF_A_QUIET_DAY / 2, 86_400 / 2 - 2 * YOUNGEST_SECONDS)),
  };
}

/** What a run takes, at most and on average, while records appear at a steady rate. */
export interface Sustained {
  /** New records a second. */
  rate: number;
  /** The slowest run's. */
  cpuSeconds: number;
  fetched: number;
  readUnits: number;
  writeUnits: number;
  peakMb: number;
  /** Whether every run has caught up. */
  caughtUp: boolean;
}

/**
 * Runs on the schedule for more than two hours while records appear.
 * @param rate new records a second
 */
export async function sustained(processes: Processes, stream: Stream, rate: number): Promise<Sustained> {
  const runs = RUNS_UNTIL_STEADY + STEADY_RUNS;
  const all = await runsOnSchedule(processes, runs, steadyList(stream, rate * INTERVAL_SECONDS, runs));
  const steady = all.slice(RUNS_UNTIL_STEADY);
  return {
    rate,
    cpuSeconds: Math.max(...steady.map(({ cpuSeconds }) => cpuSeconds)),
    fetched: median(steady.map(({ report }) => report.fetched)),
    readUnits: median(steady.map((figures) => used(figures).readUnits)),
    writeUnits: median(steady.map((figures) => used(figures).writeUnits)),
    peakMb: Math.max(...steady.map(({ peakMb }) => peakMb)),
    caughtUp: steady.every(({ report }) => report.caughtUp),
  };
}
