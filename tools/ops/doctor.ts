import type { Config } from '../../lambda/forwarder/config.ts';
import { proxyWithSecret } from '../../lambda/shared/aws/proxy.ts';
import { secretKey } from '../../lambda/shared/aws/secret-key.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { systemClock } from '../../lambda/shared/clock.ts';
import { canUseProxy } from '../../lambda/shared/egress-proxy.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Output } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { checkDatadog } from '../doctor/check-datadog.ts';
import { checkValence, probedEndpoints } from '../doctor/check-valence.ts';
import { check, type Finding, ok, warn } from '../doctor/finding.ts';
import { paceClock } from '../doctor/pace-clock.ts';
import { reportFindings } from '../doctor/print-findings.ts';
import type { AwsClients } from './aws.ts';
import {
  checkCredentials,
  checkFromFunction,
  checkFunction,
  checkStack,
  checkVersion,
} from './check-deployment.ts';
import { checkKeys } from './check-keys.ts';
import { checkOtherTenants } from './check-quarantine.ts';
import { checkAlarms, checkLastRun, checkSchedule } from './check-runs.ts';
import { checkState } from './check-state.ts';
import { checkBucket, checkTable } from './check-storage.ts';
import { type Destinations, withheld, withheldRequests } from './key-destinations.ts';
import {
  allowExisting,
  findOwnForwarder,
  foreignTo,
  type NamedResource,
  type StackChoice,
} from './own-resources.ts';
import { readFunction } from './stack.ts';

/** What to say instead of reading a secret that does not belong to the stack. */
function foreignSecret(
  name: string,
  secretId: string | undefined,
  foreign: readonly NamedResource[],
): Finding | undefined {
  const found = foreign.filter(({ id }) => id === secretId);
  if (found.length === 0) return undefined;
  return warn(
    name,
    `not read: the settings of the function name the secret ${secretId}, which is no resource of the stack`,
    `${allowExisting(found)}. The function's own check of it is in function.check.`,
  );
}

/** Why nothing is asked from here by the proxy of the function; undefined if it can be used, or there is none. */
function withoutProxy(
  { proxy }: Config,
  destinations: Destinations,
  foreign: readonly NamedResource[],
): Finding | undefined {
  if (!proxy) return undefined;
  const refused =
    withheld('proxy', 'proxy', proxy.url, destinations) ?? foreignSecret('proxy', proxy.secretId, foreign);
  if (refused) return refused;
  if (canUseProxy()) return undefined;
  return warn(
    'proxy',
    `Valence and Datadog were not asked from here: the forwarder reaches them by a proxy, and this Node (${process.version}) cannot use one.`,
    'Run this with Node 24.5 or later. What the function itself reaches is in function.check.',
  );
}

async function diagnose(
  aws: AwsClients,
  { destinations, ...choice }: DoctorOptions,
): Promise<{ findings: Finding[]; proposal: JsonObject | undefined }> {
  const credentials = await checkCredentials(aws);
  const stack = await findOwnForwarder(aws, choice);
  const fn = await readFunction(aws, stack);
  const { config } = fn;
  const { secrets: client } = aws;
  const clock = systemClock;
  const secrets = [config.valence.secretId, config.datadog.secretId, config.proxy?.secretId]
    .filter((id) => id !== undefined)
    .map((id): NamedResource => ({ kind: 'secret', id }));
  const foreign = await foreignTo(aws, stack, secrets, choice.existing);
  const unreachable = withoutProxy(config, destinations, foreign);
  const transport = axiosTransport(
    unreachable === undefined ? proxyWithSecret(config.proxy, client, clock) : undefined,
  );
  const valenceKey = secretKey({ client, secretId: config.valence.secretId, owner: 'Valence', clock });
  const datadogKey = secretKey({ client, secretId: config.datadog.secretId, owner: 'Datadog', clock });
  const filled = (name: string, key: typeof valenceKey, secretId: string) =>
    check(name, async () => {
      const refused = foreignSecret(name, secretId, foreign);
      if (refused) return refused;
      await key.value();
      return ok(name, 'holds a key');
    });

  const valenceSecret = await filled('secrets.valence', valenceKey, config.valence.secretId);
  const datadogSecret = await filled('secrets.datadog', datadogKey, config.datadog.secretId);
  let proposal: JsonObject | undefined;
  const hasKey = (findings: Finding[]) =>
    unreachable === undefined && findings.every(({ level }) => level === 'ok');
  const valence = hasKey(valenceSecret)
    ? await check('valence', async () => {
        const refused = withheldRequests(config.valence, probedEndpoints(config), destinations);
        if (refused) return refused;
        const found = await checkValence({ transport, apiKey: valenceKey, config, clock: paceClock });
        proposal = found.proposal;
        return found.findings;
      })
    : [];
  const { site, apiOrigin: origin } = config.datadog;
  const datadog = async () =>
    withheld('datadog.key', 'Datadog', origin, destinations) ??
    checkDatadog({ transport, apiKey: datadogKey, site, origin });
  const rest = await Promise.all([
    hasKey(datadogSecret) ? check('datadog.key', datadog) : [],
    check('function.check', () => checkFromFunction(aws, stack)),
    check('aws.table', () => checkTable(aws, stack)),
    check('aws.bucket', () => checkBucket(aws, stack)),
    check('aws.keys', () => checkKeys(aws, stack)),
    check('aws.quarantine', () => checkOtherTenants(aws, stack, config.tenant)),
    check('schedule', () => checkSchedule(aws, stack)),
    ...config.streams.map((stream) => check(`state.${stream}`, () => checkState(aws, stack, fn, stream))),
    check('run.last', () => checkLastRun(aws, stack)),
    check('alarms', () => checkAlarms(aws, stack)),
  ]);
  const findings = [
    credentials,
    checkStack(stack),
    checkVersion(stack),
    checkFunction(fn),
    ...(unreachable ? [unreachable] : []),
    ...valenceSecret,
    ...datadogSecret,
    ...valence,
    ...rest.flat(),
  ];
  return { findings, proposal };
}

export interface DoctorOptions extends StackChoice {
  destinations: Destinations;
}

/**
 * Checks everything that a forwarder in AWS needs, and prints what to fix.
 * @returns whether no check failed
 * @throws {OpsError} when there are no credentials or no stack: then nothing can be checked
 */
export async function doctor(aws: AwsClients, options: DoctorOptions, output: Output): Promise<boolean> {
  const { findings, proposal } = await withProgress({
    text: () => 'Checking the forwarder',
    work: () => diagnose(aws, options),
    done: () => 'Checked the forwarder',
  });
  return reportFindings(findings, proposal, output);
}
