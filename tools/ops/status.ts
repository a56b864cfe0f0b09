import { ForwarderError } from '../../lambda/shared/errors.ts';
import { count, duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { table } from '../cli/table.ts';
import { colour } from '../cli/terminal.ts';
import type { AwsClients } from './aws.ts';
import { cachedLedger, type StackStatus, type StreamStatus, stackStatus } from './read-status.ts';
import type { ForwarderSchedule } from './schedule.ts';
import { versionInWords } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

const HEADINGS = [
  'tenant',
  'stream',
  'watermark',
  'lag',
  'final watermark',
  'holes',
  'last run',
  'ledger',
  'quarantine',
  'next run',
] as const;

const LAG_COLOURS = { warn: 'yellow', critical: 'red' } as const;

const time = (seconds: number | null) => (seconds === null ? '-' : utc(seconds));

const rowOf = (status: StreamStatus, { expression, enabled }: ForwarderSchedule): string[] => [
  status.tenant,
  status.stream,
  status.watermark === null ? 'no run yet' : utc(status.watermark),
  status.lagSeconds === null
    ? '-'
    : `${duration(status.lagSeconds)}${status.lag === 'ok' ? '' : ` ${colour(LAG_COLOURS[status.lag], status.lag)}`}`,
  time(status.finalWatermark),
  status.holes.length === 0 ? '-' : colour('red', holesOf(status)),
  status.lastRunAt === null
    ? '-'
    : `${utc(status.lastRunAt)} ${status.leasedUntil === null ? (status.lastRun ?? 'not in the log') : 'running'}`,
  count(status.ledger.entries),
  count(status.quarantined),
  status.nextRunAt === null ? (enabled ? expression : 'schedule is off') : utc(status.nextRunAt),
];

/** How many holes there are, and how much time they cover. */
const holesOf = ({ holes }: StreamStatus): string =>
  `${count(holes.length)} (${duration(holes.reduce((sum, { from, to }) => sum + to - from, 0))})`;

const statusTable = (stacks: readonly StackStatus[]): string =>
  [
    table(
      HEADINGS,
      stacks.flatMap(({ streams, schedule }) => streams.map((stream) => rowOf(stream, schedule))),
      { naming: 2 },
    ),
    '',
    ...stacks.map(({ stack, version }) => `${stack} has ${versionInWords(version ?? undefined)}.`),
    ...stacks.flatMap(({ stack, notifications }) =>
      notifications.map((problem) => colour('yellow', `Alarms of ${stack}: ${problem}`)),
    ),
  ].join('\n');

const hasCritical = (stacks: readonly StackStatus[]): boolean =>
  stacks.some(({ streams }) => streams.some(({ lag }) => lag === 'critical'));

export interface StatusOptions {
  /** Seconds between two readings; the status is read once when left out. */
  watch?: number | undefined;
}

/** Ends of the codes of temporary failures; every other failure ends the command. */
const TEMPORARY = /-(throttled|unreachable)$/;

const isTemporary = (error: unknown): boolean =>
  error instanceof ForwarderError && TEMPORARY.test(error.code);

/**
 * Prints the progress of every stream of the given forwarders, once or repeatedly until the process is stopped. While it
 * repeats, it reports throttling and a service that does not answer, and continues.
 * @returns whether no stream is critical
 * @throws {OpsError} and {@link StateError}, {@link QuarantineError}
 */
export async function status(
  aws: AwsClients,
  stacks: readonly ForwarderStack[],
  { watch }: StatusOptions,
  output: Output,
): Promise<boolean> {
  const sources = { aws, ledger: cachedLedger(aws) };
  const read = () => Promise.all(stacks.map((stack) => stackStatus(sources, stack)));
  if (watch === undefined) {
    const statuses = await read();
    output.result({ stacks: statuses }, statusTable(statuses));
    return !hasCritical(statuses);
  }
  for (;;) {
    try {
      const statuses = await read();
      output.clear();
      output.result({ stacks: statuses }, `${utc(Math.floor(Date.now() / 1000))}\n${statusTable(statuses)}`);
    } catch (error) {
      if (!isTemporary(error)) throw error;
      output.failure(error);
    }
    await new Promise((resolve) => setTimeout(resolve, watch * 1000));
  }
}
