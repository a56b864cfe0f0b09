import { Command } from 'commander';
import { VERSION } from '../../../lambda/shared/version.ts';
import { wholeNumber } from '../../../tools/cli/arguments.ts';
import { count, duration } from '../../../tools/cli/format.ts';
import { withExamples } from '../../../tools/cli/help.ts';
import { withProgress } from '../../../tools/cli/progress.ts';
import { printLine } from '../../../tools/cli/terminal.ts';
import { yearReport } from './report.ts';
import { isExact, type Progress, simulateYear, type YearOutcome } from './simulate-year.ts';
import { DEFAULT_SETTINGS, type YearSettings } from './world.ts';
import { HOURS_OF_A_YEAR } from './year.ts';

/** `npm run sim -- --backfill-year` */

export const YEAR_OPTION = '--backfill-year';

const MAX_RECORDS = 50_000_000;

interface Options {
  records: number;
  hours: number;
  faults?: boolean;
  sourceLatency: number;
  sinkLatency: number;
  cpu: number;
  pageSize: number;
  /** Seconds. */
  timeout: number;
  concurrency: number;
  seed: number;
  json?: boolean;
}

const settingsOf = (options: Options): YearSettings => ({
  ...DEFAULT_SETTINGS,
  faults: options.faults ?? false,
  seed: options.seed,
  records: options.records,
  hours: options.hours,
  sourceLatencyMs: options.sourceLatency,
  sinkLatencyMs: options.sinkLatency,
  cpuMicrosPerRecord: options.cpu,
  pageSize: options.pageSize,
  timeoutMs: options.timeout * 1000,
  concurrency: options.concurrency,
});

/** The command line of `npm run sim -- --backfill-year`. */
export function yearCommand(): Command {
  const base = DEFAULT_SETTINGS;
  const command = new Command('npm run sim --')
    .version(VERSION)
    .description(
      "Fills a year of audit logs, in virtual time: the production code of the function, called in the order in which the state machine's own definition calls it. Says how long it takes, what it asks of Valence, Datadog and AWS, and whether every single record arrived exactly once. Ten million records take some minutes and 1 GB of memory.",
    )
    .option(YEAR_OPTION, 'the backfill of a year')
    .option(
      '--faults',
      'invocations die, replies get lost or are errors, Datadog refuses some records for good',
    )
    .option('--json', 'print nothing but the outcome, as one line of JSON');
  const number = (flags: string, description: string, most: number, otherwise: number) =>
    command.option(flags, description, wholeNumber(1, most), otherwise);
  number('--records <count>', 'records in the year', MAX_RECORDS, base.records);
  number('--hours <count>', 'hours over which they are spread, for dense hours', HOURS_OF_A_YEAR, base.hours);
  number('--source-latency <ms>', 'milliseconds that a page of Valence takes', 60_000, base.sourceLatencyMs);
  number('--sink-latency <ms>', 'milliseconds that a post to Datadog takes', 60_000, base.sinkLatencyMs);
  number(
    '--cpu <us>',
    'microseconds of processor that a record takes: 18 on a whole core, of which 512 MiB give 0.29',
    10_000,
    base.cpuMicrosPerRecord,
  );
  number('--page-size <count>', 'records in a page', 10_000, base.pageSize);
  number('--timeout <seconds>', 'seconds that an invocation may take', 900, base.timeoutMs / 1000);
  number('--concurrency <count>', 'concurrent slices', 50, base.concurrency);
  number('--seed <seed>', 'another year, and other faults', 1e9, base.seed);
  return withExamples(
    command.action(backfillYear),
    [
      ['npm run sim -- --backfill-year', 'ten million records'],
      ['npm run sim -- --backfill-year --records 200000 --faults', 'fewer, with faults'],
    ],
    'The exit code is 1 when a record is missing, one was repeated without need, or a slice could not be filled.',
  );
}

function shownProgress({ slicesEnded, slices, accepted, seconds }: Progress, records: number): string {
  const share = Math.floor((100 * accepted) / records);
  return `${slicesEnded} of ${slices} slices, ${count(accepted)} records (${share} %), ${duration(seconds)} of virtual time`;
}

/** Fills the year and prints the outcome. */
async function backfillYear({ json = false, ...options }: Options): Promise<void> {
  const settings = settingsOf(options);
  const startedAt = performance.now();
  let progress = 'Filling a year';
  const outcome: YearOutcome = await withProgress({
    text: () => progress,
    work: () =>
      simulateYear(settings, (now) => {
        progress = shownProgress(now, settings.records);
      }),
  });
  const realSeconds = Math.round((performance.now() - startedAt) / 1000);
  const exact = isExact(outcome);
  printLine(
    json
      ? JSON.stringify({ exact, realSeconds, settings, ...outcome })
      : yearReport(settings, outcome, realSeconds),
  );
  if (!exact) process.exitCode = 1;
}
