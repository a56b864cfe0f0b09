import type { Stream } from '../../lambda/contract.ts';
import { quarantineRoot } from '../../lambda/contract.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { paceOf } from '../../lambda/forwarder/config.ts';
import { type ReportedHole, reportedHoles } from '../../lambda/forwarder/core/runs/holes.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { lagNow, lagOf } from '../../lambda/shared/lag.ts';
import { alarmsOf, checkNotifications } from './alarms.ts';
import type { AwsClients } from './aws.ts';
import { type LedgerSize, ledgerSize } from './ledger-size.ts';
import { loggedRuns } from './logged-runs.ts';
import { OpsError } from './ops-error.ts';
import { quarantineOf } from './quarantine.ts';
import { type ForwarderSchedule, readSchedule } from './schedule.ts';
import { type DeployedFunction, readFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** The progress of one stream. Times are epoch seconds, null while there is no state. */
export interface StreamStatus {
  tenant: string;
  stream: Stream;
  watermark: number | null;
  finalWatermark: number | null;
  /** Seconds that the watermark is behind. */
  lagSeconds: number | null;
  lag: 'ok' | 'warn' | 'critical';
  lastRunAt: number | null;
  /** How the newest run in the log ended; null when there is none in the last hours. */
  lastRun: string | null;
  /** End of the lease of the run in progress. */
  leasedUntil: number | null;
  /** Ranges that Valence refuses. */
  holes: ReportedHole[];
  ledger: LedgerSize;
  quarantined: number;
  /** When the next run is due; null with a cron expression or a schedule that is off. */
  nextRunAt: number | null;
}

export interface StackStatus {
  stack: string;
  /** The deployed version; null for a stack that does not show it. */
  version: string | null;
  schedule: ForwarderSchedule;
  streams: StreamStatus[];
  /** Why alarms do not reach a person, a sentence each. */
  notifications: string[];
}

const LAST_RUN_WITHIN_SECONDS = 6 * HOUR_SECONDS;
const LIST_TIME_LIMIT_MS = 120_000;

/** Reading a ledger costs money: with --watch it is read again only this often. */
const LEDGER_REFRESH_MS = 300_000;

type LedgerReader = (stack: ForwarderStack, stream: Stream) => Promise<LedgerSize>;

/** Reads the size of a ledger, or returns what was read of it in the last minutes. */
export function cachedLedger(aws: AwsClients): LedgerReader {
  const known = new Map<string, { readAt: number; size: Promise<LedgerSize> }>();
  return (stack, stream) => {
    const key = `${stack.table} ${stream}`;
    const last = known.get(key);
    if (last && performance.now() - last.readAt < LEDGER_REFRESH_MS) return last.size;
    const size = ledgerSize(aws, stack, stream);
    known.set(key, { readAt: performance.now(), size });
    // A ledger that could not be read is read again the next time.
    size.catch(() => known.delete(key));
    return size;
  };
}

interface Sources {
  aws: AwsClients;
  ledger: LedgerReader;
}

/**
 * Reads the status of one forwarder.
 * @throws {OpsError} and {@link StateError}, {@link QuarantineError}
 */
export async function stackStatus({ aws, ledger }: Sources, stack: ForwarderStack): Promise<StackStatus> {
  const now = Math.floor(Date.now() / 1000);
  const [fn, schedule, runs] = await Promise.all([
    readFunction(aws, stack),
    readSchedule(aws, stack),
    loggedRuns(aws, stack, now - LAST_RUN_WITHIN_SECONDS),
  ]);
  const lastRun = runs.at(-1)?.status ?? null;
  const streams = await Promise.all(
    fn.config.streams.map(async (stream): Promise<StreamStatus> => {
      const [progress, size, quarantined] = await Promise.all([
        progressOf(aws, stack, fn, stream, now),
        ledger(stack, stream),
        quarantineCount(aws, stack, fn, stream),
      ]);
      const nextRunAt = nextRun(schedule, progress.lastRunAt);
      return { tenant: fn.config.tenant, stream, ...progress, lastRun, ledger: size, quarantined, nextRunAt };
    }),
  );
  return {
    stack: stack.name,
    version: stack.version ?? null,
    schedule,
    streams,
    notifications: await notificationProblems(aws, stack),
  };
}

/** The progress of a stream is worth showing without the alarms, too. */
async function notificationProblems(aws: AwsClients, stack: ForwarderStack): Promise<string[]> {
  try {
    const findings = await checkNotifications(aws, await alarmsOf(aws, stack));
    return findings.filter(({ level }) => level !== 'ok').map(({ message, fix }) => `${message}. ${fix}`);
  } catch (error) {
    if (error instanceof OpsError) return [`${error.message} ${error.fix}`];
    throw error;
  }
}

async function progressOf(
  { dynamo }: AwsClients,
  stack: ForwarderStack,
  { config }: DeployedFunction,
  stream: Stream,
  now: number,
) {
  const state = await dynamoStateStore({ client: dynamo, table: stack.table }).read(stream);
  if (!state) {
    return {
      watermark: null,
      finalWatermark: null,
      lagSeconds: null,
      lag: lagOf(undefined, paceOf(config)),
      lastRunAt: null,
      leasedUntil: null,
      holes: [],
    };
  }
  const lagSeconds = Math.max(0, now - state.watermark);
  return {
    watermark: state.watermark,
    finalWatermark: state.finalWatermark,
    lagSeconds,
    lag: lagNow(state, now, paceOf(config)),
    lastRunAt: state.lastRunAt,
    leasedUntil: state.leaseUntil > now ? state.leaseUntil : null,
    holes: reportedHoles(state.holes),
  };
}

async function quarantineCount(
  aws: AwsClients,
  stack: ForwarderStack,
  { config: { tenant } }: DeployedFunction,
  stream: Stream,
): Promise<number> {
  const deadline = deadlineIn(systemClock, LIST_TIME_LIMIT_MS);
  const prefix = `${quarantineRoot(tenant)}${stream}/`;
  const keys = await quarantineOf(aws, stack, tenant).list(prefix, { deadline });
  return keys.length;
}

const nextRun = ({ enabled, intervalSeconds }: ForwarderSchedule, lastRunAt: number | null): number | null =>
  enabled && intervalSeconds && lastRunAt ? lastRunAt + intervalSeconds : null;
