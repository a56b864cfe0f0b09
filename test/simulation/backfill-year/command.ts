import { parseArgs } from 'node:util';
import { yearReport } from './report.ts';
import { isExact, type Progress, simulateYear, type YearOutcome } from './simulate-year.ts';
import { DEFAULT_SETTINGS, type YearSettings } from './world.ts';

/** `npm run sim -- --backfill-year` */

const HELP = `Usage: npm run sim -- --backfill-year [--records N] [--faults] [options] [--json]

Fills a year of audit logs, in virtual time: the production code of the function, called in the order in which the state
machine's own definition calls it. Says how long it takes, what it asks of Valence, Datadog and AWS, and whether every single
record arrived exactly once. Ten million records take some minutes and 1 GB of memory.

  --records N         records in the year (10000000)
  --faults            invocations die, replies get lost or are errors, Datadog refuses some records for good
  --source-latency N  milliseconds that a page of Valence takes (150)
  --sink-latency N    milliseconds that a post to Datadog takes (80)
  --cpu N             microseconds of processor that a record takes (63: 18 on a whole core, of which 512 MiB give 0.29)
  --page-size N       records in a page (1000)
  --timeout N         seconds that an invocation may take (240)
  --concurrency N     slices side by side (4)
  --seed N            another year, and other faults (1)
  --json              nothing but the outcome, as one line of JSON

The exit code is 1 when a record is missing, one was repeated without need, or a slice could not be filled.`;

/** Between two lines of progress where no line can be written over. */
const PLAIN_LINE_INTERVAL_MS = 10_000;

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
      sourceLatencyMs: number('source-latency', base.sourceLatencyMs, 60_000),
      sinkLatencyMs: number('sink-latency', base.sinkLatencyMs, 60_000),
      cpuMicrosPerRecord: number('cpu', base.cpuMicrosPerRecord, 10_000),
      pageSize: number('page-size', base.pageSize, 10_000),
      timeoutMs: number('timeout', base.timeoutMs / 1000, 900) * 1000,
      concurrency: number('concurrency', base.concurrency, 50),
    },
  };
}

/** On a terminal one line that changes, elsewhere a line now and then. */
function progressLine(records: number): (progress: Progress) => void {
  let lastShown = 0;
  return ({ slicesEnded, slices, accepted, seconds }) => {
    const share = Math.floor((100 * accepted) / records);
    const text = `${slicesEnded} of ${slices} slices, ${accepted.toLocaleString('en-US')} records (${share} %), ${Math.round(seconds / 60)} minutes of virtual time`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${text}${slicesEnded === slices ? '\n' : ''}`);
      return;
    }
    const now = performance.now();
    if (now - lastShown < PLAIN_LINE_INTERVAL_MS && slicesEnded < slices) return;
    lastShown = now;
    process.stderr.write(`${text}\n`);
  };
}

/** Reads the arguments, fills the year and tells of it. */
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
  const outcome: YearOutcome = await simulateYear(settings, progressLine(settings.records));
  const realSeconds = Math.round((performance.now() - startedAt) / 1000);
  const exact = isExact(outcome);
  console.log(
    json
      ? JSON.stringify({ exact, realSeconds, settings, ...outcome })
      : yearReport(settings, outcome, realSeconds),
  );
  if (!exact) process.exitCode = 1;
}
