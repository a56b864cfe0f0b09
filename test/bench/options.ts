import { parseArgs } from 'node:util';
import { MONTH_DAYS } from '../../infra/cost/month.ts';
import type { Stream } from '../../lambda/contract.ts';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { MAX_SPAN_SECONDS } from './runs.ts';

/** What to measure and how. Sizes are numbers of records, latencies milliseconds. */
export interface BenchOptions {
  auditRecords: number;
  alertRecords: number;
  rounds: number;
  sourceLatencyMs: number;
  sinkLatencyMs: number;
  /** Seconds over which the records are spread; with fewer seconds an hour of the ledger has more records. */
  spanSeconds: number;
  /** New records a second while runs follow each other on the schedule. */
  rates: Record<Stream, number>;
  /** In MiB: the heap is limited as that of a function with so much memory. */
  memorySize: number;
  /** How many times more records the second memory measurement reads. */
  growth: number;
  /** Days of the month that are run. */
  days: number;
  /** Whether every value is a metric in the month. */
  allMetrics: boolean;
  /** Whether the month is stored, and docs/cost.md written. */
  write: boolean;
  json: boolean;
  /** What to measure. */
  parts: readonly Part[];
}

export const PARTS = [
  'cpu',
  'small-runs',
  'growth',
  'throughput',
  'memory',
  'large-pages',
  'state',
  'look-back',
  'cold-start',
  'latency',
  'month',
  'sustained',
  'preview',
] as const;
export type Part = (typeof PARTS)[number];

const RATES = { 'audit-logs': 579, alerts: 58 } satisfies Record<Stream, number>;

const HELP = `Usage: npm run bench -- [options]

Measures the built artefact against a naive poller and against the machine's own limits, on loopback, with the source, the
intake and the state table in processes of their own. The month runs in virtual time: its numbers, but for the CPU, are the same
on every machine.

  --audit-records N    audit records a round (default 100000)
  --alert-records N    alerts a round (default 10000)
  --rounds N           rounds of each measurement of time or memory, of which the median counts (default 3)
  --source-latency MS  of the measurements of throughput and latency (default 150)
  --sink-latency MS    the same of the intake (default 80)
  --span SECONDS       spread the records over so long a time (default and at most 42000)
  --audit-rate N       audit records a second of sustained (default ${RATES['audit-logs']}, 50 million a day)
  --alert-rate N       alerts a second of sustained (default ${RATES.alerts}, 5 million a day)
  --memory-size MIB    limit the heap as that of a function with so much memory (default ${DEFAULT_MEMORY_MIB}, the function's)
  --growth N           memory is measured again with N times the records (default 10)
  --days N             days of the month that are run (default and at most ${MONTH_DAYS}); prices are for a month in any case
  --all-metrics        the month with the setting allMetrics
  --write              store the month, and write its tables into docs/cost.md; only of a whole month with the default settings
  --quick              a tenth of the records and of the month, one round, growth 4: a run's fixed costs weigh ten times as much then
  --only PARTS         measure only these, separated by commas: ${PARTS.join(', ')}
  --json               print the figures as one JSON line; with npm run --silent, nothing else
  --help

Examples:
  npm run bench -- --quick
  npm run bench -- --only month
  npm run --silent bench -- --source-latency 50 --sink-latency 50 --json
`;

/** Timers do not support longer delays. */
const MAX_LATENCY_MS = 60_000;
const MAX_RECORDS = 100_000_000;

type Values = ReturnType<typeof parsed>;
type CountOption = {
  [Name in keyof Values]-?: Values[Name] extends string | undefined ? Name : never;
}[keyof Values];

function count(
  values: Values,
  name: CountOption,
  otherwise: number,
  { least = 1, most = MAX_RECORDS } = {},
): number {
  const text = values[name];
  const number = text === undefined ? otherwise : Number(text);
  if (text !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new UsageError(`--${name}: "${text}" is not a whole number from ${least} to ${most}.`);
}

function partOf(word: string): Part {
  const part = PARTS.find((each) => each === word);
  if (!part) throw new UsageError(`--only: "${word}" is no part of the measurement.`);
  return part;
}

/** The command line is wrong. */
export class UsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${HELP}`);
  }
}

function parsed(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'audit-records': { type: 'string' },
        'alert-records': { type: 'string' },
        rounds: { type: 'string' },
        'source-latency': { type: 'string' },
        'sink-latency': { type: 'string' },
        span: { type: 'string' },
        'audit-rate': { type: 'string' },
        'alert-rate': { type: 'string' },
        'memory-size': { type: 'string' },
        growth: { type: 'string' },
        days: { type: 'string' },
        'all-metrics': { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * Reads the command line.
 * @returns undefined when only help was asked for, which is then printed
 * @throws {UsageError} with the help when an option is wrong
 */
export function benchOptions(args: string[]): BenchOptions | undefined {
  const values = parsed(args);
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const share = values.quick ? 10 : 1;
  const days = count(values, 'days', MONTH_DAYS / share, { most: MONTH_DAYS });
  const parts = values.only === undefined ? PARTS : [...new Set(values.only.split(',').map(partOf))];
  if (values.write && (days < MONTH_DAYS || values['all-metrics'] || !parts.includes('month'))) {
    throw new UsageError('--write: needs the part month, all of its days, and no --all-metrics.');
  }
  return {
    auditRecords: count(values, 'audit-records', 100_000 / share),
    alertRecords: count(values, 'alert-records', 10_000 / share),
    rounds: count(values, 'rounds', values.quick ? 1 : 3, { most: 1000 }),
    sourceLatencyMs: count(values, 'source-latency', 150, { least: 0, most: MAX_LATENCY_MS }),
    sinkLatencyMs: count(values, 'sink-latency', 80, { least: 0, most: MAX_LATENCY_MS }),
    spanSeconds: count(values, 'span', MAX_SPAN_SECONDS, { most: MAX_SPAN_SECONDS }),
    rates: {
      'audit-logs': count(values, 'audit-rate', Math.round(RATES['audit-logs'] / share)),
      alerts: count(values, 'alert-rate', Math.round(RATES.alerts / share)),
    },
    memorySize: count(values, 'memory-size', DEFAULT_MEMORY_MIB, { least: 128, most: 1_000_000 }),
    growth: count(values, 'growth', values.quick ? 4 : 10, { most: 1000 }),
    days,
    allMetrics: values['all-metrics'],
    write: values.write,
    json: values.json,
    parts,
  };
}
