import { runNaivePoller } from './naive-poller.ts';

/**
 * One measured process: does one run, of the artefact or of the naive poller, and reports what it took.
 * argv: `forwarder` or `naive`, and the artefact's URL.
 */

export interface Figures {
  /** User and system time of this process during the run, in seconds. */
  cpuSeconds: number;
  wallSeconds: number;
  /** Largest resident size of this process so far, in MB. */
  peakMb: number;
  result: unknown;
}

const RUN_TIMEOUT_MS = 840_000;
const [kind = '', artefact = ''] = process.argv.slice(2);

async function measured(work: () => Promise<unknown>): Promise<Figures> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - startedAt) / 1e3,
    peakMb: process.resourceUsage().maxRSS / 1024,
    result,
  };
}

async function forwarder(): Promise<() => Promise<unknown>> {
  const { handler } = await import(artefact);
  const end = performance.now() + RUN_TIMEOUT_MS;
  return () =>
    handler({}, { awsRequestId: 'bench', getRemainingTimeInMillis: () => end - performance.now() });
}

/** Each message sets the environment and asks for one run. */
process.on('message', async (environment: Record<string, string>) => {
  Object.assign(process.env, environment);
  const run = kind === 'naive' ? runNaivePoller : await forwarder();
  process.send?.(await measured(run));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
