import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { VERSION } from '../../lambda/shared/version.ts';
import { wholeNumber } from '../../tools/cli/arguments.ts';
import { count } from '../../tools/cli/format.ts';
import { type Example, withExamples } from '../../tools/cli/help.ts';
import { withProgress } from '../../tools/cli/progress.ts';
import { printLine } from '../../tools/cli/terminal.ts';
import { runTool } from '../../tools/cli/tool.ts';
import { ToolError } from '../../tools/cli/tool-error.ts';
import { YEAR_OPTION, yearCommand } from './backfill-year/command.ts';
import { failureReport } from './failure-report.ts';
import { FAULTS, type Fault, makeScenario, type Profile, type Reduction } from './scenario.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import { progressOf } from './sum-of-seeds.ts';

/** A share of the seeds: from `first` in steps of `step`, below `end`. */
interface Share {
  profile: Profile;
  reduction: Reduction;
  first: number;
  step: number;
  end: number;
}

type Message =
  | { done: number; calls: number; runs: number; digest: number }
  | { failed: number; report: string };

/** Hex digits of each digest that are used: as many as a number represents exactly. */
const DIGEST_DIGITS = 13;

/** Combines the digests of several seeds, independently of their order. */
const joined = (one: number, other: number): number => (one + other) % 16 ** DIGEST_DIGITS;

const SEEDS_PER_MESSAGE = 50;
/** An interrupted run loses the work of one block at most. */
const SEEDS_PER_BLOCK = 100;
/** Only the first few failures are reported completely. */
const SHOWN_REPORTS = 3;

/** Names a child process its share of the seeds, as JSON. */
const SHARE_VARIABLE = 'SIMULATION_SHARE';

/** Simulates a share of the seeds and reports the outcome. */
async function work({ profile, reduction, first, step, end }: Share): Promise<void> {
  let unsaid = { done: 0, calls: 0, runs: 0, digest: 0 };
  const tell = (message: Message) => process.send?.(message);
  for (let seed = first; seed < end; seed += step) {
    const outcome = await simulate(makeScenario(seed, profile, reduction));
    unsaid.done++;
    unsaid.calls += outcome.world.gateway.log.length;
    unsaid.runs += outcome.world.invocations.length;
    unsaid.digest = joined(
      unsaid.digest,
      Number.parseInt(outcome.world.digest().slice(0, DIGEST_DIGITS), 16),
    );
    if (outcome.violation) tell({ failed: seed, report: failureReport(outcome) });
    if (unsaid.done < SEEDS_PER_MESSAGE) continue;
    tell(unsaid);
    unsaid = { done: 0, calls: 0, runs: 0, digest: 0 };
  }
  tell(unsaid);
}

const MAX_SEED = 999_999_999;

interface Options {
  seeds: number;
  from: number;
  seed?: number;
  without?: readonly Fault[];
  runs?: number;
  core?: boolean;
  jobs: number;
  resume?: string;
  json?: boolean;
}

/** Faults by their names, separated by commas. */
function faultsArgument(text: string): Fault[] {
  return text.split(',').map((name) => {
    const fault = FAULTS.find((known) => known === name.trim());
    if (fault) return fault;
    throw new InvalidArgumentError(`There is no fault "${name.trim()}"; there are: ${FAULTS.join(', ')}.`);
  });
}

const EXAMPLES: readonly Example[] = [
  ['npm run sim -- --seeds 500', '500 random worlds'],
  [
    'npm run sim -- --seed 42',
    'one of them; if it fails, the smallest part of it that fails, and how to see that again',
  ],
  [
    'npm run sim -- --seeds 20000 --jobs 1 --resume FILE',
    'in the background; started again, it continues from FILE',
  ],
  ['npm run sim -- --backfill-year --help', 'the backfill of a year'],
];

const NOTE =
  'The result is one line of JSON. Its "digest" changes when anything that the forwarder sends or stores in these seeds changes, so it shows whether a refactoring left behaviour alone. The exit code is 1 when a seed failed.';

