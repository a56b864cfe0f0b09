import type { Stream } from '../../../lambda/contract.ts';
import type { PublicResult } from '../../../lambda/forwarder/reporting/result.ts';
import { HOUR_SECONDS } from '../../../lambda/limits.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import type { ShownForwarder, ShownRun } from '../../preview/explore/answers.ts';
import { startAwsManagement } from '../../stand-ins/aws/management/management.ts';
import { startValenceApi } from '../../stand-ins/valence/api.ts';
import type { ZooApi } from '../../stand-ins/valence/apis/api.ts';
import { startApi } from '../../stand-ins/valence/apis/start-api.ts';
import type { LocalFunction } from '../embedded.ts';
import { EMBEDDED_TENANT, type EmbeddedValence, startPartiesWith } from '../embedded-parties.ts';
import { shownRun } from '../shown-runs.ts';
import { localAccount } from './account.ts';
import { localLambda } from './function.ts';
import { type LocalTenant, startTenant } from './records.ts';
import { shownForwarder } from './shown-forwarder.ts';

const MEMORY_MIB = 512;

/** The shortest interval that the stack allows, and the longest timeout with it. */
const SCHEDULE = 'rate(1 minute)';
const INTERVAL_MS = 60_000;
const TIMEOUT_SECONDS = 39;

/** Short, so that most records are older than the first run's range and a backfill has something to forward. */
const INITIAL_LOOKBACK_SECONDS = 2 * HOUR_SECONDS;

/** The embedded Valence is never late, so that the newest records need not wait for long. */
const SETTLE_SECONDS = 5;

/** The result of a scheduled run. */
export type RunOutcome = PublicResult | { failure: string };

/** A forwarder that keeps running on this machine, with its stand-ins. */
export interface StayingForwarder {
  /** What points any AWS SDK client at it. */
  environment: Readonly<Record<string, string>>;
  /** Origin of the management services. */
  origin: string;
  tenant: Pick<LocalTenant, 'past' | 'pastRecords'>;
  /** How many records are in quarantine. */
  quarantined(): number;
  firstRun: RunOutcome;
  /** How it is now, as a page shows it. */
  shown(): Promise<ShownForwarder>;
  /** What points `npm run doctor` at it. */
  doctorSettings: Readonly<Record<string, string>>;
  /** Starts a run every minute. */
  startSchedule(onRun: (outcome: RunOutcome) => void): void;
  close(): Promise<void>;
}

/** Logs that a run forwarded, over its streams or of one. */
export const forwardedOf = (outcome: RunOutcome, stream?: Stream): number =>
  Object.entries('failure' in outcome ? {} : outcome.streams)
    .filter(([name]) => stream === undefined || name === stream)
    .reduce((sum, [, { forwarded }]) => sum + forwarded, 0);

export interface StayOptions {
  /** Another API in Valence's place. Then runs may fail, and that is shown. */
  api?: ZooApi | undefined;
  /** The API profile of the function, as the user wrote it. */
  profile?: string | undefined;
  /** Called with each log that Datadog accepts. */
  onLog?: (log: JsonObject) => void;
}

/** Runs that a page shows. */
const SHOWN_RUNS = 30;

/**
 * Starts Valence, Datadog, AWS and the function, and lets the first run go through.
 * @throws {ToolError} when that run fails, unless another API is in Valence's place
 */
export async function startStayingForwarder(
  { folder, logFile }: LocalFunction,
  { api, profile, onLog }: StayOptions = {},
): Promise<StayingForwarder> {
  const parties = await startPartiesWith<EmbeddedValence>(
    (apiKey) => (api ? startApi(api, { apiKey }) : startValenceApi({ apiKey })),
    // Days of logs would fill the memory.
    { keep: 'counts', ...(onLog && { onLog }) },
  );
  const { aws, valence, datadog } = parties;
  const settings = {
    ...parties.settings,
    INITIAL_LOOKBACK_SECONDS: String(INITIAL_LOOKBACK_SECONDS),
    SETTLE_SECONDS: String(SETTLE_SECONDS),
    // As by default in a deployment: the board of the forwarder reads them.
    RUN_SUMMARY_LOGS: 'true',
    ...(profile && { VALENCE_API_PROFILE: profile }),
  };
  const lambda = localLambda({
    folder,
    logFile,
    environment: { ...aws.environment, ...settings },
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const management = await startAwsManagement(
    localAccount({
      lambda,
      settings,
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMiB: MEMORY_MIB,
      scheduleExpression: SCHEDULE,
      logFile,
    }),
    aws.accessKey,
  );
  const tenant = startTenant(valence, datadog, Math.floor(Date.now() / 1000) - INITIAL_LOOKBACK_SECONDS);
  const runs: ShownRun[] = [];
  let count = 0;
  const note = (of: (name: string, at: number) => ShownRun) => {
    count++;
    runs.unshift(of(`run ${count}`, Math.floor(Date.now() / 1000)));
    runs.splice(SHOWN_RUNS);
  };
  const run = async () => {
    try {
      const result = (await lambda.invoke({})) as PublicResult;
      note((name, at) => shownRun(name, result, at));
      return result;
    } catch (error) {
      const { message } = error as Error;
      note((name, at) => ({ name, at, status: 'failed', streams: [], failure: message }));
      throw error;
    }
  };

  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const close = async () => {
    closed = true;
    clearInterval(timer);
    tenant.stopArrivals();
    lambda.close();
    await Promise.all([management.close(), parties.close()]);
  };
  try {
    const firstRun = await run().catch((error: Error): RunOutcome => {
      if (!api) throw error;
      return { failure: error.message };
    });
    tenant.fixDatadog();
    return {
      environment: { ...aws.environment, ...management.environment },
      origin: management.origin,
      tenant,
      quarantined: () => aws.s3.objects.size,
      firstRun,
      shown: shownForwarder({
        aws,
        tenant: EMBEDDED_TENANT,
        pace: { interval: INTERVAL_MS / 1000, settle: SETTLE_SECONDS },
        runs: () => runs,
      }),
      doctorSettings: {
        VALENCE_BASE_URL: valence.origin,
        VALENCE_API_KEY: parties.keys.valence,
        DATADOG_API_URL: datadog.origin,
        DD_API_KEY: parties.keys.datadog,
      },
      startSchedule(onRun) {
        tenant.startArrivals();
        timer = setInterval(() => {
          run().then(onRun, ({ message }: Error) => {
            // Disposing everything also ends a run.
            if (!closed) onRun({ failure: message });
          });
        }, INTERVAL_MS);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
