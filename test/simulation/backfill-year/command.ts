import { parseArgs } from 'node:util';
import { count, duration } from '../../../tools/cli/format.ts';
import { withProgress } from '../../../tools/cli/progress.ts';
import { yearReport } from './report.ts';
import { isExact, type Progress, simulateYear, type YearOutcome } from './simulate-year.ts';
import { DEFAULT_SETTINGS, type YearSettings } from './world.ts';
import { HOURS_OF_A_YEAR } from './year.ts';

/** `npm run sim -- --backfill-year` */

const HELP = `Usage: npm run sim -- --backfill-year [--records N] [--faults] [options] [--json]

Fills a year of audit logs, in virtual time: the production code of the function, called in the order in which the state
machine's own definition calls it. Says how long it takes, what it asks of Valence, Datadog and AWS, and whether every single
record arrived exactly once. Ten million records take some minutes and 1 GB of memory.

  --records N         records in the year (10000000)
  --hours N           hours over which they are spread, for dense hours (${HOURS_OF_A_YEAR})
  --faults            invocations die, replies get lost or are errors, Datadog refuses some records for good
  --source-latency N  milliseconds that a page of Valence takes (150)
  --sink-latency N    milliseconds that a post to Datadog takes (80)
  --cpu N             microseconds of processor that a record takes (63: 18 on a whole core, of which 512 MiB give 0.29)
  --page-size N       records in a page (1000)
  --timeout N         seconds that an invocation may take (240)
  --concurrency N     concurrent slices (4)
  --seed N            another year, and other faults (1)
  --json              nothing but the outcome, as one line of JSON

The exit code is 1 when a record is missing, one was repeated without need, or a slice could not be filled.`;

const MAX_RECORDS = 50_000_000;

class WrongOption extends Error {}

function wholeNumber(option: string, text: string, largest: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= largest) return value;
  throw new WrongOption(`--${option} takes a whole number from 1 to ${largest}, not "${text}".`);
}

interface Asked {
  settings: YearSettings;
  json: boolean;
  help: boolean;
}

/** @throws {WrongOption} */
function read(args: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: text,
      hours: text,
      'source-latency': text,
      'sink-latency': text,
      cpu: text,
      'page-size': text,
      timeout: text,
      concurrency: text,
      seed: text,
      faults: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (option: keyof typeof values, otherwise: number, largest: number): number =>
    values[option] === undefined ? otherwise : wholeNumber(option, String(values[option]), largest);
  const base = DEFAULT_SETTINGS;
  return {
    json: values.json,
    help: values.help,
    settings: {
      ...base,
      faults: values.faults,
      seed: number('seed', base.seed, 1e9),
      records: number('records', base.records, MAX_RECORDS),
      hours: number('hours', base.hours, HOURS_OF_A_YEAR),
      sourceLatencyMs: number('source-latency', base.sourceLatencyMs, 60_000),
      sinkLatencyMs: number('sink-latency', base.sinkLatencyMs, 60_000),
      cpuMicrosPerRecord: number('cpu', base.cpuMicrosPerRecord, 10_000),
      pageSize: number('page-size', base.pageSize, 10_000),
      timeoutMs: number('timeout', base.timeoutMs / 1000, 900) * 1000,
      concurrency: number('concurrency', base.concurrency, 50),
    },
  };
}

function shownProgress({ slicesEnded, slices, accepted, seconds }: Progress, records: number): string {
  const share = Math.floor((100 * accepted) / records);
  return `${slicesEnded} of ${slices} slices, ${count(accepted)} records (${share} %), ${duration(seconds)} of virtual time`;
}

/** Reads the arguments, fills the year and prints the outcome. */
export async function backfillYear(args: readonly string[]): Promise<void> {
  let asked: Asked;
  try {
    asked = read(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const { settings, json, help } = asked;
  if (help) {
    console.log(HELP);
    return;
  }
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
  console.log(
    json
      ? JSON.stringify({ exact, realSeconds, settings, ...outcome })
      : yearReport(settings, outcome, realSeconds),
  );
  if (!exact) process.exitCode = 1;
}
