import { count, counted, utc } from '../../cli/format.ts';
import { type Example, examplesText } from '../../cli/help.ts';
import { outputFor } from '../../cli/output.ts';
import { withProgress } from '../../cli/progress.ts';
import { ToolError } from '../../cli/tool-error.ts';
import { fitted } from '../../cli/width.ts';
import { openBrowser } from '../../preview/open-browser.ts';
import { addressText, askedToEnd, type ServedPreview } from '../../preview/serve.ts';
import type { LocalFunction } from '../embedded.ts';
import { doctorToTry } from './doctor-to-try.ts';
import {
  forwardedOf,
  type RunOutcome,
  type StayingForwarder,
  type StayOptions,
  startStayingForwarder,
} from './forwarder.ts';
import {
  instanceFile,
  isRunning,
  readInstanceFile,
  removeInstanceFile,
  writeInstanceFile,
} from './instance-file.ts';
import { AcceptedLogs, serveStaying } from './page.ts';

/** @throws {ToolError} when another forwarder runs on this machine */
async function assertNoneRunning(file: string): Promise<void> {
  const other = readInstanceFile(file);
  if (!other || !(await isRunning(other))) return;
  throw new ToolError(
    `A forwarder runs on this machine already, in process ${other.pid}.\n` +
      'See "npm run ops -- status --local", or end it with Ctrl-C in its own terminal.',
  );
}

/** The commands to try, in a useful order. */
function commandsToTry({ tenant: { past, pastRecords }, quarantined }: StayingForwarder): string {
  const [from, to] = [utc(past.from), utc(past.to)];
  const steps: readonly Example[] = [
    ['npm run ops -- doctor --local', 'check everything that a forwarder needs'],
    ['npm run ops -- status --local --watch', 'the progress of each stream'],
    ['npm run ops -- tail --local --follow', 'each run as it ends'],
    [
      'npm run ops -- replay --local --dry-run',
      `why ${counted(quarantined(), 'record is', 'records are')} in quarantine`,
    ],
    ['npm run ops -- replay --local', 'send them again: Datadog now accepts all but one'],
    [
      `npm run ops -- backfill --local --stream audit-logs --from ${from} --to ${to}`,
      `some of the ${counted(pastRecords, 'record')} from before its first run`,
    ],
  ];
  return `
A forwarder runs on this machine, once a minute. Try in another terminal:

${examplesText(steps)}

Ctrl-C ends it and deletes its data.
`;
}

function runText(outcome: RunOutcome): string {
  const time = utc(Math.floor(Date.now() / 1000));
  if ('failure' in outcome) return `${time}  failed   ${outcome.failure}`;
  const { status } = outcome;
  return `${time}  ${status.padEnd(7)}  alerts ${count(forwardedOf(outcome, 'alerts'))}, audit-logs ${count(forwardedOf(outcome, 'audit-logs'))}`;
}

export interface StayCommand extends Omit<StayOptions, 'onLog'> {
  /** Opens the page in the browser of the user. */
  open: boolean;
  /** Prints lines of JSON alone: where it can be reached, then each run. */
  json: boolean;
}

/**
 * Runs a forwarder on this machine until the user ends it, and lets the operator's tools find it.
 * @throws {ToolError} when there is one already, or its first run fails
 */
export async function stay(fn: LocalFunction, { open, json, ...options }: StayCommand): Promise<void> {
  const file = instanceFile();
  await assertNoneRunning(file);
  const end = askedToEnd();
  const accepted = new AcceptedLogs();
  let preview: ServedPreview | undefined;
  let running: StayingForwarder | undefined;
  const forwarder = await withProgress({
    text: () =>
      running ? `First run: ${counted(forwardedOf(running.firstRun), 'log')} accepted` : 'First run',
    work: async () => {
      running = await startStayingForwarder(fn, { ...options, onLog: accepted.keep });
      return running;
    },
  });
  // This process removes the file whenever it ends, unless it is killed.
  process.once('exit', () => removeInstanceFile(file));
  try {
    const { origin, environment } = forwarder;
    writeInstanceFile(file, { pid: process.pid, origin, environment });
    const { api } = options;
    preview = await serveStaying(forwarder, accepted);
    const intro = api ? doctorToTry(api, forwarder) : commandsToTry(forwarder);
    const output = outputFor(json);
    output.result({ page: preview.address, aws: origin }, `${intro}\n${addressText(preview.address)}\n`);
    if (open) openBrowser(preview.address);
    forwarder.startSchedule((outcome) =>
      output.result({ at: Math.floor(Date.now() / 1000), ...outcome }, fitted(runText(outcome), { hang: 4 })),
    );
    await end;
  } finally {
    removeInstanceFile(file);
    await Promise.all([preview?.close(), forwarder.close()]);
  }
  outputFor(json).print('\nEnded.');
}
