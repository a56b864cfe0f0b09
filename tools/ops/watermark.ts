import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import { FORMER_SCHEMA_VERSION, SCHEMA_VERSION, stateKey } from '../../lambda/forwarder/aws/state-item.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { CONDITION_FAILED, tableCall } from '../../lambda/forwarder/aws/table-call.ts';
import type { Hole, StreamState } from '../../lambda/forwarder/core/state-ports.ts';
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
  /** Write the change; otherwise only report what it would be. */
  confirmed: boolean;
  /** Records between the old watermark and the new one may be lost. */
  acceptLoss: boolean;
}

/** The attributes of a state item after a move. */
type Move = Pick<
  StreamState,
  | 'watermark'
  | 'finalWatermark'
  | 'sweepPosition'
  | 'sweepEnd'
  | 'freshEnd'
  | 'freshDoubtEnd'
  | 'sweepDoubtEnd'
  | 'holes'
>;

/** The holes below the new watermark, unless they are given up. What is above it is read again anyway. */
const holesBelow = ({ holes }: StreamState, to: number, acceptLoss: boolean): readonly Hole[] =>
  acceptLoss
    ? []
    : holes.filter(({ from }) => from < to).map((hole) => ({ ...hole, to: Math.min(hole.to, to) }));

/**
 * The state after the watermark was set.
 * Back: what was final below the new watermark stays so, and what is read again is compared with the ledger; where that
 * may be gone, the logs are marked as possible duplicates. Ahead: the final watermark goes along, or the sweep would
 * read what was to be skipped.
 * @param to the new watermark, epoch seconds
 * @param ledgerFrom records before this may have left the ledger, epoch seconds
 * @param acceptLoss give up the holes below the new watermark
 */
export function moved(state: StreamState, to: number, ledgerFrom: number, acceptLoss: boolean): Move {
  const holes = holesBelow(state, to, acceptLoss);
  if (to > state.watermark) {
    return {
      holes,
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
    holes,
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
 * One write that succeeds only if the state is unchanged and no run holds the lease. It raises the fence, so that a run
 * whose lease has expired cannot save any more.
 */
function moveUpdate(
  table: string,
  stream: Stream,
  state: StreamState,
  { holes, ...move }: Move,
  now: number,
) {
  const values = { ...move, fence: state.fence + 1 };
  const fields = [...Object.keys(values), 'holes'];
  return new UpdateItemCommand({
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression:
      '#fence = :seenFence AND #watermark = :seenWatermark AND #leaseUntil <= :now AND #schemaVersion IN (:schemaVersion, :formerVersion)',
    UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...fields, 'leaseUntil', 'schemaVersion'].map((field) => [`#${field}`, field]),
    ),
    ExpressionAttributeValues: {
      ':holes': { S: JSON.stringify(holes) },
      ...Object.fromEntries(
        Object.entries({
          ...values,
          seenFence: state.fence,
          seenWatermark: state.watermark,
          now,
          schemaVersion: SCHEMA_VERSION,
          formerVersion: FORMER_SCHEMA_VERSION,
        }).map(([name, value]) => [`:${name}`, { N: String(value) }]),
      ),
    },
  });
}

export const stateNone = (stream: Stream) =>
  new OpsError(
    'state-none',
    `${stream} has no state yet.`,
    'Wait for one scheduled run; how far back it starts is the setting initialLookbackHours.',
  );

export const held = (stream: Stream, until: number) =>
  new OpsError(
    'lease-held',
    `A run holds the lease of ${stream}, until ${utc(until)} at the latest.`,
    'Wait for its end and try again. To keep further runs away, disable the schedule first.',
  );

/** @throws {OpsError} when the move is not possible now, or its loss was not accepted */
function assertAllowed(state: StreamState, options: WatermarkOptions, now: number, settled: number): void {
  const { stream, to, acceptLoss } = options;
  if (state.leaseUntil > now) throw held(stream, state.leaseUntil);
  if (to === state.watermark && !(acceptLoss && state.holes.length > 0)) {
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
      `From ${utc(state.watermark)} to ${utc(to)} (${duration(to - state.watermark)}) no record would ever be forwarded.`,
      `Without this the forwarder catches up by itself. To skip all the same, add --accept-loss; afterwards "backfill --stream ${stream} --from ${utc(state.watermark)} --to ${utc(to)}" can still forward the records in between.`,
    );
  }
}

/** What a move does, as the end of a sentence. */
function describeMove(
  { watermark, holes }: StreamState,
  { stream, to, acceptLoss }: WatermarkOptions,
): string {
  const direction = to < watermark ? ' back' : ' ahead';
  const move = `the watermark of ${stream}${to === watermark ? '' : direction} from ${utc(watermark)} to ${utc(to)}`;
  if (!acceptLoss || holes.length === 0) return move;
  const refused = holes.map((hole) => `${utc(hole.from)} to ${utc(hole.to)}`);
  return `${move}, and give up the holes ${refused.join(', ')}`;
}

/**
 * Sets the watermark of a stream, and gives up the holes below it when the loss is accepted.
 * @throws {OpsError} when it would lose records, a run is in progress, or it was not confirmed
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
  if (!state) throw stateNone(stream);
  const now = Math.floor(Date.now() / 1000);
  assertAllowed(state, options, now, now - config.settleSeconds);
  if (to < state.watermark && stack.backfill && (await runningBackfills(aws, stack.backfill)).length > 0) {
    throw new OpsError(
      'backfill-running',
      'A backfill is running below the final watermark. The scheduled run would read the same range.',
      'Wait for its end: otherwise both could forward the same records.',
    );
  }
  const move = moved(state, to, now - LEDGER_LIFE_SECONDS, options.acceptLoss);
  const change = {
    stack: stack.name,
    stream,
    from: { watermark: state.watermark, finalWatermark: state.finalWatermark, holes: state.holes.length },
    to: { watermark: move.watermark, finalWatermark: move.finalWatermark, holes: move.holes.length },
  };
  const what = describeMove(state, options);
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
  // After a lost reply the SDK repeats the write, and the repeat fails its condition although the first one succeeded.
  if (answer === CONDITION_FAILED) {
    throw new OpsError(
      'state-changed',
      `The state of ${stream} changed in the meantime: a run has started, or the reply to this write was lost.`,
      'Check the watermark (npm run ops -- status) and try again if it has not moved.',
    );
  }
  output.result(
    change,
    `Set ${what}. ${to < state.watermark ? 'Records that the ledger still holds are not sent again.' : `To forward the records in between: npm run ops -- backfill --stream ${stream} --from ${utc(state.watermark)} --to ${utc(to)}`}`,
  );
}
