import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { LocalRunError } from '../cli/local-run-error.ts';
import { withProgress } from '../cli/progress.ts';
import { systemErrorText } from '../cli/system-error.ts';
import type { Arrivals } from './arrivals.ts';
import { buildArtefact } from './artefact.ts';
import { type LocalFunction, runEmbedded } from './embedded.ts';
import { readKeys, runLive } from './live.ts';
import { type Options, readOptions } from './options.ts';
import { dropSummary, type ReportedRun, runTable, sampleLog } from './report.ts';
import { sumOf } from './run-sum.ts';

/** Entry of `npm start`. */

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shown = (path: string) => relative(process.cwd(), path);

const FUNCTION: LocalFunction = {
  folder: inProject('dist/forwarder'),
  logFile: inProject('dist/local-run.log'),
};
const STATE_FOLDER = inProject('.forwarder-state');

const printLog = (log: JsonObject) => void process.stdout.write(`${JSON.stringify(log)}\n`);

type Say = (text: string) => void;

/** Tells people what happened: on stdout, unless that is full of logs; not at all where only a program listens. */
function sayer({ dryRun, json }: Options): Say {
  if (json) return () => {};
  const stream = dryRun ? process.stderr : process.stdout;
  return (text) => void stream.write(`${text}\n`);
}

function printSum(runs: [ReportedRun, ...ReportedRun[]]): void {
  const [first, ...later] = runs;
  process.stdout.write(`${JSON.stringify(sumOf([first.result, ...later.map(({ result }) => result)]))}\n`);
}

/** @throws {LocalRunError} when a record is missing, came twice, or would not survive in Datadog */
function assertExact({ expected, missing, surplus }: Arrivals, drops: string): void {
  const problems = [
    ...(missing > 0 ? [`${missing} of ${expected} records did not arrive.`] : []),
    ...(surplus > 0 ? [`${surplus} logs arrived beyond the ${expected} that were expected.`] : []),
    ...(drops !== '0' ? [`Datadog would have dropped or cut logs in silence: ${drops}.`] : []),
  ];
  if (problems.length > 0) throw new LocalRunError(`${problems.join('\n')}\nSee ${shown(FUNCTION.logFile)}.`);
}

const nextSteps = () => {
  const steps = [
    ['npm start -- --help', 'every option'],
    ['npm start -- --stay', 'the same without end, for the operator’s tools to be tried on'],
    ['npm start -- --live', 'the same from your Valence tenant to your Datadog organisation'],
    ['npx cdk deploy', 'into your AWS account: see README.md'],
    [shown(FUNCTION.logFile), 'what the function itself logged'],
  ] as const;
  return steps.map(([command, meaning]) => `  ${command.padEnd(24)}${meaning}`).join('\n');
};

async function embedded(options: Options): Promise<void> {
  await builtFunction();
  const { runs, arrivals, drops, logs } = await runEmbedded(FUNCTION, options.dryRun ? printLog : undefined);
  const say = sayer(options);
  if (options.json) printSum(runs);
  say(`
${runTable(runs)}

Fetched counts every look at a record, so a border between two ranges may be counted twice.
Times in UTC; lag is how far the watermark is behind Valence's own clock.

One of the logs as Datadog receives them:
${sampleLog(logs)}
`);
  assertExact(arrivals, dropSummary(drops));
  say(`Each of ${arrivals.expected.toLocaleString('en-US')} records arrived exactly once.
Logs that Datadog would have dropped or cut: ${dropSummary(drops)}.

Next:
${nextSteps()}`);
}

async function live(options: Options): Promise<void> {
  const keys = readKeys(process.env, options.dryRun);
  await builtFunction();
  const run = await runLive(FUNCTION, {
    keys,
    environment: process.env,
    stateFolder: STATE_FOLDER,
    onLog: options.dryRun ? printLog : undefined,
  });
  const lines = [
    ...(run.result.status === 'partial' ? ['Time ran out with work left: run it again to go on.'] : []),
    options.dryRun ? 'Nothing was posted, no state was saved.' : `State is kept in ${shown(STATE_FOLDER)}/.`,
    `The function's own log: ${shown(FUNCTION.logFile)}`,
  ];
  if (options.json) printSum([run]);
  sayer(options)(`\n${runTable([run])}\n\n${lines.join('\n')}`);
}

async function staying(): Promise<void> {
  await builtFunction();
  // Loaded here alone, so that a plain start is as quick as ever.
  const { stay } = await import('./stay/command.ts');
  await stay({ folder: FUNCTION.folder, logFile: inProject('dist/local-forwarder.log') });
}

const builtFunction = () =>
  withProgress(
    () => 'Building the forwarder',
    () => buildArtefact(FUNCTION.folder),
    () => 'Built the forwarder',
  );

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.stay) await staying();
  else await (options.live ? live(options) : embedded(options));
}

// The SDK warns of Node versions below 22 although it works on them.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// `| head` closes the pipe: enough was seen.
process.stdout.on('error', () => process.exit());

main().catch((error: unknown) => {
  const text = error instanceof LocalRunError ? error.message : systemErrorText(error);
  process.stderr.write(`\n${text ?? (error as Error).stack}\n`);
  process.exitCode = 1;
});
