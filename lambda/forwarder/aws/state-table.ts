import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { LeaseLost, StateError } from '../../shared/errors.ts';
import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  Progress,
  StateStore,
  StreamState,
} from '../core/state-ports.ts';
import { nextLedgerFence } from './ledger-fence.ts';
import { appendLedger, loadLedger } from './ledger-items.ts';
import {
  FORMER_SCHEMA_VERSION,
  initialProgress,
  LEDGER_FENCE,
  latestAt,
  ledgerFenceBefore,
  parseState,
  progressValues,
  REQUIRED_NUMBERS,
  SCHEMA_VERSION,
  stateKey,
} from './state-item.ts';
import { CONDITION_FAILED, tableCall } from './table-call.ts';

export interface StateTableOptions {
  client: DynamoDBClient;
  /** Name of the table; its keys are `pk` (S, hash) and `sk` (S, range). */
  table: string;
}

const namesOf = (fields: readonly string[]) =>
  Object.fromEntries(fields.map((field) => [`#${field}`, field] as const));

const valuesOf = (values: Readonly<Record<string, AttributeValue>>) =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [`:${field}`, value]));

const numbersOf = (values: object) =>
  valuesOf(Object.fromEntries(Object.entries(values).map(([field, value]) => [field, { N: String(value) }])));

/** What {@link parseState} requires, as far as a condition can express it. */
const POSSIBLE = '#fence > :zero AND #watermark <= :latest AND #finalWatermark <= #watermark';

/**
 * One write that takes the lease if it is free, sets up a stream that has no state, and gives back what was there. The
 * required attributes must be numbers, and times must be possible: a damaged item is left unchanged.
 */
function acquisition(table: string, request: LeaseRequest): UpdateItemCommandInput {
  const { stream, now, leaseUntil, owner } = request;
  const initial = initialProgress(request);
  // Only REQUIRED_NUMBERS: in an item of the former schema version a missing attribute has a meaning, which a default
  // would overwrite.
  const kept = Object.fromEntries([
    ...REQUIRED_NUMBERS.map((field) => [field, initial[field]]),
    ['initialUntil', now],
  ]);
  const keptFields = Object.keys(kept);
  const numbers = [...keptFields, 'fence', 'leaseUntil', 'lastRunAt'];
  const intact = numbers.map((field) => `attribute_type(#${field}, :number)`).join(' AND ');
  return {
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression: `attribute_not_exists(pk) OR (#schemaVersion IN (:schemaVersion, :formerVersion) AND ${intact} AND ${POSSIBLE} AND #leaseUntil <= :now)`,
    UpdateExpression: `SET ${keptFields.map((field) => `#${field} = if_not_exists(#${field}, :${field})`).join(', ')},
      #fence = if_not_exists(#fence, :now) + :one, #ledgerFence = if_not_exists(#ledgerFence, :ledgerFence) + :one, #owner = :owner, #leaseUntil = :leaseUntil, #lastRunAt = :now,
      #clean = :unclean, #schemaVersion = :schemaVersion`,
    ExpressionAttributeNames: namesOf([...numbers, LEDGER_FENCE, 'owner', 'clean', 'schemaVersion']),
    ExpressionAttributeValues: {
      ...numbersOf({
        ...kept,
        now,
        latest: latestAt(now),
        leaseUntil,
        schemaVersion: SCHEMA_VERSION,
        formerVersion: FORMER_SCHEMA_VERSION,
        one: 1,
        zero: 0,
      }),
      ...numbersOf({ [LEDGER_FENCE]: ledgerFenceBefore(now) }),
      ':owner': { S: owner },
      ':unclean': { BOOL: false },
      ':number': { S: 'N' },
    },
    ReturnValues: 'ALL_OLD',
  };
}

/**
 * A write of progress that only the holder of the lease can make, that moves no watermark back, and that replaces only an older
 * save: the SDK repeats a write whose reply was lost, and the first attempt may take effect after the next save.
 */
function progressUpdate(table: string, lease: Lease, progress: Progress): UpdateItemCommandInput {
  const { stream, owner, fence } = lease;
  const values = progressValues(progress);
  const fields = Object.keys(values);
  return {
    TableName: table,
    Key: stateKey(stream),
    ConditionExpression:
      '#owner = :owner AND #fence = :fence AND (attribute_not_exists(#saves) OR #saves < :saves) AND #watermark <= :watermark AND #finalWatermark <= :finalWatermark',
    UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(', ')}`,
    ExpressionAttributeNames: namesOf([...fields, 'owner', 'fence']),
    ExpressionAttributeValues: { ...valuesOf(values), ...numbersOf({ fence }), ':owner': { S: owner } },
  };
}

function releaseUpdate(
  table: string,
  lease: Lease,
  progress: Progress,
  clean: boolean,
): UpdateItemCommandInput {
  const update = progressUpdate(table, lease, progress);
  return {
    ...update,
    UpdateExpression: `${update.UpdateExpression}, #leaseUntil = :free, #clean = :clean REMOVE #owner`,
    ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...namesOf(['leaseUntil', 'clean']) },
    ExpressionAttributeValues: {
      ...update.ExpressionAttributeValues,
      ':free': { N: '0' },
      ':clean': { BOOL: clean },
    },
  };
}

