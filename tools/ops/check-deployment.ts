import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { VERSION } from '../../lambda/shared/version.ts';
import { fixHere } from '../cli/fix.ts';
import { type Finding, fail, ok, warn } from '../doctor/finding.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { invokeAction } from './invoke.ts';
import { type DeployedFunction, versionInWords } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** Checks of what was deployed: credentials, stack and function. */

export async function checkCredentials({ sts, region }: AwsClients): Promise<Finding> {
  const { Account, Arn } = await awsCall(sts.send(new GetCallerIdentityCommand({})), {
    doing: 'reading the identity of the caller',
    permission: 'sts:GetCallerIdentity',
    region,
  });
  return ok('aws.credentials', `account ${Account}, ${Arn}, region ${region}`);
}

export function checkStack({ name, status }: ForwarderStack): Finding {
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok('aws.stack', `${name} is ${status}`);
  if (/_IN_PROGRESS$/.test(status)) {
    return warn('aws.stack', `${name} is ${status}`, 'Wait for the end of the deployment.');
  }
  return fail(
    'aws.stack',
    `${name} is ${status}`,
    'Deploy again. docs/runbook.md describes how to repair a failed stack.',
  );
}

/** The tools read what the forwarder writes, so both should be of one version. */
export function checkVersion({ version }: ForwarderStack): Finding {
  if (version === VERSION) return ok('aws.version', `the forwarder has version ${VERSION}`);
  return warn(
    'aws.version',
    `the forwarder has ${versionInWords(version)}; these tools have version ${VERSION}`,
    'Deploy this version (npx cdk deploy --all), or use the tools of the deployed one.',
  );
}

export function checkFunction({ state, lastUpdate, config }: DeployedFunction): Finding {
  const summary = `tenant ${config.tenant}, ${config.streams.join(' and ')}, Valence ${new URL(config.valence.origin).host}, Datadog ${config.datadog.site}`;
  if (state !== 'Active' || lastUpdate === 'Failed') {
    return fail('aws.function', `state ${state}, last update ${lastUpdate}; ${summary}`, 'Deploy again.');
  }
  return ok('aws.function', summary);
}

interface CheckAnswer {
  checks: { name: string; ok: boolean; fix: string | null }[];
}

/** Lets the function check its keys, services, table and bucket, from its network and with its permissions. */
export async function checkFromFunction(aws: AwsClients, stack: ForwarderStack): Promise<Finding[]> {
  const { checks } = await invokeAction<CheckAnswer>(aws, stack, { action: 'check' });
  return checks.map(({ name, ok: good, fix }) =>
    good
      ? ok(`function.${name}`, 'as checked by the function itself')
      : fail(`function.${name}`, 'the check of the function itself failed', fixHere(fix ?? '')),
  );
}
