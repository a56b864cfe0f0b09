import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { count } from '../../tools/cli/format.ts';
import { withProgress } from '../../tools/cli/progress.ts';
import { printError, printLine } from '../../tools/cli/terminal.ts';
import { backfillYear } from './backfill-year/command.ts';
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

const HELP = `Usage: npm run sim -- [--seeds N] [--from N] [--seed N] [--without FAULTS] [--runs N] [--core] [--jobs N]
                      [--resume FILE] [--json]

  --seeds N  how many seeds to live through (500)
  --from N   the first of them (0)
  --seed N   one seed only; if it fails, the smallest part of it that fails too, and how to see that again
  --without FAULTS
             leaves out faults, separated by commas, named as the report of a failure names them
  --runs N   only the last N runs while there are faults
  --core     without look-back and sweep, which hide mistakes of ordering by repairing them
  --jobs N   how many processes work at the same time (one for each core)
  --resume FILE
             notes in FILE what is done, and continues from there if FILE exists; for many seeds
  --json     nothing but the sum, as the last line. Its "digest" changes when anything that the forwarder sends or stores
             in these seeds changes, so it shows whether a refactoring left behaviour alone

  --backfill-year  instead, the backfill of a year of ten million records; see --backfill-year --help`;

const YEAR_OPTION = '--backfill-year';

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

/** The options as given; ends with the help at an unknown option. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '500' },
        from: { type: 'string', default: '0' },
        seed: { type: 'string' },
        without: { type: 'string' },
        runs: { type: 'string' },
        core: { type: 'boolean', default: false },
        jobs: { type: 'string', default: String(availableParallelism()) },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    printError(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    printLine(HELP);
    return;
  }
  const profile: Profile = values.core ? 'core' : 'full';
  const reduction: Reduction = {
    without: values.without?.split(',').map((name) => faultNamed(name.trim())),
    runs: values.runs === undefined ? undefined : wholeNumber('--runs', values.runs),
  };
  const from = wholeNumber('--seed or --from', values.seed ?? values.from);
  const seeds = values.seed === undefined ? wholeNumber('--seeds', values.seeds) : 1;
  const jobs = Math.max(1, wholeNumber('--jobs', values.jobs));
  const startedAt = performance.now();
  const { sum, save } = progressIn(values.resume, { profile, ...reduction, from, seeds });
  const failedBefore = sum.failedSeeds.length;
  const onMessage = (message: Message) => {
    if ('report' in message) {
      sum.failedSeeds.push(message.failed);
      const shown = sum.failedSeeds.length - failedBefore;
      if (!values.json && shown <= SHOWN_REPORTS) printLine(`${message.report}\n`);
      return;
    }
    sum.done += message.done;
    sum.calls += message.calls;
    sum.runs += message.runs;
    sum.digest = joined(sum.digest, message.digest);
  };
  /** Only whole blocks are noted, so that no seed counts twice. */
  const liveThrough = async () => {
    const block = values.resume === undefined ? seeds : SEEDS_PER_BLOCK;
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
    silent: values.json,
  });
  const { failedSeeds, runs, calls, digest } = sum;
  const failed = failedSeeds.length;
  if (values.seed !== undefined && failed > 0 && !values.json) await showSmallest(from, profile, reduction);
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

function progressIn(file: string | undefined, task: object) {
  try {
    return progressOf(task, file);
  } catch (error) {
    printError((error as Error).message);
    process.exit(2);
  }
}

async function showSmallest(seed: number, profile: Profile, reduction: Reduction): Promise<void> {
  const smallest = await shrink(await simulate(makeScenario(seed, profile, reduction)));
  printLine(`The smallest part of it that breaks the same promise:\n\n${failureReport(smallest)}\n`);
}

function faultNamed(name: string): Fault {
  const fault = FAULTS.find((known) => known === name);
  if (fault) return fault;
  printError(`--without knows no fault "${name}"; there are: ${FAULTS.join(', ')}.`);
  process.exit(2);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  printError(`${option} takes a whole number, not "${text}".\n\n${HELP}`);
  process.exit(2);
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
else if (process.argv.includes(YEAR_OPTION))
  await backfillYear(process.argv.slice(2).filter((argument) => argument !== YEAR_OPTION));
else await main();
