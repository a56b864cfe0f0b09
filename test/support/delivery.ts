import { Batch, type SealedBatch } from '../../lambda/forwarder/core/delivery/batch.ts';
import type { IntakeKnowledge } from '../../lambda/forwarder/core/delivery/batch-cap.ts';
import { Delivery, type DeliveryOptions } from '../../lambda/forwarder/core/delivery/delivery.ts';
import { DeliveryState } from '../../lambda/forwarder/core/delivery/delivery-state.ts';
import type { Item } from '../../lambda/forwarder/core/delivery/item.ts';
import { hourOf } from '../../lambda/forwarder/core/ledger/entry.ts';
import { buildLog } from '../../lambda/forwarder/core/logs/build.ts';
import { encodeLog, shrunkText } from '../../lambda/forwarder/core/logs/encode.ts';
import { LogText } from '../../lambda/forwarder/core/memory/log-text.ts';
import type { PostAnswer } from '../../lambda/forwarder/core/ports.ts';
import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import { fingerprintOf } from '../../lambda/forwarder/core/records/identity.ts';
import type { LedgerChunk, StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { type Clock, type Deadline, deadlineIn } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { auditSource, LOG_CONTEXT } from './core-records.ts';
import { fakeQuarantine, fakeSink, type Journal, memoryStore } from './fake-ports.ts';
import { entriesIn } from './ledger-chunks.ts';
import { ampleTime, NOW, recordingTelemetry, stubClock } from './outside-world.ts';

export const THROTTLED = {
  outcome: 'retry',
  ambiguous: false,
  throttled: true,
  reason: '429',
} as const satisfies PostAnswer;
export const UNREACHABLE = {
  outcome: 'retry',
  ambiguous: false,
  throttled: false,
  reason: 'refused',
} as const satisfies PostAnswer;
export const RESET = {
  outcome: 'retry',
  ambiguous: true,
  throttled: false,
  reason: 'reset',
} as const satisfies PostAnswer;
export const REFUSED = {
  outcome: 'rejected',
  status: 400,
  tooLarge: false,
  reason: '400',
} as const satisfies PostAnswer;
export const TOO_LARGE = {
  outcome: 'rejected',
  status: 413,
  tooLarge: true,
  reason: '413',
} as const satisfies PostAnswer;

/** @param status of a refusal that may be about the records, the key or the address */
export const unexplained = (status: number): PostAnswer => ({
  outcome: 'unexplained',
  status,
  reason: String(status),
  fix: 'Check the site.',
});
/** @param status of an answer that leaves open whether the logs were taken; none for a timeout */
export const ambiguous = (status?: number): PostAnswer => ({ ...RESET, status, reason: `${status}` });

export const actorsOf = (logs: readonly JsonObject[]) => logs.map(({ actor }) => actor);

/** The n-th of a series of audit records, on its way. */
export function itemOf(n: number, change: JsonObject = {}): Item {
  const time = NOW - 60;
  const fingerprint = fingerprintOf(`record ${n}`);
  const { record } = auditSource({ actor: `user-${n}`, ...change });
  return {
    record,
    alertType: undefined,
    time,
    fingerprint,
    update: false,
    backfill: false,
    entry: { hour: hourOf(time), key: fingerprint },
    possibleDuplicate: false,
  };
}

const logOf = (item: Item) => buildLog({ ...item, stream: 'audit-logs' }, LOG_CONTEXT, NOW);

/** The log of an item as it is posted. */
export const textOf = (item: Item): string => encodeLog(logOf(item));

/** The same as a batch takes it, its record apart. */
export const logTextOf = (item: Item): LogText =>
  new LogText(textOf(item), '', '', canonicalJson(item.record));

/** A batch that is being filled. */
export function filling(items: readonly Item[]): Batch {
  const batch = new Batch();
  for (const item of items) batch.add(item, logTextOf(item));
  return batch;
}

export const batchOf = (items: readonly Item[]): SealedBatch => filling(items).seal();

export const itemsOf = (count: number): Item[] => Array.from({ length: count }, (_, n) => itemOf(n));

type Options = DeliveryOptions & { store: StateStore };

/** A delivery over fakes, all of which can be replaced, and what it leaves behind. @param intake what earlier runs know */
export function deliveryOver(
  change: Partial<Options> & { deadlineOf?: (clock: Clock) => Deadline; intake?: IntakeKnowledge } = {},
) {
  const { deadlineOf = ampleTime, intake, ...given } = change;
  const journal: Journal = [];
  const sink = fakeSink(undefined, journal);
  const quarantine = fakeQuarantine(journal);
  const store = memoryStore(journal);
  const telemetry = recordingTelemetry();
  const clock = given.clock ?? stubClock();
  const options: Options = {
    sink,
    quarantine,
    store,
    telemetry,
    clock,
    random: () => 0.5,
    deadline: deadlineOf(clock),
    logContext: LOG_CONTEXT,
    maxQuarantined: 1000,
    lease: { stream: 'audit-logs', owner: 'run-1', fence: 7, ledgerFence: 7, until: NOW + 260 },
    ledgerTtlSeconds: 86_400,
    credentialFix: 'Store the right key.',
    shrink: (item, maxBytes) => shrunkText(logOf(item), maxBytes),
    ...given,
  };
  const shared = new DeliveryState(clock, intake);
  return {
    delivery: new Delivery(options, shared),
    /** The delivery of another slice of the same run. */
    sibling: new Delivery(options, shared),
    shared,
    journal,
    telemetry,
    /** How many records the ledger holds. */
    async noted(): Promise<number> {
      const chunks = await options.store.loadLedger('audit-logs', hourOf(NOW - 60));
      return chunks.reduce((sum, { entries }: LedgerChunk) => sum + entriesIn('audit-logs', entries), 0);
    },
  };
}

/** A deadline `ms` milliseconds away. */
export const shortTime =
  (ms: number) =>
  (clock: Clock): Deadline =>
    deadlineIn(clock, ms);
