import { relative } from 'node:path';
import type { JsonObject } from '../lambda/forwarder/core/json.ts';
import type { Arrivals } from './arrivals.ts';
import { buildArtefact } from './artefact.ts';
import { type EmbeddedOutcome, runEmbedded } from './embedded.ts';
import { runLive } from './live.ts';
import { LocalRunError } from './local-run-error.ts';
import { type Options, readOptions } from './options.ts';
import { ARTEFACT_FOLDER, LOG_FILE, STATE_FOLDER } from './paths.ts';
import { withProgress } from './progress.ts';
import { dropSummary, type ReportedRun, runTable, sampleLog } from './report.ts';
import { sumOf } from './run-sum.ts';

const shownPath = (path: string) => relative(process.cwd(), path) || '.';
const printLog = (log: JsonObject) => void process.stdout.write(`${JSON.stringify(log)}\n`);

/** Text for people: not on stdout when programs read that. */
function say({ dryRun, json }: Options, text: string): void {
  (dryRun || json ? process.stderr : process.stdout).write(`${text}\n`);
}

function finish(options: Options, runs: readonly ReportedRun[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(sumOf(runs.map(({ result }) => result)))}\n`);
}

function arrivalProblem({ expected, missing, surplus }: Arrivals): string | undefined {
  if (missing === 0 && surplus === 0) return undefined;
  return `Of ${expected} records ${missing} did not arrive, and ${surplus} logs arrived too often.`;
}

function describeEmbedded({ runs, arrivals, drops, logs }: EmbeddedOutcome): string {
  return `
${runTable(runs)}

A log as Datadog receives it:
${sampleLog(logs)}

Each of ${arrivals.expected.toLocaleString('en-US')} records arrived exactly once. Of their logs Datadog would have dropped or cut: ${dropSummary(drops)}.

Next:
  npm start -- --help          every option
  npm start -- --live          the same from your Valence tenant to your Datadog organisation
  npx cdk deploy               into your AWS account: README.md, "Deploy"
  ${shownPath(LOG_FILE)}${' '.repeat(Math.max(2, 29 - shownPath(LOG_FILE).length))}what the function itself logged`;
}

async function embedded(options: Options): Promise<void> {
  const outcome = await runEmbedded(options.dryRun ? printLog : undefined);
  finish(options, outcome.runs);
  const problem = arrivalProblem(outcome.arrivals);
  if (problem) throw new LocalRunError(`${runTable(outcome.runs)}\n\n${problem} See ${shownPath(LOG_FILE)}.`);
  const dropped = dropSummary(outcome.drops);
  if (dropped !== '0')
    throw new LocalRunError(`Datadog would have dropped or cut logs in silence: ${dropped}.`);
  if (!options.json) say(options, describeEmbedded(outcome));
}

async function live(options: Options): Promise<void> {
  const run = await runLive(process.env, options.dryRun ? printLog : undefined);
  finish(options, [run]);
  if (options.json) return;
  const again =
    run.result.status === 'partial' ? '\nTime ran out with work left: run it again to go on.' : '';
  const state = options.dryRun
    ? 'Nothing was posted or saved.'
    : `State is kept in ${shownPath(STATE_FOLDER)}/.`;
  say(options, `\n${runTable([run])}\n${again}\n${state} The function's own log: ${shownPath(LOG_FILE)}.`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  await withProgress(
    () => 'Building the forwarder',
    () => buildArtefact(ARTEFACT_FOLDER),
    () => 'Built the forwarder',
  );
  await (options.live ? live(options) : embedded(options));
}

// The SDK warns of Node versions below 22 although it works on them.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// `| head` closes the pipe: enough was seen.
process.stdout.on('error', () => process.exit());

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof LocalRunError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
