import { type MeasuredMonth, MONTH_DAYS, type MonthCounts } from '../../infra/cost/month.ts';
import { STREAMS, type Stream } from '../../lambda/contract.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../lambda/limits.ts';
import { type Random, seededRandom } from '../simulation/random.ts';
import { secondOfDay } from './arrivals.ts';
import type { Processes } from './processes.ts';
import type { RecordList } from './records.ts';
import { succeeded, used } from './runs.ts';
import type { ServerCounts } from './servers.ts';
import type { Figures } from './subject.ts';

/** What an ordinary month takes, run after run, in virtual time: the artefact, with the settings of a deployed function. */

const MODEL = {
  intervalSeconds: 300,
  /** EventBridge Scheduler starts an invocation a few seconds after its time. */
  longestStartDelaySeconds: 5,
  records: { 'audit-logs': 50_000, alerts: 2_000 } satisfies Record<Stream, number>,
} as const;

/** A full hour. */
const START = 1_767_225_600;

const RUNS_A_DAY = DAY_SECONDS / MODEL.intervalSeconds;

/** What differs in a stack from the defaults of the function. */
const STACK = { RUN_SUMMARY_LOGS: 'true' };

function listOf(stream: Stream): RecordList {
  const random: Random = seededRandom(1, `month ${stream}`);
  const times = Array.from(
    { length: MODEL.records[stream] },
    () => START + random.between(0, MONTH_DAYS) * DAY_SECONDS + secondOfDay(random),
  ).sort((one, other) => one - other);
  return { stream, total: times.length, start: START, spanSeconds: MONTH_DAYS * DAY_SECONDS, times };
}

/** When runs start, in epoch seconds. */
function startsOf(days: number): number[] {
  const random = seededRandom(1, 'month starts');
  return Array.from(
    { length: days * RUNS_A_DAY },
    (_, run) => START + run * MODEL.intervalSeconds + random.next() * MODEL.longestStartDelaySeconds,
  );
}

/**
 * Runs the forwarder on its default schedule.
 * @param days of the month, from its first on
 * @param allMetrics whether every value is a metric
 * @param show called with what has been run
 */
export async function monthOf(
  processes: Processes,
  { days = MONTH_DAYS, allMetrics = false }: { days?: number; allMetrics?: boolean },
  show: (what: string) => void,
): Promise<MeasuredMonth & { firstDay: MonthCounts }> {
  const starts = startsOf(days);
  const lists = STREAMS.map(listOf);
  const environment = {
    ...(await processes.setUp({ lists, sourceLatencyMs: 0, sinkLatencyMs: 0, statesEnd: true })),
    ...STACK,
    ALL_METRICS: String(allMetrics),
  };
  let afterDay: ServerCounts | undefined;
  async function* runs() {
    for (const [run, start] of starts.entries()) {
      if (run === RUNS_A_DAY) afterDay = await processes.counts();
      if (run % RUNS_A_DAY === 0) show(`Month: day ${run / RUNS_A_DAY + 1} of ${days}`);
      yield { ...environment, AT_SECONDS: String(start) };
    }
  }
  const figures = (await processes.measure('forwarder', runs())).map(succeeded);
  const counts = await processes.counts();
  return {
    days,
    counts: countsOf(figures, starts, counts),
    firstDay: countsOf(figures.slice(0, RUNS_A_DAY), starts, afterDay ?? counts),
    cpuSeconds: Math.round(figures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)),
  };
}

function countsOf(
  figures: readonly Figures[],
  starts: readonly number[],
  { requests, posts, postedBytes, logs, secretReads, tableRequests }: ServerCounts,
): MonthCounts {
  const sum = (part: (each: Figures) => number) => figures.reduce((all, each) => all + part(each), 0);
  const hours = figures.flatMap(({ metrics }, run) =>
    metrics.map((metric) => `${metric} ${Math.floor((starts[run] as number) / HOUR_SECONDS)}`),
  );
  // DynamoDB charges a unit for a query that finds nothing; the stand-in does not.
  const emptyQueries = (tableRequests['Query'] ?? 0) - sum((each) => used(each).queries);
  return {
    runs: figures.length,
    logs,
    valenceRequests: requests,
    posts,
    postedBytes,
    tableRequests: Object.values(tableRequests).reduce((all, each) => all + each, 0),
    readUnits: sum((each) => used(each).readUnits) + emptyQueries,
    writeUnits: sum((each) => used(each).writeUnits),
    secretReads,
    logBytes: sum(({ logBytes }) => logBytes),
    metricHours: new Set(hours).size,
  };
}