/**
 * State in one DynamoDB table: single-item conditional writes, consistent reads, no transactions.
 *
 * The SDK repeats a write whose reply was lost, and the repeat then fails its own condition. So after a failed condition the item is read back before the failure counts.
 * @returns a store that throws {@link StateError} with code `state-throttled`, `state-denied`, `state-missing-table`,
 *   `state-unreachable` or `state-refused` for AWS's errors, `state-corrupt` or `state-newer-schema` for an item that
 *   no run can have written, `state-moved-back` for a save that would lower a watermark, and {@link LeaseLost}
 */
export function dynamoStateStore({ client, table }: StateTableOptions): StateStore {
  async function readState(stream: string, now?: number): Promise<StreamState | undefined> {
    const command = new GetItemCommand({ TableName: table, Key: stateKey(stream), ConsistentRead: true });
    const { Item } = await tableCall(table, client.send(command));
    return Item && parseState(Item, { table, stream }, now);
  }

  const update = (input: UpdateItemCommandInput) =>
    tableCall(table, client.send(new UpdateItemCommand(input)), CONDITION_FAILED);

  async function afterRefusedLease(request: LeaseRequest): Promise<LeaseAnswer> {
    const state = await readState(request.stream, request.now);
    if (state?.owner !== request.owner) return { held: true, until: state?.leaseUntil ?? request.now };
    // Our own write, whose reply was lost. It overwrote what the last holder left, so that may have unconfirmed writes.
    return {
      held: false,
      // A backfill may have raised the counter since, so our own number is unknown, too.
      lease: leaseOf(
        request,
        state.fence,
        await nextLedgerFence({ client, table }, request.stream, request.now),
      ),
      state: withStartPoint({ ...state, clean: false }, request),
      firstRun: state.initialUntil === request.now,
    };
  }

  /** @returns what our own write, whose reply was lost, had done before its repeat was refused */
  async function explainRefusal(lease: Lease, { saves }: Progress): Promise<'saved' | 'released'> {
    const state = await readState(lease.stream);
    if (state?.fence === lease.fence) {
      if (state.owner === '') return 'released';
      if (state.owner === lease.owner) {
        if (state.saves === saves) return 'saved';
        throw new StateError(
          'state-moved-back',
          `A watermark of ${lease.stream} would have moved back; nothing was saved.`,
          'This is a bug in the forwarder: please report it. The next run continues from the saved watermark.',
        );
      }
    }
    throw new LeaseLost(lease.stream);
  }

  return {
    async acquire(request) {
      const answer = await update(acquisition(table, request));
      if (answer === CONDITION_FAILED) return afterRefusedLease(request);
      const { stream, now, owner, leaseUntil } = request;
      const previous = answer.Attributes && parseState(answer.Attributes, { table, stream }, now);
      const counted = Number(answer.Attributes?.[LEDGER_FENCE]?.N ?? ledgerFenceBefore(now));
      const lease = leaseOf(request, (previous?.fence ?? now) + 1, counted + 1);
      const left = previous ?? {
        ...initialProgress(request),
        initialUntil: now,
        lastRunAt: now,
        clean: true,
      };
      const state = withStartPoint({ ...left, owner, leaseUntil, fence: lease.fence }, request);
      return { held: false, lease, state, firstRun: previous === undefined };
    },

    async save(lease, progress) {
      const answer = await update(progressUpdate(table, lease, progress));
      if (answer === CONDITION_FAILED && (await explainRefusal(lease, progress)) === 'released') {
        throw new LeaseLost(lease.stream);
      }
    },

    async release(lease, progress, clean) {
      const answer = await update(releaseUpdate(table, lease, progress, clean));
      if (answer === CONDITION_FAILED) await explainRefusal(lease, progress);
    },

    read: (stream) => readState(stream),
    loadLedger: (stream, hour, lastHour) => loadLedger({ client, table }, stream, hour, lastHour),
    appendLedger: (stream, chunk, expiresAt) => appendLedger({ client, table }, stream, chunk, expiresAt),
  };
}

/** The first save writes the start point. Until then it follows from the end of the first run's initial range. */
const withStartPoint = (state: StreamState, { now, start }: LeaseRequest): StreamState => ({
  ...state,
  startPoint: state.startPoint || Math.max(0, state.initialUntil - (now - start)),
});

const leaseOf = ({ stream, owner, leaseUntil }: LeaseRequest, fence: number, ledgerFence: number): Lease => ({
  stream,
  owner,
  fence,
  ledgerFence,
  until: leaseUntil,
});
