import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../lambda/forwarder/core/json.ts';
import { startArtefact } from './artefact.ts';
import { LocalRunError } from './local-run-error.ts';
import { ARTEFACT_FOLDER, LOG_FILE, STATE_FOLDER } from './paths.ts';
import { withProgress } from './progress.ts';
import type { ReportedRun } from './report.ts';
import { RESOURCES, startForwarderAws } from './resources.ts';
import { startDatadogIntake } from './stand-ins/datadog-intake.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const KEYS = {
  VALENCE_API_KEY: 'Valence: Administration > Settings > Valence API > Generate API Key, role Admin',
  DD_API_KEY: 'Datadog: Organization Settings > API Keys > New Key',
} as const;

/** Stands in for Datadog's key where nothing is sent to Datadog. */
const DRY_RUN_KEY = 'dry-run';

/** What the user's shell says about AWS concerns real accounts; a live run uses none. */
const OWN_VARIABLES = /^(AWS_|VALENCE_API_KEY$|DD_API_KEY$|DD_APP_KEY$|NODE_OPTIONS$)/;

/**
 * The keys of a live run.
 * @throws {LocalRunError} naming every key that is missing, and where to get it
 */
function readKeys(environment: Environment, dryRun: boolean): { valenceKey: string; datadogKey: string } {
  const needed = dryRun ? (['VALENCE_API_KEY'] as const) : (['VALENCE_API_KEY', 'DD_API_KEY'] as const);
  const missing = needed.filter((name) => !environment[name]?.trim());
  if (missing.length > 0) {
    const lines = missing.map((name) => `  - ${name} is not set. ${KEYS[name]}.`);
    throw new LocalRunError(`A live run takes its keys from the environment:\n${lines.join('\n')}`);
  }
  return {
    valenceKey: environment['VALENCE_API_KEY'] ?? '',
    datadogKey: dryRun ? DRY_RUN_KEY : (environment['DD_API_KEY'] ?? ''),
  };
}

/** A copy of the state, so that a dry run shows what the next run would send, and changes nothing. */
async function copyOfState(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'forwarder-state-'));
  if (existsSync(STATE_FOLDER)) await cp(STATE_FOLDER, copy, { recursive: true });
  return copy;
}

async function startAwsOn(folder: string, keys: { valenceKey: string; datadogKey: string }) {
  try {
    return await startForwarderAws({ ...keys, folder });
  } catch (error) {
    throw new LocalRunError(
      `The state in ${folder} cannot be opened: ${(error as Error).message}. Is another live run at work?`,
    );
  }
}

/**
 * One run of the built artefact from the real Valence to the real Datadog.
 * @param environment keys and settings, as the user gave them
 * @param onLog turns the run into a dry run, and gets each log that would have been posted
 * @throws {LocalRunError} when keys are missing or the run fails
 */
export async function runLive(
  environment: Environment,
  onLog?: (log: JsonObject) => void,
): Promise<ReportedRun> {
  const keys = readKeys(environment, onLog !== undefined);
  const folder = onLog ? await copyOfState() : STATE_FOLDER;
  const aws = await startAwsOn(folder, keys);
  const datadog = onLog && (await startDatadogIntake({ apiKey: DRY_RUN_KEY, keep: 'counts', onLog }));
  const artefact = startArtefact({
    folder: ARTEFACT_FOLDER,
    logFile: LOG_FILE,
    environment: {
      ...Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN_VARIABLES.test(name))),
      ...aws.environment,
      ...RESOURCES,
      ...(datadog && { DATADOG_INTAKE_URL: datadog.origin, DATADOG_API_URL: datadog.origin }),
    },
  });
  try {
    const started = Date.now();
    const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
    const result = await withProgress(
      () => `Forwarding from Valence to ${datadog ? 'this terminal' : 'Datadog'}: ${seconds()}`,
      () => artefact.invoke({}),
      () => `Forwarded from Valence to ${datadog ? 'this terminal' : 'Datadog'} in ${seconds()}`,
    );
    return { name: onLog ? 'dry run' : 'live', result, sourceTime: Math.floor(Date.now() / 1000) };
  } finally {
    artefact.close();
    await Promise.all([aws.close(), datadog?.close()]);
    if (onLog) await rm(folder, { recursive: true, force: true });
  }
}
