import { LOG_SOURCE } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import { timeSettings } from '../../lambda/settings/function/times.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { counted } from '../cli/format.ts';
import { withProgress } from '../cli/progress.ts';
import { type SampleData, sampleData } from '../sample-data/sample-data.ts';
import type { DatadogIntake } from '../stand-ins/datadog/intake.ts';
import type { SilentDrops } from '../stand-ins/datadog/limits.ts';
import type { ValenceApi } from '../stand-ins/valence/api.ts';
import { type Arrivals, compareArrivals } from './arrivals.ts';
import { type RunningArtefact, startArtefact } from './artefact.ts';
import { startEmbeddedParties } from './embedded-parties.ts';
import type { ReportedRun } from './report.ts';

const SEED = 20_261_101;
const FIRST_FILL = { alerts: 500, auditLogs: 5000 };
const LATER = { alerts: 20, auditLogs: 200 };

/** The look-back of the first run, and the settle time. */
const INITIAL_LOOKBACK_SECONDS = timeSettings.initialLookback.default;
const SETTLE_SECONDS = timeSettings.settle.default;

/**
 * The embedded Valence lives this far in the past until its clock is set right for the last run. So minutes pass between
 * the runs without waiting, and records of those minutes can arrive. The forwarder tolerates 5 minutes.
 */
const PAST_SECONDS = 240;

/** The first start point is counted from the first run, which a slow machine starts late. */
const START_MARGIN_SECONDS = 900;
/** Distance of records from the ends of a run's range. */
const MARGIN_SECONDS = 30;

/** The artefact to run, and where its own log lines go. */
export interface LocalFunction {
  /** Folder that holds `index.mjs`. */
  folder: string;
  logFile: string;
}

export interface EmbeddedOutcome {
  runs: [ReportedRun, ...ReportedRun[]];
  arrivals: Arrivals;
  drops: SilentDrops;
  /** Every log that the embedded Datadog accepted. */
  logs: readonly JsonObject[];
}

/** Whether a log is one of a record, and not the summary of a run. */
const isOfRecord = ({ ddsource }: JsonObject) => ddsource === LOG_SOURCE;

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Records of the hours before the first run. */
function earlierRecords(): SampleData {
  const now = nowSeconds();
  const range = {
    from: now - INITIAL_LOOKBACK_SECONDS + START_MARGIN_SECONDS,
    to: now - PAST_SECONDS - SETTLE_SECONDS - MARGIN_SECONDS,
  };
  return sampleData({ seed: SEED, range, ...FIRST_FILL });
}

/** Records of the minutes that passed since the first run. */
function laterRecords(): SampleData {
  const now = nowSeconds();
  const range = { from: now - PAST_SECONDS - SETTLE_SECONDS + MARGIN_SECONDS, to: now - SETTLE_SECONDS };
  return sampleData({ seed: SEED + 1, range, ...LATER });
}

function fill(valence: ValenceApi, { alerts, auditLogs }: SampleData): void {
  valence.alerts.add(alerts);
  valence.auditLogs.add(auditLogs);
}

async function invoke(
  artefact: RunningArtefact,
  datadog: DatadogIntake,
  title: string,
): Promise<PublicResult> {
  const before = datadog.accepted;
  const done = () => `${title}: ${counted(datadog.accepted - before, 'log')} accepted`;
  return withProgress({
    text: () => (datadog.accepted === before ? title : done()),
    work: () => artefact.invoke({}),
    done,
  });
}

/** First fill, nothing new, new records. */
async function threeRuns(
  artefact: RunningArtefact,
  valence: ValenceApi,
  datadog: DatadogIntake,
): Promise<Omit<EmbeddedOutcome, 'drops' | 'logs'>> {
  const run = async (name: string, number: number): Promise<ReportedRun> => {
    const result = await invoke(artefact, datadog, `Run ${number} of 3, ${name}`);
    return { name, result, sourceTime: Math.floor((valence.clock() ?? Date.now()) / 1000) };
  };

  const earlier = earlierRecords();
  valence.alertTypes.add(earlier.alertTypes);
  fill(valence, earlier);
  valence.clock = () => Date.now() - PAST_SECONDS * 1000;
  const firstFill = await run('first fill', 1);
  const nothingNew = await run('nothing new', 2);

  const later = laterRecords();
  fill(valence, later);
  valence.clock = () => Date.now();
  const newRecords = await run('new records arrived', 3);

  const given = {
    alerts: [...earlier.alerts, ...later.alerts],
    auditLogs: [...earlier.auditLogs, ...later.auditLogs],
  };
  return {
    runs: [firstFill, nothingNew, newRecords],
    arrivals: compareArrivals(given, datadog.logs.filter(isOfRecord)),
  };
}

export interface EmbeddedOptions {
  /** Called with each log that the embedded Datadog accepts. */
  onLog?: ((log: JsonObject) => void) | undefined;
  /** Whether each run sends a summary, too, as by default in a deployment. */
  summaries?: boolean;
}

/**
 * Runs the artefact three times against a generated tenant on this machine.
 * @throws {ToolError} when a run fails
 */
export async function runEmbedded(
  { folder, logFile }: LocalFunction,
  { onLog, summaries = false }: EmbeddedOptions = {},
): Promise<EmbeddedOutcome> {
  const parties = await startEmbeddedParties(onLog && { onLog });
  const { aws, valence, datadog, settings } = parties;
  const artefact = startArtefact({
    folder,
    logFile,
    environment: { ...aws.environment, ...settings, RUN_SUMMARY_LOGS: String(summaries) },
  });
  try {
    const outcome = await threeRuns(artefact, valence, datadog);
    return { ...outcome, drops: datadog.drops, logs: datadog.logs };
  } finally {
    artefact.close();
    await parties.close();
  }
}
