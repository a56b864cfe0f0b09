import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import { SCHEMA_VERSION, stateKey } from '../../lambda/forwarder/aws/state-item.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { CONDITION_FAILED, tableCall } from '../../lambda/forwarder/aws/table-call.ts';
import type { StreamState } from '../../lambda/forwarder/core/ports.ts';
import { LEDGER_LIFE_SECONDS } from '../../lambda/limits.ts';
import { duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import { runningBackfills } from './backfill-execution.ts';
import { OpsError } from './ops-error.ts';
import { type ForwarderStack, readFunction } from './stack.ts';

export interface WatermarkOptions {
  stream: Stream;
  /** Epoch seconds. */
  to: number;
  /** Do it; otherwise only say what would happen. */
  confirmed: boolean;
  /** Records between the old watermark and the new one may be lost. */
  acceptLoss: boolean;
}

/** What a state item says after a move. */
type Move = Pick<
  StreamState,
  | 'watermark'
  | 'finalWatermark'
  | 'sweepPosition'
  | 'sweepEnd'
  | 'freshEnd'
  | 'freshDoubtEnd'
  | 'sweepDoubtEnd'
>;

/**
 * The state after the watermark was set.
 * Back: what was final below the new watermark stays so, and what is read again is compared with the ledger; where that
 * may be gone, the logs are marked as possible duplicates. Ahead: the final watermark goes along, or the sweep would
 * read what was to be skipped.
 * @param to the new watermark, epoch seconds
 * @param ledgerFrom records before this may have left the ledger, epoch seconds
 */
export function moved(state: StreamState, to: number, ledgerFrom: number): Move {
  if (to > state.watermark) {
    return {
      watermark: to,
      finalWatermark: to,
      sweepPosition: to,
      sweepEnd: to,
      // What the last holder left in doubt above the new watermark stays in doubt.
      freshEnd: Math.max(state.freshEnd, to),
      freshDoubtEnd: Math.max(state.freshDoubtEnd, to),
      sweepDoubtEnd: to,
    };
  }
  const forgotten = Math.min(ledgerFrom, state.watermark);
  return {
    watermark: to,
    finalWatermark: Math.min(state.finalWatermark, to),
    sweepPosition: Math.min(state.sweepPosition, to),
    sweepEnd: Math.min(state.sweepEnd, to),
    freshEnd: state.freshEnd,
    freshDoubtEnd: Math.max(state.freshDoubtEnd, forgotten > to ? forgotten : 0),
    sweepDoubtEnd: state.sweepDoubtEnd,
  };
}

/**
 * One write that succeeds only on the state that was looked at, and while nobody holds the lease. The fence is raised, so
 * that a run which is late to die can save nothing any more.
 */
function moveUpdate(table: string, stream: Stream, state: StreamState, move: Move, now: number) {
  const values = { ...move, fence: state.fence + 1 };
  const fields = Object.keys(values);
  return new UpdateItemCommand({
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression:
      '#fence = :seenFence AND #watermark = :seenWatermark AND #leaseUntil <= :now AND #schemaVersion = :schemaVersion',
    UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...fields, 'leaseUntil', 'schemaVersion'].map((field) => [`#${field}`, field]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries({
        ...values,
        seenFence: state.fence,
        seenWatermark: state.watermark,
        now,
        schemaVersion: SCHEMA_VERSION,
      }).map(([name, value]) => [`:${name}`, { N: String(value) }]),
    ),
  });
}

const held = (stream: Stream, until: number) =>
  new OpsError(
    'lease-held',
    `A run holds the lease of ${stream}, until ${utc(until)} at the latest.`,
    'Wait for its end and try again. So that no run comes between, disable the schedule first.',
  );

/** @throws {OpsError} when the move makes no sense, or was not confirmed as what it is */
function assertAllowed(state: StreamState, options: WatermarkOptions, now: number, settled: number): void {
  const { stream, to, acceptLoss } = options;
  if (state.leaseUntil > now) throw held(stream, state.leaseUntil);
  if (to === state.watermark) {
    throw new OpsError(
      'watermark-unchanged',
      `The watermark of ${stream} is ${utc(to)} already.`,
      'Nothing to do.',
    );
  }
  if (to > settled) {
    throw new OpsError(
      'watermark-in-future',
      `${utc(to)} is later than what has settled (${utc(settled)}).`,
      'Give an earlier time.',
    );
  }
  if (to > state.watermark && !acceptLoss) {
    throw new OpsError(
      'watermark-loss',
      `From ${utc(state.watermark)} to ${utc(to)} (${duration(to - state.watermark)}) nothing would ever be forwarded.`,
      `Left alone, the forwarder catches up by itself. To skip all the same, add --accept-loss; afterwards "backfill --stream ${stream} --from ${utc(state.watermark)} --to ${utc(to)}" can still fill it in.`,
    );
  }
}

/**
 * Sets the watermark of a stream.
 * @throws {OpsError} when it would lose records, a run is at work, or it was not confirmed
 */
export async function setWatermark(
  aws: AwsClients,
  stack: ForwarderStack,
  options: WatermarkOptions,
  output: Output,
): Promise<void> {
  const { stream, to, confirmed } = options;
  const { config } = await readFunction(aws, stack);
  const state = await dynamoStateStore({ client: aws.dynamo, table: stack.table }).read(stream);
  if (!state) {
    throw new OpsError(
      'state-none',
      `${stream} has no state yet.`,
      'Let the scheduled run go through once; how far back it starts is the setting initialLookbackHours.',
    );
  }
  const now = Math.floor(Date.now() / 1000);
  assertAllowed(state, options, now, now - config.settleSeconds);
  if (to < state.watermark && stack.backfill && (await runningBackfills(aws, stack.backfill)).length > 0) {
    throw new OpsError(
      'backfill-running',
      'A backfill is at work below the final watermark, where the scheduled run would come to.',
      'Wait for its end, or both would forward the same records.',
    );
  }
  const move = moved(state, to, now - LEDGER_LIFE_SECONDS);
  const change = {
    stack: stack.name,
    stream,
    from: { watermark: state.watermark, finalWatermark: state.finalWatermark },
    to: { watermark: move.watermark, finalWatermark: move.finalWatermark },
  };
  const what = `the watermark of ${stream} ${to < state.watermark ? 'back' : 'ahead'} from ${utc(state.watermark)} to ${utc(to)}`;
  if (!confirmed) {
    throw new OpsError(
      'not-confirmed',
      `This would set ${what}. Nothing was changed.`,
      'Add --yes to do it.',
    );
  }
  const answer = await tableCall(
    stack.table,
    aws.dynamo.send(moveUpdate(stack.table, stream, state, move, now)),
    CONDITION_FAILED,
  );
  // A repeat after a lost reply fails its own condition and has succeeded all the same: the next look tells.
  if (answer === CONDITION_FAILED) {
    throw new OpsError(
      'state-changed',
      `The state of ${stream} changed at this moment: a run has started, or this write's reply was lost.`,
      'Look where it stands (npm run ops -- status) and try again.',
    );
  }
  output.result(
    change,
    `Set ${what}. ${to < state.watermark ? 'What the ledger still holds is not sent again.' : `What lies between can be filled in: npm run ops -- backfill --stream ${stream} --from ${utc(state.watermark)} --to ${utc(to)}`}`,
  );
}
