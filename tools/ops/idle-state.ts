import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import { stateKey } from '../../lambda/forwarder/aws/state-item.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { CONDITION_FAILED, tableCall } from '../../lambda/forwarder/aws/table-call.ts';
import type { StreamState } from '../../lambda/forwarder/core/state-ports.ts';
import { utc } from '../cli/format.ts';
import type { AwsClients } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** The state of a stream while no run holds its lease. */
export interface IdleState {
  stream: Stream;
  state: StreamState;
  /** When it was read, epoch seconds. */
  readAt: number;
}

/** What to write to a state item. */
export interface StateChange {
  /** Numbers are stored as such, texts as strings. */
  set: Record<string, number | string>;
  remove?: readonly string[];
  /** The schema versions that the stored item may have. */
  from: readonly number[];
}

/**
 * Reads the state of a stream that is about to be changed by hand.
 * @throws {OpsError} when the stream has no state, or a run holds its lease
 */
export async function readIdleState(
  { dynamo }: AwsClients,
  { table }: ForwarderStack,
  stream: Stream,
): Promise<IdleState> {
  const state = await dynamoStateStore({ client: dynamo, table }).read(stream);
  const readAt = Math.floor(Date.now() / 1000);
  if (!state) {
    throw new OpsError(
      'state-none',
      `${stream} has no state yet.`,
      'Wait for one scheduled run; how far back it starts is the setting initialLookbackHours.',
    );
  }
  if (state.leaseUntil > readAt) {
    throw new OpsError(
      'lease-held',
      `A run holds the lease of ${stream}, until ${utc(state.leaseUntil)} at the latest.`,
      'Wait for its end and try again. To keep further runs away, disable the schedule first.',
    );
  }
  return { stream, state, readAt };
}

/**
 * One write that succeeds only if the state is as it was read and no run holds the lease. It raises the fence, so that a run
 * whose lease has expired can no longer save.
 * @returns false when the state has changed, or when the reply to the write was lost: the SDK then repeats the write, and the
 *   repeat fails its condition although the first write succeeded
 */
export async function changeIdleState(
  { dynamo }: AwsClients,
  { table }: ForwarderStack,
  { stream, state, readAt }: IdleState,
  { set, remove = [], from }: StateChange,
): Promise<boolean> {
  const values = { ...set, fence: state.fence + 1 };
  const versions = from.map((version, index) => [`version${index}`, version] as const);
  const conditions = { seenFence: state.fence, seenWatermark: state.watermark, readAt };
  const names = new Set([...Object.keys(values), ...remove, 'watermark', 'leaseUntil', 'schemaVersion']);
  const removed = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '';
  const command = new UpdateItemCommand({
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression: `#fence = :seenFence AND #watermark = :seenWatermark AND #leaseUntil <= :readAt AND #schemaVersion IN (${versions.map(([name]) => `:${name}`).join(', ')})`,
    UpdateExpression: `SET ${Object.keys(values)
      .map((name) => `#${name} = :${name}`)
      .join(', ')}${removed}`,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      [...Object.entries({ ...values, ...conditions }), ...versions].map(([name, value]) => [
        `:${name}`,
        typeof value === 'number' ? { N: String(value) } : { S: value },
      ]),
    ),
  });
  return (await tableCall(table, dynamo.send(command), CONDITION_FAILED)) !== CONDITION_FAILED;
}
