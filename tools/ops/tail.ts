import { count, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { inOneLine } from '../cli/terminal.ts';
import { fitted } from '../cli/width.ts';
import type { AwsClients } from './aws.ts';
import { type LoggedRun, loggedRuns } from './logged-runs.ts';
import type { ForwarderStack } from './stack-outputs.ts';

export interface TailOptions {
  /** Only runs that ended since then, epoch seconds. */
  since: number;
  /** Only runs that failed or were killed. */
  failed?: boolean;
  /** At most this many, the newest. */
  limit: number;
  follow?: boolean;
}

const FOLLOW_INTERVAL_MS = 5_000;

/** Lines reach CloudWatch some seconds late, so the last minute is read again. */
const FOLLOW_OVERLAP_SECONDS = 60;

const FAILURES: ReadonlySet<LoggedRun['status']> = new Set(['failed', 'killed']);

export const isFailure = ({ status }: LoggedRun): boolean => FAILURES.has(status);

/** Blanks before the rest of a line that does not fit. */
const HANG = 4;

/** A run in a line, and a line for each stream that failed. */
export function runText({ at, runId, status, cause, streams }: LoggedRun): string {
  const counts = Object.entries(streams).map(([stream, { forwarded, quarantined, skipped }]) => {
    if (skipped) return `${stream} ${skipped}`;
    return `${stream} ${count(forwarded)}${quarantined > 0 ? ` (${count(quarantined)} quarantined)` : ''}`;
  });
  const errors = Object.entries(streams).flatMap(([stream, { error }]) =>
    error ? [`    ${stream} ${error.code}: ${error.message}`] : [],
  );
  const what = status === 'killed' ? `ended by Lambda: ${cause}` : counts.join(', ');
  return [`${utc(at)}  ${status.padEnd(7)}  ${runId}  ${what}`, ...errors].map(inOneLine).join('\n');
}

const fittedRun = (run: LoggedRun): string => fitted(runText(run), { hang: HANG });

/** Shows the last runs, and with `follow` each further one until the process is stopped. */
export async function tail(
  aws: AwsClients,
  stack: ForwarderStack,
  { since, failed, limit, follow }: TailOptions,
  output: Output,
): Promise<void> {
  let from = since;
  const wanted = (runs: LoggedRun[]) => (failed ? runs.filter(isFailure) : runs);
  const runs = wanted(await loggedRuns(aws, stack, from)).slice(-limit);
  const none = `No ${failed ? 'failed run' : 'run'} since ${utc(from)}.`;
  output.result({ stack: stack.name, runs }, runs.length > 0 ? runs.map(fittedRun).join('\n') : none);
  const seen = new Set(runs.map(({ runId }) => runId));
  while (follow) {
    from = Math.max(from, Math.floor(Date.now() / 1000) - FOLLOW_OVERLAP_SECONDS);
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_INTERVAL_MS));
    for (const run of wanted(await loggedRuns(aws, stack, from))) {
      if (!seen.has(run.runId)) output.result({ stack: stack.name, runs: [run] }, fittedRun(run));
      seen.add(run.runId);
    }
  }
}
