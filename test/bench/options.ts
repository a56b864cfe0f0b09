import { Command, InvalidArgumentError } from 'commander';
import { MONTH_DAYS } from '../../infra/cost/month.ts';
import type { Stream } from '../../lambda/contract.ts';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import { wholeNumber } from '../../tools/cli/arguments.ts';
import { type Example, withExamples } from '../../tools/cli/help.ts';
import { ToolError } from '../../tools/cli/tool-error.ts';
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

/** Timers do not support longer delays. */
const MAX_LATENCY_MS = 60_000;
const MAX_RECORDS = 100_000_000;

const EXAMPLES: readonly Example[] = [
  ['npm run bench -- --quick', 'everything, small'],
  ['npm run bench -- --only month', 'the bill of an ordinary month'],
  ['npm run --silent bench -- --source-latency 50 --sink-latency 50 --json', 'the figures as JSON'],
];

/** What is given; what is not has a default that depends on `quick`. */
interface Given {
  auditRecords?: number;
  alertRecords?: number;
  rounds?: number;
  sourceLatency: number;
  sinkLatency: number;
  span: number;
  auditRate?: number;
  alertRate?: number;
  memorySize: number;
  growth?: number;
  days?: number;
  allMetrics?: boolean;
  write?: boolean;
  quick?: boolean;
  only?: readonly Part[];
  json?: boolean;
}

function partsArgument(text: string): Part[] {
  const parts = text.split(',').map((word) => {
    const part = PARTS.find((each) => each === word);
    if (part) return part;
    throw new InvalidArgumentError(
      `"${word}" is no part of the measurement; the parts are ${PARTS.join(', ')}.`,
    );
  });
  return [...new Set(parts)];
}

/** @throws {ToolError} when the month cannot be stored with these options */
function optionsOf(given: Given): BenchOptions {
  const { quick = false, allMetrics = false, write = false, only: parts = PARTS } = given;
  const share = quick ? 10 : 1;
  const days = given.days ?? MONTH_DAYS / share;
  if (write && (days < MONTH_DAYS || allMetrics || !parts.includes('month'))) {
    throw new ToolError('--write needs the part month, all of its days, and no --all-metrics.');
  }
  return {
    auditRecords: given.auditRecords ?? 100_000 / share,
    alertRecords: given.alertRecords ?? 10_000 / share,
    rounds: given.rounds ?? (quick ? 1 : 3),
    sourceLatencyMs: given.sourceLatency,
    sinkLatencyMs: given.sinkLatency,
    spanSeconds: given.span,
    rates: {
      'audit-logs': given.auditRate ?? Math.round(RATES['audit-logs'] / share),
      alerts: given.alertRate ?? Math.round(RATES.alerts / share),
    },
    memorySize: given.memorySize,
    growth: given.growth ?? (quick ? 4 : 10),
    days,
    allMetrics,
    write,
    json: given.json ?? false,
    parts,
  };
}

/** The command line of `npm run bench`, which runs `action` with its options. */
export function benchCommand(action: (options: BenchOptions) => Promise<void>): Command {
  const command = new Command('npm run bench --')
    .version(VERSION)
    .description(
      "Measures the built artefact against a naive poller and against the machine's own limits, on loopback, with the source, the intake and the state table in processes of their own. The month runs in virtual time: its numbers, but for the CPU, are the same on every machine.",
    );
  const number = (flags: string, description: string, least = 1, most = MAX_RECORDS) =>
    command.option(flags, description, wholeNumber(least, most));
  const numberOr = (flags: string, description: string, least: number, most: number, otherwise: number) =>
    command.option(flags, description, wholeNumber(least, most), otherwise);
  number('--audit-records <count>', 'audit records a round (default: 100000)');
  number('--alert-records <count>', 'alerts a round (default: 10000)');
  number(
    '--rounds <count>',
    'rounds of each measurement of time or memory, of which the median counts (default: 3)',
    1,
    1000,
  );
  numberOr('--source-latency <ms>', 'of the measurements of throughput and latency', 0, MAX_LATENCY_MS, 150);
  numberOr('--sink-latency <ms>', 'the same of the intake', 0, MAX_LATENCY_MS, 80);
  numberOr(
    '--span <seconds>',
    'spread the records over so long a time',
    1,
    MAX_SPAN_SECONDS,
    MAX_SPAN_SECONDS,
  );
  number(
    '--audit-rate <count>',
    `audit records a second of sustained (default: ${RATES['audit-logs']}, 50 million a day)`,
  );
  number('--alert-rate <count>', `alerts a second of sustained (default: ${RATES.alerts}, 5 million a day)`);
  numberOr(
    '--memory-size <mib>',
    'limit the heap as that of a function with so much memory',
    128,
    1_000_000,
    DEFAULT_MEMORY_MIB,
  );
  number(
    '--growth <factor>',
    'memory is measured again with so many times the records (default: 10)',
    1,
    1000,
  );
  number(
    '--days <count>',
    `days of the month that are run (default: ${MONTH_DAYS}); prices are for a month in any case`,
    1,
    MONTH_DAYS,
  );
  command
    .option('--all-metrics', 'the month with the setting allMetrics')
    .option(
      '--write',
      'store the month, and write its tables into docs/cost.md; only of a whole month with the default settings',
    )
    .option(
      '--quick',
      "a tenth of the records and of the month, one round, growth 4: a run's fixed costs weigh ten times as much then",
    )
    .option('--only <parts>', `measure only these, separated by commas: ${PARTS.join(', ')}`, partsArgument)
    .option('--json', 'print the figures as one line of JSON')
    .action((given: Given) => action(optionsOf(given)));
  return withExamples(command, EXAMPLES);
}
