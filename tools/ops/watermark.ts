import type { Stream } from '../../lambda/contract.ts';
import { FORMER_SCHEMA_VERSION, SCHEMA_VERSION } from '../../lambda/forwarder/aws/state-item.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { Hole, StreamState } from '../../lambda/forwarder/core/state-ports.ts';
import { LEDGER_LIFE_SECONDS } from '../../lambda/limits.ts';
import { duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import { runningBackfills } from './backfill-execution.ts';
import { changeIdleState, type IdleState, readIdleState } from './idle-state.ts';
import { OpsError } from './ops-error.ts';
import { rereadText } from './reread.ts';
import { readFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

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

/** The holes below the new watermark. What is above it is read again anyway. */
const holesBelow = ({ holes }: StreamState, to: number): readonly Hole[] =>
  holes.filter(({ from }) => from < to).map((hole) => ({ ...hole, to: Math.min(hole.to, to) }));

/**
 * The state after the watermark was set. Back: what is final below the new watermark stays final. What is read again is
 * compared with the ledger; where its entries may have expired, the logs are marked as possible duplicates. Ahead: the
 * final watermark moves too, otherwise the sweep would read the skipped range.
 * @param to the new watermark, epoch seconds
 * @param ledgerFrom records before this may have left the ledger, epoch seconds
 * @param acceptLoss give up the holes below the new watermark
 */
export function moved(state: StreamState, to: number, ledgerFrom: number, acceptLoss: boolean): Move {
  const holes = acceptLoss ? [] : holesBelow(state, to);
  if (to > state.watermark) {
    return {
      holes,
      watermark: to,
      finalWatermark: to,
      sweepPosition: to,
      sweepEnd: to,
      // Unconfirmed writes of the last holder above the new watermark stay unconfirmed.
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

/** @throws {OpsError} when the move is not possible now, or its loss was not accepted */
function assertAllowed(state: StreamState, options: WatermarkOptions, settled: number): void {
  const { stream, to, acceptLoss } = options;
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
      `Without this the forwarder catches up by itself. To skip it anyway, add --accept-loss. Afterwards a backfill can still forward the records in between: npm run ops -- backfill --stream ${stream} --from ${utc(state.watermark)} --to ${utc(to)}`,
    );
  }
}

/** The ranges that runs will no longer ask for, the oldest first. */
const lostRanges = (state: StreamState, { to, acceptLoss }: WatermarkOptions): readonly Range[] => [
  ...(acceptLoss ? holesBelow(state, to) : []),
  ...(to > state.watermark ? [{ from: state.watermark, to }] : []),
];

/**
 * What a move does, without a full stop.
 * @param verbs how the sentence begins, for the move and for the holes
 */
function describeMove(
  state: StreamState,
  { stream, to, acceptLoss }: WatermarkOptions,
  verbs: { set: string; giveUp: string },
): string {
  const { watermark } = state;
  const direction = to < watermark ? 'back' : 'ahead';
  const move = `${verbs.set} the watermark of ${stream} ${direction} from ${utc(watermark)} to ${utc(to)}`;
  const holes = acceptLoss ? holesBelow(state, to).map((hole) => `${utc(hole.from)} to ${utc(hole.to)}`) : [];
  const loss = `${verbs.giveUp} the holes of ${stream}: ${holes.join(', ')}`;
  return [to !== watermark && move, holes.length > 0 && loss].filter(Boolean).join('; ');
}

/** What happens to the records that the move concerns. */
function describeConsequence(state: StreamState, options: WatermarkOptions): string {
  const lost = lostRanges(state, options);
  const [first, last] = [lost[0], lost.at(-1)];
  const repeats =
    options.to < state.watermark ? ' Records that the ledger still contains are not sent again.' : '';
  if (!first || !last) return repeats;
  return `${repeats} To forward the skipped records later: npm run ops -- backfill --stream ${options.stream} --from ${utc(first.from)} --to ${utc(last.to)}`;
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
  const fn = await readFunction(aws, stack);
  const idle = await readIdleState(aws, stack, stream);
  const { state, readAt } = idle;
  assertAllowed(state, options, readAt - fn.config.settleSeconds);
  if (to < state.watermark && stack.backfill && (await runningBackfills(aws, stack.backfill)).length > 0) {
    throw new OpsError(
      'backfill-running',
      'A backfill is running below the final watermark. The scheduled run would read the same range.',
      'Wait for its end: otherwise both could forward the same records.',
    );
  }
  const ledgerFrom = readAt - LEDGER_LIFE_SECONDS;
  if (!confirmed) {
    const range = { from: to, to: state.watermark };
    const reread =
      to < state.watermark ? ` ${await rereadText(aws, stack, fn, stream, range, ledgerFrom)}` : '';
    throw new OpsError(
      'not-confirmed',
      `This would ${describeMove(state, options, { set: 'set', giveUp: 'give up' })}.${reread} Nothing was changed.`,
      'Add --yes to do it.',
    );
  }
  const move = moved(state, to, ledgerFrom, options.acceptLoss);
  if (!(await saveMove(aws, stack, idle, move))) {
    throw new OpsError(
      'state-changed',
      `The state of ${stream} changed in the meantime: a run has started, or the reply to this write was lost.`,
      'Check the watermark (npm run ops -- status) and try again if it has not moved.',
    );
  }
  output.result(
    {
      stack: stack.name,
      stream,
      from: { watermark: state.watermark, finalWatermark: state.finalWatermark, holes: state.holes.length },
      to: { watermark: move.watermark, finalWatermark: move.finalWatermark, holes: move.holes.length },
    },
    `${describeMove(state, options, { set: 'Set', giveUp: 'Gave up' })}.${describeConsequence(state, options)}`,
  );
}

/** @returns false when the state changed in the meantime, or the reply was lost */
const saveMove = (aws: AwsClients, stack: ForwarderStack, idle: IdleState, { holes, ...move }: Move) =>
  changeIdleState(aws, stack, idle, {
    set: { ...move, holes: JSON.stringify(holes) },
    from: [SCHEMA_VERSION, FORMER_SCHEMA_VERSION],
  });
