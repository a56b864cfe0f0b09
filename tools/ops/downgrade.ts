import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import { FORMER_SCHEMA_VERSION, SCHEMA_VERSION, stateKey } from '../../lambda/forwarder/aws/state-item.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { CONDITION_FAILED, tableCall } from '../../lambda/forwarder/aws/table-call.ts';
import type { StreamState } from '../../lambda/forwarder/core/state-ports.ts';
import { utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack.ts';
import { held, stateNone } from './watermark.ts';

export interface DowngradeOptions {
  stream: Stream;
  /** Write the change; otherwise only report what it would be. */
  confirmed: boolean;
}

/** Attributes that the former schema version does not know. */
const NEW_ATTRIBUTES = [
  'saves',
  'startPoint',
  'typesMissingSince',
  'postsOutside',
  'holes',
  'batchCap',
  'identity',
];

/**
 * One write that succeeds only if the state is unchanged and no run holds the lease. The former version may identify records in
 * another way, so everything that it reads again is in doubt: what it repeats is marked.
 */
function downgradeUpdate(table: string, stream: Stream, state: StreamState, now: number) {
  const values = {
    schemaVersion: FORMER_SCHEMA_VERSION,
    fence: state.fence + 1,
    sweepPosition: state.finalWatermark,
    sweepEnd: state.watermark,
    sweepDoubtEnd: state.watermark,
    freshDoubtEnd: Math.max(state.freshDoubtEnd, state.freshEnd),
  };
  const conditions = { seenFence: state.fence, now, present: SCHEMA_VERSION };
  const fields = Object.keys(values);
  return new UpdateItemCommand({
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression: '#fence = :seenFence AND #leaseUntil <= :now AND #schemaVersion = :present',
    UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(', ')} REMOVE ${NEW_ATTRIBUTES.map((field) => `#${field}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...fields, ...NEW_ATTRIBUTES, 'leaseUntil'].map((field) => [`#${field}`, field]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries({ ...values, ...conditions }).map(([name, value]) => [`:${name}`, { N: String(value) }]),
    ),
  });
}

/**
 * Rewrites the state of a stream so that the former version of the forwarder takes it.
 * @throws {OpsError} when the state has holes, which the former version would forget; when a run is in progress; or when the
 *   change was not confirmed
 */
export async function downgradeState(
  aws: AwsClients,
  stack: ForwarderStack,
  { stream, confirmed }: DowngradeOptions,
  output: Output,
): Promise<void> {
  const state = await dynamoStateStore({ client: aws.dynamo, table: stack.table }).read(stream);
  const now = Math.floor(Date.now() / 1000);
  if (!state) throw stateNone(stream);
  if (state.leaseUntil > now) throw held(stream, state.leaseUntil);
  if (state.holes.length > 0) {
    throw new OpsError(
      'state-has-holes',
      `${stream} has ${state.holes.length} holes: ranges that Valence refuses and that runs ask for again. The former version would never ask for them.`,
      `Wait until Valence answers for them, or give them up: npm run ops -- watermark set --stream ${stream} --to ${utc(state.watermark)} --accept-loss --yes`,
    );
  }
  const what = `the state of ${stream} back to schema version ${FORMER_SCHEMA_VERSION}`;
  if (!confirmed) {
    throw new OpsError(
      'not-confirmed',
      `This would set ${what}. Nothing was changed.`,
      'Disable the schedule, add --yes, and deploy the former version before you enable the schedule again.',
    );
  }
  const answer = await tableCall(
    stack.table,
    aws.dynamo.send(downgradeUpdate(stack.table, stream, state, now)),
    CONDITION_FAILED,
  );
  if (answer === CONDITION_FAILED) {
    throw new OpsError(
      'state-changed',
      `The state of ${stream} has schema version ${FORMER_SCHEMA_VERSION} already, or it changed in the meantime.`,
      'Check it with "npm run ops -- status", and try again if a run has started.',
    );
  }
  output.result(
    { stack: stack.name, stream, schemaVersion: FORMER_SCHEMA_VERSION },
    `Set ${what}. Deploy the former version now: the present one would take the state to version ${SCHEMA_VERSION} again. What the former version forwards again is marked as a possible duplicate.`,
  );
}
