import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OWN_LOG } from '../../lambda/contract.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { count } from '../cli/format.ts';
import { withProgress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import { printLine } from '../cli/terminal.ts';
import { runTool } from '../cli/tool.ts';
import { ToolError } from '../cli/tool-error.ts';
import { fitted } from '../cli/width.ts';
import type { PostedLog } from '../preview/data/preview-logs.ts';
import type { PreviewOptions } from '../preview/serve.ts';
import type { ZooApi } from '../stand-ins/valence/apis/api.ts';
import { APIS, findApi } from '../stand-ins/valence/apis/apis.ts';
import type { Arrivals } from './arrivals.ts';
import { buildArtefact } from './artefact.ts';
import { type LocalFunction, runEmbedded } from './embedded.ts';
import { readKeys, runLive } from './live.ts';
import { type Options, startCommand } from './options.ts';
import { dropSummary, type ReportedRun, runTable, sampleLog } from './report.ts';
import { sumOf } from './run-sum.ts';
import { lastRuns } from './shown-runs.ts';

/** Entry of `npm start`. */

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shown = (path: string) => relative(process.cwd(), path);

const FUNCTION: LocalFunction = {
  folder: inProject('dist/forwarder'),
  logFile: inProject('dist/local-run.log'),
};
const STATE_FOLDER = inProject('.forwarder-state');

const printLog = (log: JsonObject) => printLine(JSON.stringify(log));

/** Prints text: on stdout, or on stderr if stdout receives logs. Prints nothing with --json. */
function printFor({ dryRun, json }: Options, text: string): void {
  if (json) return;
  printLine(fitted(text), dryRun ? process.stderr : process.stdout);
}

/** What a reader should know also when the output is for a program: then it is no part of that output. */
function printNote({ dryRun, json }: Options, text: string): void {
  printLine(fitted(text), dryRun || json ? process.stderr : process.stdout);
}

function printSum(runs: [ReportedRun, ...ReportedRun[]]): void {
  const [first, ...later] = runs;
  printLine(JSON.stringify(sumOf([first.result, ...later.map(({ result }) => result)])));
}

/** @throws {ToolError} when a record is missing, came twice, or Datadog would have dropped or cut it */
function assertExact({ expected, missing, excess }: Arrivals, drops: string): void {
  const problems = [
    ...(missing > 0 ? [`${missing} of ${expected} records did not arrive.`] : []),
    ...(excess > 0 ? [`${excess} logs arrived beyond the ${expected} that were expected.`] : []),
    ...(drops !== '0' ? [`Datadog would have dropped or cut logs without an error: ${drops}.`] : []),
  ];
  if (problems.length > 0) throw new ToolError(`${problems.join('\n')}\nSee ${shown(FUNCTION.logFile)}.`);
}

const nextSteps = () => {
  const steps = [
    ['npm start -- --help', 'every option'],
    ['npm start -- --stay', 'the same until Ctrl-C, to try the operator’s tools on'],
    ['npm start -- --live', 'from your Valence tenant to your Datadog organisation'],
    ['npx cdk deploy', 'into your AWS account: see README.md'],
    [shown(FUNCTION.logFile), 'what the function itself logged'],
  ];
  return table(undefined, steps).replace(/^/gm, '  ');
};

/** The last line of a run, for who has not seen the page. */
const INVITATION =
  'See what this becomes in Datadog, dashboards, logs and signals, in your browser: npm start -- --open';

const SAMPLE = 'a made-up tenant';

/** A log that the embedded Datadog accepted, as the preview takes it. */
const arrivedNow = (posted: JsonObject): PostedLog => ({ posted, arrival: Math.floor(Date.now() / 1000) });

/** The same logs, each summary when its run ended by the clock of the embedded Valence: minutes pass for it between two runs. */
function asRunsEnded(logs: readonly JsonObject[], runs: readonly ReportedRun[]): PostedLog[] {
  const ends = runs.map(({ sourceTime }) => sourceTime).values();
  return logs.map((posted) => {
    const { value: end } = posted['ddsource'] === OWN_LOG.ddsource ? ends.next() : {};
    return end === undefined ? arrivedNow(posted) : { posted, arrival: end };
  });
}

/** Serves the page until the user ends it. It is loaded only here, so that `npm start` without it stays fast. */
async function show(options: Options, shown: PreviewOptions): Promise<void> {
  const { showPreview } = await import('../preview/serve.ts');
  await showPreview(shown, (text) => printNote(options, text));
}

async function embedded(options: Options): Promise<void> {
  await builtFunction();
  const { runs, arrivals, drops, logs } = await runEmbedded(FUNCTION, {
    onLog: options.dryRun && !options.open ? printLog : undefined,
    summaries: options.open,
  });
  if (options.json) printSum(runs);
  printFor(
    options,
    `
${runTable(runs)}

A record at the border of two ranges may be fetched, and counted as fetched, twice.
Times in UTC; lag is how far the watermark is behind Valence's own clock.

One of the logs as Datadog receives them:
${sampleLog(logs)}
`,
  );
  assertExact(arrivals, dropSummary(drops));
  printFor(
    options,
    `Each of ${count(arrivals.expected)} records arrived exactly once.
Logs that Datadog would have dropped or cut: ${dropSummary(drops)}.

Next:
${nextSteps()}`,
  );
  if (!options.open) printNote(options, `\n${INVITATION}`);
  if (options.open)
    await show(options, {
      logs: asRunsEnded(logs, runs),
      origin: SAMPLE,
      isSample: true,
      forwarder: () => lastRuns(runs),
    });
}

/** @throws {ToolError} when logs would be posted that the page is to show: only a dry run keeps them */
async function live(options: Options): Promise<void> {
  if (options.open && !options.dryRun) {
    throw new ToolError(
      'With --live the page shows what a run would send: use --live --dry-run --open. What was sent is in your Datadog organisation.',
    );
  }
  const keys = readKeys(process.env, options.dryRun);
  await builtFunction();
  const logs: PostedLog[] = [];
  const keep = (log: JsonObject) => void logs.push(arrivedNow(log));
  const run = await runLive(FUNCTION, {
    keys,
    environment: { ...(options.open && { RUN_SUMMARY_LOGS: 'true' }), ...process.env },
    stateFolder: STATE_FOLDER,
    // The page shows the logs: thousands of lines would hide its address.
    onLog: options.open ? keep : options.dryRun ? printLog : undefined,
  });
  const lines = [
    ...(run.result.status === 'partial'
      ? ['The time ran out before everything was forwarded: run it again to continue.']
      : []),
    options.dryRun ? 'Nothing was posted, no state was saved.' : `State is kept in ${shown(STATE_FOLDER)}/.`,
    `The function's own log: ${shown(FUNCTION.logFile)}`,
  ];
  if (options.json) printSum([run]);
  printFor(options, `\n${runTable([run])}\n\n${lines.join('\n')}`);
  if (options.open)
    await show(options, {
      logs,
      origin: 'the last records of your tenant',
      isSample: false,
      forwarder: () => lastRuns([run]),
    });
}

async function staying({ api: name, open, json }: Options): Promise<void> {
  const api = name === undefined ? undefined : apiNamed(name);
  await builtFunction();
  // Loaded only here, so that `npm start` without it stays fast.
  const { stay } = await import('./stay/command.ts');
  const fn = { folder: FUNCTION.folder, logFile: inProject('dist/local-forwarder.log') };
  await stay(fn, { api, profile: api && process.env['VALENCE_API_PROFILE'], open, json });
}

/** @throws {ToolError} that lists all APIs */
function apiNamed(name: string): ZooApi {
  const api = findApi(name);
  if (api) return api;
  const names = table(
    undefined,
    APIS.map((each) => [each.name, each.about]),
  );
  throw new ToolError(`There is no API "${name}". The APIs are:\n\n${names}`);
}

const builtFunction = () =>
  withProgress({
    text: () => 'Building the forwarder',
    work: () => buildArtefact(FUNCTION.folder),
    done: () => 'Built the forwarder',
  });

function run(options: Options): Promise<void> {
  if (options.stay) return staying(options);
  return options.live ? live(options) : embedded(options);
}

await runTool(startCommand(run));
