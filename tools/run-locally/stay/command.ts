import { count, utc } from '../../cli/format.ts';
import { withProgress } from '../../cli/progress.ts';
import { ToolError } from '../../cli/tool-error.ts';
import type { LocalFunction } from '../embedded.ts';
import { forwardedOf, type RunOutcome, type StayingForwarder, startStayingForwarder } from './forwarder.ts';
import {
  isAtWork,
  readWhereabouts,
  removeWhereabouts,
  whereaboutsFile,
  writeWhereabouts,
} from './instance-file.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);

/** @throws {ToolError} when the tools would find another one */
async function assertNoneAtWork(file: string): Promise<void> {
  const other = readWhereabouts(file);
  if (!other || !(await isAtWork(other))) return;
  throw new ToolError(
    `A forwarder stays at work on this machine already, in process ${other.pid}.\n` +
      'Look at it with "npm run ops -- status --local", or end it with Ctrl-C in its own terminal.',
  );
}

/** What to try, in the order in which it makes sense. */
function invitation({ tenant: { past, pastRecords }, quarantined }: StayingForwarder): string {
  const [from, to] = [utc(past.from), utc(past.to)];
  const steps = [
    ['doctor --local', 'everything a forwarder needs'],
    ['status --local --watch', 'where each stream stands'],
    ['tail --local --follow', 'each run as it ends'],
    ['replay --local --dry-run', `why ${count(quarantined())} records stand in quarantine`],
    ['replay --local', 'send them again: by now Datadog takes all but one'],
    [`backfill --local --stream audit-logs --from ${from} --to ${to}`, ''],
  ] as const;
  const lines = steps.map(([command, meaning]) =>
    `  npm run ops -- ${command.padEnd(26)}${meaning}`.trimEnd(),
  );
  return `
A forwarder is at work on this machine, with a run every minute. In another terminal:

${lines.join('\n')}
                              some of the ${count(pastRecords)} records from before its first run

Ctrl-C ends it, and nothing of it is kept.
`;
}

function shownRun(outcome: RunOutcome): string {
  const time = utc(Math.floor(Date.now() / 1000));
  if ('failure' in outcome) return `${time}  failed   ${outcome.failure}`;
  const { status } = outcome;
  return `${time}  ${status.padEnd(7)}  alerts ${count(forwardedOf(outcome, 'alerts'))}, audit-logs ${count(forwardedOf(outcome, 'audit-logs'))}`;
}

/** Settles at the first request to end. A second one ends the process as it always would. */
const askedToEnd = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

/**
 * Keeps a forwarder at work on this machine until somebody ends it, and lets the operator's tools find it.
 * @throws {ToolError} when there is one already, or its first run fails
 */
export async function stay(fn: LocalFunction): Promise<void> {
  const file = whereaboutsFile();
  await assertNoneAtWork(file);
  const end = askedToEnd();
  let running: StayingForwarder | undefined;
  const forwarder = await withProgress({
    text: () => (running ? `First run: ${count(forwardedOf(running.firstRun))} logs accepted` : 'First run'),
    work: async () => {
      running = await startStayingForwarder(fn);
      return running;
    },
  });
  // Whatever ends this process, short of being killed, takes the file along.
  process.once('exit', () => removeWhereabouts(file));
  try {
    const { origin, environment } = forwarder;
    writeWhereabouts(file, { pid: process.pid, origin, environment });
    print(invitation(forwarder));
    forwarder.startSchedule((outcome) => print(shownRun(outcome)));
    await end;
  } finally {
    removeWhereabouts(file);
    await forwarder.close();
  }
  print('\nEnded.');
}