const simCommand = (): Command =>
  withExamples(
    new Command('npm run sim --')
      .version(VERSION)
      .description('Simulates a forwarder in random worlds full of faults, and checks its promises.')
      .option('--seeds <count>', 'how many seeds', wholeNumber(0, MAX_SEED), 500)
      .option('--from <seed>', 'the first of them', wholeNumber(0, MAX_SEED), 0)
      .option('--seed <seed>', 'this seed only', wholeNumber(0, MAX_SEED))
      .option(
        '--without <faults>',
        'leave out faults, separated by commas, named as the report of a failure names them',
        faultsArgument,
      )
      .option('--runs <count>', 'only the last runs while there are faults', wholeNumber(0, MAX_SEED))
      .option('--core', 'without look-back and sweep, which hide mistakes of ordering by repairing them')
      .option(
        '--jobs <count>',
        'how many processes work at the same time, one for each core',
        wholeNumber(1, 1000),
        availableParallelism(),
      )
      .option('--resume <file>', 'note in FILE what is done, and continue from there if it exists')
      .option('--json', 'print nothing but the result')
      .option(YEAR_OPTION, 'instead, simulate the backfill of a year of ten million records')
      .action(main),
    EXAMPLES,
    NOTE,
  );

async function main({ from: first, seed, ...options }: Options): Promise<void> {
  const { without, runs: lastRuns, jobs, json = false } = options;
  const profile: Profile = options.core ? 'core' : 'full';
  const reduction: Reduction = { without, runs: lastRuns };
  const from = seed ?? first;
  const seeds = seed === undefined ? options.seeds : 1;
  const startedAt = performance.now();
  const { sum, save } = progressIn(options.resume, { profile, ...reduction, from, seeds });
  const failedBefore = sum.failedSeeds.length;
  const onMessage = (message: Message) => {
    if ('report' in message) {
      sum.failedSeeds.push(message.failed);
      const shown = sum.failedSeeds.length - failedBefore;
      if (!json && shown <= SHOWN_REPORTS) printLine(`${message.report}\n`);
      return;
    }
    sum.done += message.done;
    sum.calls += message.calls;
    sum.runs += message.runs;
    sum.digest = joined(sum.digest, message.digest);
  };
  /** Only whole blocks are noted, so that no seed counts twice. */
  const liveThrough = async () => {
    const block = options.resume === undefined ? seeds : SEEDS_PER_BLOCK;
    while (sum.done < seeds) {
      const first = from + sum.done;
      const end = Math.min(from + seeds, first + block);
      const step = Math.min(jobs, end - first);
      const shares = Array.from({ length: step }, (_, index) => ({ first: first + index, step, end }));
      await Promise.all(shares.map((share) => runShare({ profile, reduction, ...share }, onMessage)));
      save();
    }
  };
  await withProgress({
    text: () => `${count(sum.done)} of ${count(seeds)} seeds, ${count(sum.failedSeeds.length)} failed`,
    work: liveThrough,
    silent: json,
  });
  const { failedSeeds, runs, calls, digest } = sum;
  const failed = failedSeeds.length;
  if (seed !== undefined && failed > 0 && !json) await showSmallest(from, profile, reduction);
  printLine(
    JSON.stringify({
      seeds,
      failed,
      profile,
      failedSeeds: failedSeeds.sort((a, b) => a - b),
      runs,
      calls,
      digest: digest.toString(16).padStart(DIGEST_DIGITS, '0'),
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    }),
  );
  if (failed > 0) process.exitCode = 1;
}

/** @throws {ToolError} when the file is about another task */
function progressIn(file: string | undefined, task: object) {
  try {
    return progressOf(task, file);
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}

async function showSmallest(seed: number, profile: Profile, reduction: Reduction): Promise<void> {
  const smallest = await shrink(await simulate(makeScenario(seed, profile, reduction)));
  printLine(`The smallest part of it that breaks the same promise:\n\n${failureReport(smallest)}\n`);
}

function runShare(own: Share, onMessage: (message: Message) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, [SHARE_VARIABLE]: JSON.stringify(own) },
    });
    child.on('message', onMessage);
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A simulating process ended with ${code}.`)),
    );
  });
}

const share = process.env[SHARE_VARIABLE];
if (share !== undefined) await work(JSON.parse(share));
else await runTool(process.argv.includes(YEAR_OPTION) ? yearCommand() : simCommand());
