import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Stream } from '../../lambda/contract.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';

import { secretKey } from '../../lambda/shared/aws/secret-key.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { systemClock } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { lagOf } from '../../lambda/shared/lag.ts';
import { duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { lookAtDatadog } from '../doctor/datadog.ts';
import { type Finding, fail, look, ok, warn } from '../doctor/finding.ts';
import { reportFindings } from '../doctor/report.ts';
import { lookAtValence } from '../doctor/valence.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { invokeAction } from './invoke.ts';
import { loggedRuns } from './logged-runs.ts';
import { readSchedule } from './schedule.ts';
import { type DeployedFunction, type ForwarderStack, findForwarder, readFunction } from './stack.ts';
import { isFailure, shownRun } from './tail.ts';

/** Runs that may be missing before it is worth a word. */
const MISSED_RUNS = 3;
const LAST_RUNS_SECONDS = 3 * HOUR_SECONDS;

async function lookAtCredentials({ sts, region }: AwsClients): Promise<Finding> {
  const { Account, Arn } = await awsCall(sts.send(new GetCallerIdentityCommand({})), {
    doing: 'asking who is calling',
    permission: 'sts:GetCallerIdentity',
    region,
  });
  return ok('aws.credentials', `account ${Account}, ${Arn}, region ${region}`);
}

function lookAtStack({ name, status }: ForwarderStack): Finding {
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok('aws.stack', `${name} is ${status}`);
  if (/_IN_PROGRESS$/.test(status)) {
    return warn('aws.stack', `${name} is ${status}`, 'Wait for the end of the deployment.');
  }
  return fail(
    'aws.stack',
    `${name} is ${status}`,
    'Deploy again; docs/runbook.md tells how a failed stack is mended.',
  );
}

function lookAtFunction({ state, lastUpdate, config }: DeployedFunction): Finding {
  const told = `tenant ${config.tenant}, ${config.streams.join(' and ')}, Valence ${new URL(config.valence.origin).host}, Datadog ${config.datadog.site}`;
  if (state !== 'Active' || lastUpdate === 'Failed') {
    return fail('aws.function', `state ${state}, last update ${lastUpdate}; ${told}`, 'Deploy again.');
  }
  return ok('aws.function', told);
}

interface CheckAnswer {
  checks: { name: string; ok: boolean; fix: string | null }[];
}

/** What the function itself sees, from its network and with its permissions. */
async function lookFromFunction(aws: AwsClients, stack: ForwarderStack): Promise<Finding[]> {
  const { checks } = await invokeAction<CheckAnswer>(aws, stack, { action: 'check' });
  return checks.map(({ name, ok: good, fix }) =>
    good
      ? ok(`function.${name}`, 'as the function sees it')
      : fail(`function.${name}`, 'not as the function needs it', fix ?? ''),
  );
}

async function lookAtState(
  { dynamo }: AwsClients,
  { table }: ForwarderStack,
  { config, timeoutSeconds }: DeployedFunction,
  stream: Stream,
): Promise<Finding> {
  const name = `state.${stream}`;
  const state = await dynamoStateStore({ client: dynamo, table }).read(stream);
  if (!state) {
    return warn(name, 'no run has served it yet', 'Wait for the next scheduled run.');
  }
  const now = Math.floor(Date.now() / 1000);
  const longestLease = now + timeoutSeconds + 60;
  if (state.leaseUntil > longestLease) {
    return fail(
      name,
      `its lease ends at ${utc(state.leaseUntil)}, later than any run can have set`,
      'No run will serve it before. Was a clock wrong? Set leaseUntil to 0 (aws dynamodb update-item) while no run is at work.',
    );
  }
  const age = now - state.watermark;
  const told = `watermark ${utc(state.watermark)}, ${duration(age)} behind; final watermark ${utc(state.finalWatermark)}`;
  if (age < 0)
    return fail(
      name,
      `${told}: the watermark lies in the future`,
      'Set it back: npm run ops -- watermark set',
    );
  const lag = lagOf(age, config.settleSeconds);
  if (lag === 'ok') return ok(name, told);
  const fix = 'See "Watermark age" in docs/runbook.md; the last runs say why: npm run ops -- tail --failed';
  return lag === 'warn' ? warn(name, told, fix) : fail(name, told, fix);
}

async function lookAtLastRun(aws: AwsClients, stack: ForwarderStack): Promise<Finding> {
  const now = Math.floor(Date.now() / 1000);
  const [runs, schedule] = await Promise.all([
    loggedRuns(aws, stack, now - LAST_RUNS_SECONDS),
    readSchedule(aws, stack),
  ]);
  const last = runs.at(-1);
  const name = 'run.last';
  if (!last) {
    return warn(
      name,
      `no run has ended within ${duration(LAST_RUNS_SECONDS)}`,
      'Look at the schedule above; after a first deployment wait for the first run.',
    );
  }
  const [told = ''] = shownRun(last).split('\n');
  if (isFailure(last))
    return fail(
      name,
      shownRun(last).replaceAll('\n', ' '),
      'The error names its fix; npm run ops -- tail --failed shows more.',
    );
  const overdue =
    schedule.intervalSeconds !== undefined && now - last.at > MISSED_RUNS * schedule.intervalSeconds;
  return overdue
    ? fail(name, `${told}: nothing for ${duration(now - last.at)}`, 'See "Not running" in docs/runbook.md.')
    : ok(name, told);
}

async function lookAtSchedule(aws: AwsClients, stack: ForwarderStack): Promise<Finding> {
  const { expression, enabled } = await readSchedule(aws, stack);
  return enabled
    ? ok('schedule', `${expression}, enabled`)
    : fail(
        'schedule',
        `${expression}, disabled: nothing runs`,
        'Enable it in EventBridge Scheduler, or deploy again.',
      );
}

async function lookAtAlarms({ cloudWatch, region }: AwsClients, stack: ForwarderStack): Promise<Finding[]> {
  const command = new DescribeAlarmsCommand({ AlarmNamePrefix: `${stack.name}-`, StateValue: 'ALARM' });
  const { MetricAlarms = [] } = await awsCall(cloudWatch.send(command), {
    doing: 'looking at the alarms',
    permission: 'cloudwatch:DescribeAlarms',
    region,
  });
  if (MetricAlarms.length === 0) return [ok('alarms', 'none rings')];
  return MetricAlarms.map(({ AlarmName = '', AlarmDescription = '' }) =>
    fail(
      `alarms.${AlarmName.slice(stack.name.length + 1)}`,
      AlarmDescription.split('\n')[0] ?? '',
      AlarmDescription.match(/^Runbook: .*$/m)?.[0] ?? 'See docs/runbook.md.',
    ),
  );
}

async function lookAround(
  aws: AwsClients,
  stackName: string | undefined,
): Promise<{ findings: Finding[]; proposal: JsonObject | undefined }> {
  const credentials = await lookAtCredentials(aws);
  const stack = await findForwarder(aws, stackName);
  const fn = await readFunction(aws, stack);
  const { config, environment } = fn;
  const transport = axiosTransport();
  const { secrets: client } = aws;
  const clock = systemClock;
  const valenceKey = secretKey({ client, secretId: config.valence.secretId, owner: 'Valence', clock });
  const datadogKey = secretKey({ client, secretId: config.datadog.secretId, owner: 'Datadog', clock });
  const filled = (name: string, key: typeof valenceKey) =>
    look(name, async () => {
      await key.value();
      return ok(name, 'holds a key');
    });

  const valenceSecret = await filled('secrets.valence', valenceKey);
  const datadogSecret = await filled('secrets.datadog', datadogKey);
  let proposal: JsonObject | undefined;
  const hasKey = (findings: Finding[]) => findings.every(({ level }) => level === 'ok');
  const valence = hasKey(valenceSecret)
    ? await look('valence', async () => {
        const overrides = JSON.parse(environment['VALENCE_API_PROFILE'] ?? '{}') as JsonObject;
        const found = await lookAtValence({ transport, apiKey: valenceKey, config, overrides });
        proposal = found.proposal;
        return found.findings;
      })
    : [];
  const { site, apiOrigin: origin } = config.datadog;
  const rest = await Promise.all([
    hasKey(datadogSecret)
      ? look('datadog.key', () => lookAtDatadog({ transport, apiKey: datadogKey, site, origin }))
      : [],
    look('function.check', () => lookFromFunction(aws, stack)),
    look('schedule', () => lookAtSchedule(aws, stack)),
    ...config.streams.map((stream) => look(`state.${stream}`, () => lookAtState(aws, stack, fn, stream))),
    look('run.last', () => lookAtLastRun(aws, stack)),
    look('alarms', () => lookAtAlarms(aws, stack)),
  ]);
  const findings = [
    credentials,
    lookAtStack(stack),
    lookAtFunction(fn),
    ...valenceSecret,
    ...datadogSecret,
    ...valence,
    ...rest.flat(),
  ];
  return { findings, proposal };
}

/**
 * Looks at everything that a forwarder in AWS needs, and says what to fix.
 * @returns whether nothing is wrong
 * @throws {OpsError} when there are no credentials or no stack: then there is nothing to look at
 */
export async function doctor(
  aws: AwsClients,
  stackName: string | undefined,
  output: Output,
): Promise<boolean> {
  const { findings, proposal } = await withProgress({
    text: () => 'Checking the forwarder',
    work: () => lookAround(aws, stackName),
    done: () => 'Checked the forwarder',
  });
  return reportFindings(findings, proposal, output);
}
