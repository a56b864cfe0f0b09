import type { JsonObject } from '../lambda/forwarder/core/json.ts';
import { type Arrivals, compareArrivals } from './arrivals.ts';
import { type RunningArtefact, startArtefact } from './artefact.ts';
import { ARTEFACT_FOLDER, LOG_FILE } from './paths.ts';
import { withProgress } from './progress.ts';
import type { ReportedRun } from './report.ts';
import { RESOURCES, startForwarderAws } from './resources.ts';
import { type SampleData, sampleData } from './sample-data.ts';
import { type DatadogIntake, startDatadogIntake } from './stand-ins/datadog-intake.ts';
import type { SilentDrops } from './stand-ins/datadog-limits.ts';
import { startValenceApi, type ValenceApi } from './stand-ins/valence-api.ts';

const VALENCE_KEY = 'embedded-valence-key';
const DATADOG_KEY = 'embedded-datadog-key';

const SEED = 20_261_101;
const FIRST_FILL = { alerts: 500, auditLogs: 5000 };
const LATER = { alerts: 20, auditLogs: 200 };

/** Defaults of the forwarder: how far back its first run looks, and which newest seconds it leaves alone. */
const INITIAL_LOOKBACK_SECONDS = 43_200;
const SETTLE_SECONDS = 120;

/**
 * The embedded Valence lives this far in the past until its clock is set right for the last run. So minutes pass between
 * the runs without anybody waiting, and records of those minutes can arrive. The forwarder itself puts up with 5 minutes.
 */
const PAST_SECONDS = 240;

/** Keeps records off the ends of a range while the processes start. */
const MARGIN_SECONDS = 30;

export interface EmbeddedOutcome {
  runs: ReportedRun[];
  arrivals: Arrivals;
  drops: SilentDrops;
  logs: readonly JsonObject[];
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function fill(valence: ValenceApi, data: SampleData): void {
  valence.alerts.add(data.alerts);
  valence.auditLogs.add(data.auditLogs);
}

/** Records of the hours before the first run. */
function earlierRecords(): SampleData {
  const now = nowSeconds();
  const range = {
    from: now - INITIAL_LOOKBACK_SECONDS + MARGIN_SECONDS,
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

/** Three runs against the given stand-ins. */
async function threeRuns(
  artefact: RunningArtefact,
  valence: ValenceApi,
  datadog: DatadogIntake,
): Promise<Pick<EmbeddedOutcome, 'runs' | 'arrivals'>> {
  const runs: ReportedRun[] = [];
  const run = async (name: string) => {
    const before = datadog.accepted;
    const accepted = () => `${(datadog.accepted - before).toLocaleString('en-US')} logs accepted`;
    const text = () => `Run ${runs.length + 1} of 3, ${name}: ${accepted()}`;
    const result = await withProgress(text, () => artefact.invoke({}), text);
    runs.push({ name, result, sourceTime: Math.floor((valence.clock() ?? Date.now()) / 1000) });
  };

  const earlier = earlierRecords();
  fill(valence, earlier);
  valence.alertTypes.add(earlier.alertTypes);
  valence.clock = () => Date.now() - PAST_SECONDS * 1000;
  await run('first fill');
  await run('nothing new');

  const later = laterRecords();
  fill(valence, later);
  valence.clock = () => Date.now();
  await run('new records arrived');

  const given = {
    alerts: [...earlier.alerts, ...later.alerts],
    auditLogs: [...earlier.auditLogs, ...later.auditLogs],
  };
  return { runs, arrivals: compareArrivals(given, datadog.logs) };
}

/**
 * Runs the built artefact three times against a whole tenant made up on this machine.
 * @param onLog called with each log that the embedded Datadog accepts
 * @throws {LocalRunError} when a run fails
 */
export async function runEmbedded(onLog?: (log: JsonObject) => void): Promise<EmbeddedOutcome> {
  const [aws, valence, datadog] = await Promise.all([
    startForwarderAws({ valenceKey: VALENCE_KEY, datadogKey: DATADOG_KEY }),
    startValenceApi({ apiKey: VALENCE_KEY }),
    startDatadogIntake({ apiKey: DATADOG_KEY, ...(onLog && { onLog }) }),
  ]);
  const artefact = startArtefact({
    folder: ARTEFACT_FOLDER,
    logFile: LOG_FILE,
    environment: {
      ...aws.environment,
      ...RESOURCES,
      TENANT: 'embedded',
      VALENCE_BASE_URL: valence.origin,
      DATADOG_INTAKE_URL: datadog.origin,
      DATADOG_API_URL: datadog.origin,
    },
  });
  try {
    const outcome = await threeRuns(artefact, valence, datadog);
    return { ...outcome, drops: datadog.drops, logs: datadog.logs };
  } finally {
    artefact.close();
    await Promise.all([aws.close(), valence.close(), datadog.close()]);
  }
}
