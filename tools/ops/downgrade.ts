import type { Stream } from '../../lambda/contract.ts';
import { FORMER_SCHEMA_VERSION, SCHEMA_VERSION } from '../../lambda/forwarder/aws/state-item.ts';
import type { StreamState } from '../../lambda/forwarder/core/state-ports.ts';
import { counted, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import { changeIdleState, readIdleState, type StateChange } from './idle-state.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack-outputs.ts';

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
 * The former version may identify records in another way, so everything that it reads again counts as unconfirmed: the logs that
 * it repeats are marked as possible duplicates.
 */
const downgraded = (state: StreamState): StateChange => ({
  set: {
    schemaVersion: FORMER_SCHEMA_VERSION,
    sweepPosition: state.finalWatermark,
    sweepEnd: state.watermark,
    sweepDoubtEnd: state.watermark,
    freshDoubtEnd: Math.max(state.freshDoubtEnd, state.freshEnd),
  },
  remove: NEW_ATTRIBUTES,
  from: [SCHEMA_VERSION],
});

/**
 * Rewrites the state of a stream so that the former version of the forwarder accepts it.
 * @throws {OpsError} when the state has holes, which the former version would forget; when a run is in progress; or when the
 *   change was not confirmed
 */
export async function downgradeState(
  aws: AwsClients,
  stack: ForwarderStack,
  { stream, confirmed }: DowngradeOptions,
  output: Output,
): Promise<void> {
  const idle = await readIdleState(aws, stack, stream);
  const { state } = idle;
  if (state.holes.length > 0) {
    throw new OpsError(
      'state-has-holes',
      `${stream} has ${counted(state.holes.length, 'hole')}: ranges that Valence refuses and that runs ask for again. The former version would never ask for them.`,
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
  if (!(await changeIdleState(aws, stack, idle, downgraded(state)))) {
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
