import { existsSync, readFileSync } from 'node:fs';
import { runNaivePoller } from './naive-poller.ts';

/**
 * The measured process: does one run of the artefact or of the naive poller, and reports its cost.
 * argv: the kind of subject, and the artefact's URL.
 */

/** The forwarder; the poller; the poller that compresses in its own thread and not in the thread pool, which takes less CPU. */
export type SubjectKind = 'forwarder' | 'naive' | 'naive-in-place';

export interface Figures {
  /** User and system time of this process during the run, in seconds. */
  cpuSeconds: number;
  wallSeconds: number;
  /** Largest resident size of this process so far, in MB. */
  peakMb: number;
  /** Requests to the state table; only of the forwarder. */
  capacity: { readUnits: number; writeUnits: number; queries: number } | undefined;
  /** Of its log at the level INFO. */
  logBytes: number;
  /** Metrics of CloudWatch that got a value, with their dimensions. */
  metrics: readonly string[];
  result: unknown;
  /** Why the run failed. */
  error: string | undefined;
}

/** Of Linux. */
const STATUS = '/proc/self/status';
const RUN_TIMEOUT_MS = 840_000;
const [kind = '', artefact = ''] = process.argv.slice(2);

const NOTHING_LOGGED = { capacity: undefined, logBytes: 0, metrics: [] };
let logged: Pick<Figures, 'capacity' | 'logBytes' | 'metrics'> = NOTHING_LOGGED;

/** Lines of this level show what the state table was used for. A deployed function does not write them by default. */
const DEBUG = '"level":"DEBUG"';

interface MetricLine extends Record<string, unknown> {
  _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
}

const metricsIn = (line: MetricLine) =>
  line._aws.CloudWatchMetrics.flatMap(({ Dimensions: [names = []], Metrics }) =>
    Metrics.map(({ Name }) => [Name, ...names.map((name) => line[name])].join(' ')),
  );

/** The function's log is read, and not printed. */
function readLog(text: string | Uint8Array): boolean {
  for (const line of String(text).split('\n')) {
    if (line.includes('State table used.')) logged = { ...logged, capacity: JSON.parse(line) };
    if (line === '' || line.includes(DEBUG)) continue;
    logged = { ...logged, logBytes: logged.logBytes + Buffer.byteLength(line) };
    if (line.startsWith('{"_aws"')) {
      logged = { ...logged, metrics: [...logged.metrics, ...metricsIn(JSON.parse(line))] };
    }
  }
  return true;
}
process.stdout.write = readLog;
process.stderr.write = readLog;

/** By how much later the next run seems to start, in milliseconds. */
let clockShiftMs = 0;
const now = Date.now;
Date.now = () => now() + clockShiftMs;

/** Sets both clocks to a time of virtual time, at which they stay: a run then does the same on every machine. */
function stopClocks(epochSeconds: number): void {
  const now = epochSeconds * 1000;
  Date.now = () => now;
  performance.now = () => now;
  Math.random = () => 0;
}

/** The operating system's `maxRSS` begins with the size that the parent had when it started this process. */
function peakKb(): number {
  if (!existsSync(STATUS)) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1]);
}

async function measured(work: () => Promise<unknown>): Promise<Figures> {
  logged = NOTHING_LOGGED;
  const before = process.cpuUsage();
  const startedAt = process.hrtime.bigint();
  let error: string | undefined;
  const result = await work().catch((failure: unknown) => {
    error = String(failure);
  });
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
    peakMb: peakKb() / 1024,
    ...logged,
    result,
    error,
  };
}

/** As long as the one of a deployed function. */
const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

async function forwarder(): Promise<() => Promise<unknown>> {
  const { handler } = await import(artefact);
  const end = performance.now() + RUN_TIMEOUT_MS;
  return () =>
    handler({}, { awsRequestId: REQUEST_ID, getRemainingTimeInMillis: () => end - performance.now() });
}

/**
 * Each message sets the environment, may move the clock on by LATER_SECONDS or stop the clocks AT_SECONDS, and asks for one run.
 */
process.on('message', async ({ LATER_SECONDS, AT_SECONDS, ...environment }: Record<string, string>) => {
  Object.assign(process.env, environment);
  if (LATER_SECONDS) clockShiftMs += Number(LATER_SECONDS) * 1000;
  if (AT_SECONDS) stopClocks(Number(AT_SECONDS));
  const run =
    kind === 'forwarder' ? await forwarder() : () => runNaivePoller({ inPlace: kind === 'naive-in-place' });
  process.send?.(await measured(run));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
