import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { type BilledResources, type MeasuredMonth, MONTH_DAYS } from './month.ts';
import { PRICES } from './prices.ts';

/** One line of a month's bill. */
export interface BillLine {
  item: string;
  /** How the price comes about, with the list prices. */
  arithmetic: string;
  /** US dollars. */
  usd: number;
}

const DAY_HOURS = 24;

/** Source: AWS Lambda developer guide, "Configure Lambda function memory": with so much memory a function has one core. */
const CORE_MIB = 1769;

/** Seconds that a request takes: the latencies of the measurement of throughput, and what is usual within a region. */
const WAITS = { valence: 0.15, datadog: 0.08, aws: 0.01 };

/** The two lines that Lambda writes about an invocation. Source: AWS Lambda, Telemetry API schema: `platform.start`, `platform.report`. */
const LAMBDA_LINES_BYTES = 400;

/** Months for which the log is kept by default. */
const LOG_MONTHS = 3;

/** Months for which the ledger keeps an entry. */
const LEDGER_MONTHS = 0.5;

const GB = 1e9;
const KB = 1e3;

const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A list price, for so many units. */
const price = (usd: number, units = 1): string =>
  (usd * units).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 10 });

const MILLION = 1e6;

/** US dollars, rounded to cents. */
export const dollars = (usd: number): string => usd.toFixed(2);

/**
 * The bill of a month of one tenant. A measurement of fewer days counts as often as it fits into the month.
 * @returns the lines, the most expensive kinds first; their sum is {@link sumOf}
 */
export function billOf({ days, counts, cpuSeconds }: MeasuredMonth, resources: BilledResources): BillLine[] {
  const share = MONTH_DAYS / days;
  const of = (name: keyof typeof counts) => counts[name] * share;
  const { alarmMetrics, compositeAlarms, secrets } = resources;
  const metrics = counts.metricHours / (days * DAY_HOURS);
  const waits =
    of('valenceRequests') * WAITS.valence +
    of('posts') * WAITS.datadog +
    (of('tableRequests') + of('secretReads')) * WAITS.aws;
  const busySeconds = (cpuSeconds * share) / (DEFAULT_MEMORY_MIB / CORE_MIB) + waits;
  const gbSeconds = (busySeconds * DEFAULT_MEMORY_MIB) / 1024;
  const logGb = (of('logBytes') + of('runs') * LAMBDA_LINES_BYTES) / GB;
  const ledgerGb = (of('writeUnits') * KB * LEDGER_MONTHS) / GB;
  const postedGb = of('postedBytes') / GB;
  return [
    {
      item: 'custom metrics',
      arithmetic: `${number(metrics, 2)} x ${price(PRICES.metricMonth)}`,
      usd: metrics * PRICES.metricMonth,
    },
    {
      item: 'alarms',
      arithmetic: `${alarmMetrics} x ${price(PRICES.alarmMetricMonth)}`,
      usd: alarmMetrics * PRICES.alarmMetricMonth,
    },
    {
      item: 'composite alarms',
      arithmetic: `${compositeAlarms} x ${price(PRICES.compositeAlarmMonth)}`,
      usd: compositeAlarms * PRICES.compositeAlarmMonth,
    },
    {
      item: 'Secrets Manager',
      arithmetic: `${secrets} x ${price(PRICES.secretMonth)}, and ${number(of('secretReads'))} reads x ${price(PRICES.secretRead, MILLION)} per million`,
      usd: secrets * PRICES.secretMonth + of('secretReads') * PRICES.secretRead,
    },
    {
      item: `Lambda, arm64, ${DEFAULT_MEMORY_MIB} MB`,
      arithmetic: `${number(busySeconds)} s x ${DEFAULT_MEMORY_MIB / 1024} GB x ${price(PRICES.lambdaGbSecond)}, and ${number(of('runs'))} starts x ${price(PRICES.lambdaRequest, MILLION)} per million`,
      usd: gbSeconds * PRICES.lambdaGbSecond + of('runs') * PRICES.lambdaRequest,
    },
    {
      item: 'DynamoDB on demand, writes',
      arithmetic: `${number(of('writeUnits'))} units x ${price(PRICES.dynamoWriteUnit, MILLION)} per million`,
      usd: of('writeUnits') * PRICES.dynamoWriteUnit,
    },
    {
      item: 'DynamoDB on demand, reads',
      arithmetic: `${number(of('readUnits'))} units x ${price(PRICES.dynamoReadUnit, MILLION)} per million`,
      usd: of('readUnits') * PRICES.dynamoReadUnit,
    },
    {
      item: 'DynamoDB, storage and point-in-time recovery',
      arithmetic: `at most ${number(ledgerGb * 1000)} MB x (${price(PRICES.dynamoGbMonth)} + ${price(PRICES.recoveryGbMonth)}) per GB`,
      usd: ledgerGb * (PRICES.dynamoGbMonth + PRICES.recoveryGbMonth),
    },
    {
      item: 'logs, kept for three months',
      arithmetic: `${number(logGb * 1000)} MB x (${price(PRICES.logGb)} + ${LOG_MONTHS} x ${price(PRICES.logGbMonth)}) per GB`,
      usd: logGb * (PRICES.logGb + LOG_MONTHS * PRICES.logGbMonth),
    },
    {
      item: 'EventBridge Scheduler',
      arithmetic: `${number(of('runs'))} starts x ${price(PRICES.schedulerStart, MILLION)} per million`,
      usd: of('runs') * PRICES.schedulerStart,
    },
    {
      item: 'traffic to Datadog',
      arithmetic: `${number(postedGb * 1000)} MB x ${price(PRICES.trafficGb)} per GB`,
      usd: postedGb * PRICES.trafficGb,
    },
  ];
}

/** US dollars. */
export const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

/** What the runs of a month take, in the words of the tables. */
export function consumptionOf({ days, counts, cpuSeconds }: MeasuredMonth): [string, string][] {
  const share = MONTH_DAYS / days;
  const perMonth = (value: number) => number(value * share);
  return [
    ['runs', perMonth(counts.runs)],
    ['logs to Datadog, run summaries included', perMonth(counts.logs)],
    ['requests to Valence', perMonth(counts.valenceRequests)],
    ['posts to Datadog', perMonth(counts.posts)],
    ['requests to the state table', perMonth(counts.tableRequests)],
    ['read units', perMonth(counts.readUnits)],
    ['write units', perMonth(counts.writeUnits)],
    ['CPU seconds of the function', perMonth(cpuSeconds)],
    ['log bytes of the function', perMonth(counts.logBytes)],
  ];
}
