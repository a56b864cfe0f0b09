import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { duration } from '../cli/format.ts';
import { withProgress } from '../cli/progress.ts';
import { ToolError } from '../cli/tool-error.ts';
import { startDatadogIntake } from '../stand-ins/datadog/intake.ts';
import { startArtefact } from './artefact.ts';
import type { LocalFunction } from './embedded.ts';
import { type ForwarderKeys, secretsOf, startForwarderState } from './forwarder-aws.ts';
import type { ReportedRun } from './report.ts';
import { RESOURCES } from './resources.ts';
import { withStateCopy, withStateFolder } from './state-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const WHERE_TO_GET = {
  VALENCE_API_KEY: 'Valence: Administration > Settings > Valence API > Generate API Key, role Admin',
  DD_API_KEY: 'Datadog: Organization Settings > API Keys > New Key',
} as const;

/** Variables that the function does not get: keys come from its secrets, and the user's AWS account is not used. */
const WITHHELD = /^(AWS_.*|VALENCE_API_KEY|DD_API_KEY|DD_APP_KEY)$/;

/** The settings of the function: the variables of the user without keys, also those of unknown names. */
function settingsIn(environment: Environment, keys: ForwarderKeys): Environment {
  const isKey = (value = '') => Object.values(keys).some((key) => value.includes(key.trim()));
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => !WITHHELD.test(name) && !isKey(value)),
  );
}

export interface LiveOptions {
  keys: ForwarderKeys;
  /** The function's settings, as the user gave them. */
  environment: Environment;
  /** Keeps state and quarantine from run to run. */
  stateFolder: string;
  /** Makes it a dry run: receives each log instead of Datadog, and the state is unchanged. */
  onLog?: ((log: JsonObject) => void) | undefined;
}

/**
 * The keys of a live run; a dry run needs none of Datadog.
 * @throws {ToolError} naming every key that is missing, and where to get it
 */
export function readKeys(environment: Environment, dryRun: boolean): ForwarderKeys {
  const { VALENCE_API_KEY = '', DD_API_KEY = '' } = environment;
  const given = {
    VALENCE_API_KEY, // Nothing is sent to Datadog: the stand-in takes the key that it is given.
    DD_API_KEY: dryRun ? randomUUID() : DD_API_KEY,
  };
  const names = Object.keys(WHERE_TO_GET) as (keyof typeof WHERE_TO_GET)[];
  const missing = names.filter((name) => given[name].trim() === '');
  if (missing.length > 0) {
    const lines = missing.map((name) => `  - ${name} is not set. ${WHERE_TO_GET[name]}.`);
    throw new ToolError(`A live run reads its keys from the environment:\n${lines.join('\n')}`);
  }
  return { valence: given.VALENCE_API_KEY, datadog: given.DD_API_KEY };
}

/**
 * One run of the artefact from the real Valence to the real Datadog.
 * @throws {ToolError} when the state is in use, or the run fails
 */
export const runLive = (fn: LocalFunction, options: LiveOptions): Promise<ReportedRun> =>
  options.onLog
    ? withStateCopy(options.stateFolder, (copy) => runOn(copy, fn, options))
    : withStateFolder(options.stateFolder, () => runOn(options.stateFolder, fn, options));

async function runOn(
  state: string,
  { folder, logFile }: LocalFunction,
  { keys, environment, onLog }: LiveOptions,
): Promise<ReportedRun> {
  const aws = await startForwarderState(state);
  const datadog = onLog && (await startDatadogIntake({ apiKey: keys.datadog, keep: 'counts', onLog }));
  const artefact = startArtefact({
    folder,
    logFile,
    environment: {
      ...settingsIn(environment, keys),
      ...aws.environment,
      ...RESOURCES,
      ...(datadog && { DATADOG_INTAKE_URL: datadog.origin, DATADOG_API_URL: datadog.origin }),
    },
    secrets: secretsOf(keys),
  });
  try {
    const title = `Forwarding from Valence to ${datadog ? 'this terminal' : 'Datadog'}`;
    const startedAt = performance.now();
    const result = await withProgress({
      text: () => `${title}: ${duration((performance.now() - startedAt) / 1000)}`,
      work: () => artefact.invoke({}),
    });
    return { name: onLog ? 'dry run' : 'live', result, sourceTime: Math.floor(Date.now() / 1000) };
  } finally {
    artefact.close();
    await Promise.all([aws.close(), datadog?.close()]);
  }
}
