import type { Stream } from '../../../contract.ts';
import { wallSeconds } from '../../../shared/clock.ts';
import { Batch } from '../delivery/batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import { DeliveryState } from '../delivery/delivery-state.ts';
import type { Item } from '../delivery/item.ts';
import { hourOf } from '../ledger/entry.ts';
import { publishedFingerprint } from '../logs/build.ts';
import { RecordEncoder } from '../logs/record-encoder.ts';
import type { LogContext } from '../logs/types.ts';
import type { QuarantinedRecord } from '../ports.ts';
import { canonicalForm } from '../records/canonical-json.ts';
import { recordTime } from '../records/time.ts';
import type { ReplayPorts } from './replay.ts';
import type { Invocation } from './stream.ts';

/** The record of a quarantined object. */
export type ReplayedRecord = Pick<QuarantinedRecord, 'stream' | 'record' | 'alertType' | 'fingerprint'>;

export interface ReplayLaneOptions {
  stream: Stream;
  logContext: LogContext;
  ports: Omit<ReplayPorts, 'quarantine'>;
  invocation: Invocation;
  /** Epoch seconds; an invocation that was frozen must not post after it. */
  until: number;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

/** The outcome of a batch, by the keys of its objects. */
interface FlushedBatch {
  accepted: string[];
  refused: string[];
}

/** The records of a replay that belong to one stream and whose logs are built in the same way. */
export class ReplayLane {
  readonly #options: ReplayLaneOptions;
  readonly #encoder: RecordEncoder;
  readonly #state: DeliveryState;
  readonly #batch = new Batch();
  /** Records in the batch, with the keys of their objects. */
  #inBatch: { key: string; fingerprint: string }[] = [];

  constructor(options: ReplayLaneOptions) {
    this.#options = options;
    this.#encoder = new RecordEncoder(options.stream, options.logContext);
    this.#state = new DeliveryState(options.ports.clock);
  }

  /**
   * Adds a record to the batch.
   * @param key of its object
   * @returns false when the batch is full and has to be flushed first
   */
  add(key: string, content: ReplayedRecord): boolean {
    const item = itemOf(content);
    const form = canonicalForm(content.record);
    const log = this.#encoder.encode(item, form, item.time, wallSeconds(this.#options.ports.clock));
    if (!this.#batch.add(item, log)) return false;
    const fingerprint = publishedFingerprint(content.fingerprint, this.#options.logContext);
    this.#inBatch.push({ key, fingerprint });
    return true;
  }

  /** Posts the batch. Throws as {@link Delivery.deliver} does. */
  async flush(): Promise<FlushedBatch> {
    const batch = this.#batch.seal();
    const sent = this.#inBatch;
    this.#inBatch = [];
    if (batch.length === 0) return { accepted: [], refused: [] };
    const refused = new Set<string>();
    const delivery = this.#delivery((fingerprint) => refused.add(fingerprint));
    await delivery.deliver(batch);
    await delivery.finish();
    const keysOf = (isRefused: boolean) =>
      sent.filter(({ fingerprint }) => refused.has(fingerprint) === isRefused).map(({ key }) => key);
    return { accepted: keysOf(false), refused: keysOf(true) };
  }

  /** A delivery that writes nothing to the ledger or the quarantine, because the records are in both. */
  #delivery(refuse: (fingerprint: string) => void): Delivery {
    const { stream, logContext, ports, invocation, until, datadogKeyFix } = this.#options;
    const { sink, telemetry, clock, random } = ports;
    return new Delivery(
      {
        sink,
        telemetry,
        clock,
        random,
        logContext,
        deadline: invocation.deadline,
        quarantine: { put: async ({ fingerprint }) => refuse(fingerprint) },
        maxQuarantined: Number.POSITIVE_INFINITY,
        store: { appendLedger: async () => undefined },
        lease: { stream, owner: invocation.owner, fence: 0, ledgerFence: 0, until },
        ledgerTtlSeconds: 0,
        credentialFix: datadogKeyFix,
        shrink: (item, maxBytes) => this.#encoder.shrunk(item, maxBytes, wallSeconds(clock)),
      },
      this.#state,
    );
  }
}

function itemOf({ stream, record, alertType, fingerprint }: ReplayedRecord): Item {
  const time = recordTime(stream, record);
  return {
    record,
    alertType,
    time,
    fingerprint,
    update: false,
    backfill: false,
    entry: { hour: hourOf(time), key: fingerprint },
    possibleDuplicate: true,
  };
}
