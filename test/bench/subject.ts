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
  result: unknown;
  /** Why the run failed. */
  error: string | undefined;
}

/** Of Linux. */
const STATUS = '/proc/self/status';
const RUN_TIMEOUT_MS = 840_000;
const [kind = '', artefact = ''] = process.argv.slice(2);

let capacity: Figures['capacity'] | undefined;

/** The function's log is read for the requests to the state table, and not printed. */
function readLog(text: string | Uint8Array): boolean {
  for (const line of String(text).split('\n')) {
    if (line.includes('State table used.')) capacity = JSON.parse(line);
  }
  return true;
}
process.stdout.write = readLog;
process.stderr.write = readLog;

/** By how much later the next run seems to start, in milliseconds. */
let clockShiftMs = 0;
const now = Date.now;
Date.now = () => now() + clockShiftMs;

/** The operating system's `maxRSS` begins with the size that the parent had when it started this process. */
function peakKb(): number {
  if (!existsSync(STATUS)) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1]);
}

async function measured(work: () => Promise<unknown>): Promise<Figures> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let error: string | undefined;
  const result = await work().catch((failure: unknown) => {
    error = String(failure);
  });
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - startedAt) / 1e3,
    peakMb: peakKb() / 1024,
    capacity,
    result,
    error,
  };
}

async function forwarder(): Promise<() => Promise<unknown>> {
  const { handler } = await import(artefact);
  const end = performance.now() + RUN_TIMEOUT_MS;
  return () =>
    handler({}, { awsRequestId: 'bench', getRemainingTimeInMillis: () => end - performance.now() });
}

/** Each message sets the environment, may move the clock on by LATER_SECONDS, and asks for one run. */
process.on('message', async ({ LATER_SECONDS, ...environment }: Record<string, string>) => {
  Object.assign(process.env, environment);
  if (LATER_SECONDS) clockShiftMs += Number(LATER_SECONDS) * 1000;
  const run =
    kind === 'forwarder' ? await forwarder() : () => runNaivePoller({ inPlace: kind === 'naive-in-place' });
  process.send?.(await measured(run));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
