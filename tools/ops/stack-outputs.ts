import type { Stack } from '@aws-sdk/client-cloudformation';
import { STACK_OUTPUTS } from '../../lambda/contract.ts';

/** Outputs that every forwarder's stack has. */
const REQUIRED_OUTPUTS = [
  STACK_OUTPUTS.functionName,
  STACK_OUTPUTS.stateTable,
  STACK_OUTPUTS.quarantineBucket,
  STACK_OUTPUTS.logGroup,
] as const;

/** A deployed forwarder. */
export interface ForwarderStack {
  /** What `--stack` takes: the stack, and the prefix of the outputs when the stack has several forwarders, as in `Security/North`. */
  name: string;
  /** Name of the stack, and what the keys of its outputs about this forwarder begin with. */
  stackName: string;
  prefix: string;
  /** Number of the AWS account that it is in. */
  account: string | undefined;
  /** CloudFormation's status, such as `UPDATE_COMPLETE`. */
  status: string;
  functionName: string;
  table: string;
  bucket: string;
  logGroup: string;
  /** ARN of the state machine that backfills; absent in stacks of a version without it. */
  backfill: string | undefined;
  /** Name of the schedule, and of its group; absent in stacks of a version without these outputs, which have only one. */
  schedule: { name: string; group: string | undefined } | undefined;
  /** What the names of the alarms begin with, and those of the other forwarders of the stack. */
  alarmPrefix: string;
  otherAlarmPrefixes: readonly string[];
  /** Version that was deployed; absent in stacks of a version without the output. */
  version: string | undefined;
  /** The keys that the function may use, as the outputs say; each absent unless the settings name what it is about. */
  keys: {
    /** For an existing table; {@link NO_KEY} if none. */
    table: string | undefined;
    /** For an existing bucket; {@link NO_KEY} if none. */
    bucket: string | undefined;
    /** The setting `existingDataKmsKeyArn`. */
    setting: string | undefined;
  };
}

/** The number of the account in an ARN. */
export const accountIn = (arn: string | undefined): string | undefined => arn?.split(':')[4];

/** The forwarders of a stack, by what the keys of their outputs begin with. */
export function forwardersOf(stack: Stack): ForwarderStack[] {
  const keys = (stack.Outputs ?? []).map(({ OutputKey = '' }) => OutputKey);
  const last = STACK_OUTPUTS.functionName;
  const prefixes = keys.filter((key) => key.endsWith(last)).map((key) => key.slice(0, -last.length));
  const found = prefixes.flatMap((prefix) => {
    const forwarder = forwarderOf(stack, prefix);
    return forwarder ? [{ prefix, forwarder }] : [];
  });
  return found.map(({ prefix, forwarder }) => ({
    ...forwarder,
    otherAlarmPrefixes: found
      .map((each) => each.forwarder.alarmPrefix)
      .filter((each) => each !== forwarder.alarmPrefix),
    name: found.length > 1 && prefix ? `${forwarder.stackName}/${prefix}` : forwarder.stackName,
  }));
}

function forwarderOf(
  { StackName = '', StackId, StackStatus, Outputs = [] }: Stack,
  prefix: string,
): Omit<ForwarderStack, 'name' | 'otherAlarmPrefixes'> | undefined {
  const values = new Map(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const outputs = { get: (key: string) => values.get(prefix + key) };
  const [functionName, table, bucket, logGroup] = REQUIRED_OUTPUTS.map((key) => outputs.get(key));
  if (!functionName || !table || !bucket || !logGroup) return undefined;
  const backfill = outputs.get(STACK_OUTPUTS.backfillStateMachine);
  const schedule = outputs.get(STACK_OUTPUTS.schedule);
  return {
    stackName: StackName,
    prefix,
    schedule: schedule ? { name: schedule, group: outputs.get(STACK_OUTPUTS.scheduleGroup) } : undefined,
    alarmPrefix: outputs.get(STACK_OUTPUTS.alarmPrefix) ?? StackName,
    account: accountIn(StackId),
    status: StackStatus ?? 'unknown',
    functionName,
    table,
    bucket,
    logGroup,
    backfill,
    version: outputs.get(STACK_OUTPUTS.version),
    keys: {
      table: outputs.get(STACK_OUTPUTS.existingTableKey),
      bucket: outputs.get(STACK_OUTPUTS.existingBucketKey),
      setting: outputs.get(STACK_OUTPUTS.existingDataKey),
    },
  };
}
