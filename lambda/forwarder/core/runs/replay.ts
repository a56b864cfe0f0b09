import { STREAMS, type Stream } from '../../../contract.ts';
import { LEASE_MARGIN_SECONDS } from '../../../limits.ts';
import { type Deadline, wallSeconds } from '../../../shared/clock.ts';
import { awaitAllThenThrow, inPool } from '../../../shared/concurrency.ts';
import { CredentialError, OutOfTime } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { Batch } from '../delivery/batch.ts';
import { Delivery } from '../delivery/delivery.ts';
import { DeliveryState } from '../delivery/delivery-state.ts';
import type { Item } from '../delivery/item.ts';
import { hourOf } from '../ledger/entry.ts';
import { RecordEncoder } from '../logs/record-encoder.ts';
import type { LogContext } from '../logs/types.ts';
import type { Ports, QuarantineArchive, QuarantinedObject, QuarantinedRecord } from '../ports.ts';
import { canonicalForm } from '../records/canonical-json.ts';
import { identify } from '../records/identity.ts';
import { recordTime } from '../records/time.ts';
import type { IdentityRules } from '../state-ports.ts';
import { describeError, type StreamReport } from './report.ts';
import type { Invocation } from './stream.ts';

/** Objects read concurrently. Each may be as large as a page, so more of them would need too much memory. */
const READ_AHEAD = 4;

/** Objects deleted concurrently; a batch may hold a thousand. */
const DELETED_AT_ONCE = 16;

/** Accepted objects may still be deleted in the time that is kept free at the end; otherwise they would be sent again. */
const DELETION_GRACE_MS = 4_000;

export type ReplayPorts = Pick<Ports, 'sink' | 'telemetry' | 'clock' | 'random'> & {
  quarantine: QuarantineArchive;
};

export interface ReplaySettings {
  logContext: LogContext;
  /** The record that an element of a page holds, undefined when it still holds none. */
  readElement: (stream: Stream, raw: Buffer) => JsonObject | undefined;
  identityRules: Readonly<Record<Stream, IdentityRules>>;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

/** Which objects are replayed. */
export interface ReplayRequest {
  /** What their keys begin with. */
  prefix: string;
  /** Only keys after this one: where an earlier replay ran out of time. */
  after?: string | undefined;
}

/** The outcome of a replay. */
export interface ReplayReport {
  /** Requested objects that existed at the start. */
  objects: number;
  /** Records that Datadog accepted. */
  sent: number;
  /** Objects that still exist. */
  remaining: number;
  /** Of these, how many Datadog rejected again. */
  refused: number;
  /** Of these, how many contain no record. */
  unreadable: number;
  /** Set when time ran out: everything up to this key was sent, rejected again or unreadable; continue after it. */
  next?: string;
  error: StreamReport['error'];
}

/**
 * Sends quarantined records again, each marked as a possible duplicate, and deletes an object only after its record was
 * accepted. An object whose record Datadog rejects again stays, and so does an object without a record. An unreadable element is
 * parsed again, and sent if it now holds a record. The ledger does not change: records and elements have been in it since they
 * were quarantined.
 * Never throws: errors are in the report.
 */
export async function replay(
  { prefix, after = '' }: ReplayRequest,
  ports: ReplayPorts,
  settings: ReplaySettings,
  invocation: Invocation,
): Promise<ReplayReport> {
  const report: ReplayReport = { objects: 0, sent: 0, remaining: 0, refused: 0, unreadable: 0, error: null };
  try {
    const keys = (await ports.quarantine.list(prefix, invocation)).filter((key) => key > after);
    report.objects = keys.length;
    report.remaining = keys.length;
    const work = new Replay(ports, settings, invocation, report);
    try {
      await work.send(keys);
    } catch (error) {
      if (error instanceof OutOfTime) report.next = lastBefore(keys, (key) => work.isDone(key)) ?? after;
      throw error;
    }
  } catch (error) {
    if (error instanceof CredentialError) ports.telemetry.count('CredentialFailures');
    if (!(error instanceof OutOfTime)) report.error = describeError(error);
  }
  return report;
}

/** The last key before the first that is not done. */
function lastBefore(keys: readonly string[], isDone: (key: string) => boolean): string | undefined {
  const open = keys.findIndex((key) => !isDone(key));
  return keys[open === -1 ? keys.length - 1 : open - 1];
}

class Replay {
  readonly #ports: ReplayPorts;
  readonly #settings: ReplaySettings;
  readonly #invocation: Invocation;
  readonly #report: ReplayReport;
  readonly #encoders: Record<Stream, RecordEncoder>;
  readonly #batches: Record<Stream, Batch>;
  readonly #states: Record<Stream, DeliveryState>;
  /** Records in the batch, with the keys of their objects. */
  readonly #inBatch: Record<Stream, { key: string; fingerprint: string }[]>;
  /** Keys that this replay is done with. */
  readonly #done = new Set<string>();
  /** Epoch seconds; an invocation that was frozen must not post after it. */
  readonly #until: number;

  constructor(ports: ReplayPorts, settings: ReplaySettings, invocation: Invocation, report: ReplayReport) {
    const forEach = <T>(make: (stream: Stream) => T) =>
      Object.fromEntries(STREAMS.map((stream) => [stream, make(stream)])) as Record<Stream, T>;
    this.#ports = ports;
    this.#settings = settings;
    this.#invocation = invocation;
    this.#report = report;
    this.#encoders = forEach((stream) => new RecordEncoder(stream, settings.logContext));
    this.#batches = forEach(() => new Batch());
    this.#states = forEach(() => new DeliveryState(ports.clock));
    this.#inBatch = forEach(() => []);
    this.#until =
      wallSeconds(this.#ports.clock) + Math.ceil(invocation.remainingMs / 1000) + LEASE_MARGIN_SECONDS;
  }

  isDone(key: string): boolean {
    return this.#done.has(key);
  }

  async send(keys: readonly string[]): Promise<void> {
    const { quarantine, telemetry } = this.#ports;
    for (let start = 0; start < keys.length; start += READ_AHEAD) {
      const part = keys.slice(start, start + READ_AHEAD);
      const contents = await awaitAllThenThrow(part.map((key) => quarantine.get(key, this.#invocation)));
      for (const [index, content] of contents.entries()) {
        const key = part[index] as string;
        if (content === 'gone') {
          this.#report.remaining--;
          this.#done.add(key);
          continue;
        }
        if (content === 'unreadable') {
          telemetry.warn(
            'quarantine-object-unreadable',
            'An object in quarantine holds no record that can be read; left it there.',
            { key },
          );
        }
        const record = content === 'unreadable' ? undefined : this.#recordOf(content);
        if (record) {
          await this.#add(key, record);
        } else {
          this.#report.unreadable++;
          this.#done.add(key);
        }
      }
    }
    for (const stream of STREAMS) await this.#flush(stream);
  }

  /** What an object holds, an element being parsed again: this version may read what an earlier one could not. */
  #recordOf(content: QuarantinedObject): ReplayedRecord | undefined {
    if ('record' in content) return content;
    const { stream, raw } = content;
    const record = this.#settings.readElement(stream, Buffer.from(raw, 'base64'));
    if (!record) return undefined;
    const { content: fingerprint } = identify(stream, record, this.#settings.identityRules[stream]);
    return { stream, record, fingerprint };
  }

  async #add(key: string, content: ReplayedRecord): Promise<void> {
    const { stream } = content;
    const item = itemOf(content);
    const form = canonicalForm(content.record);
    const log = this.#encoders[stream].encode(item, form, item.time, wallSeconds(this.#ports.clock));
    const batch = this.#batches[stream];
    if (!batch.add(item, log)) {
      await this.#flush(stream);
      batch.add(item, log);
    }
    this.#inBatch[stream].push({ key, fingerprint: content.fingerprint });
  }

  /** Posts the batch of a stream, then deletes the objects of accepted records. */
  async #flush(stream: Stream): Promise<void> {
    const batch = this.#batches[stream].seal();
    if (batch.length === 0) return;
    const sent = this.#inBatch[stream].splice(0);
    const refused = new Set<string>();
    const delivery = this.#delivery(stream, (fingerprint) => refused.add(fingerprint));
    await delivery.deliver(batch);
    await delivery.finish();
    const accepted = sent.filter(({ fingerprint }) => !refused.has(fingerprint));
    for (const { key, fingerprint } of sent) if (refused.has(fingerprint)) this.#done.add(key);
    this.#report.refused += sent.length - accepted.length;
    this.#report.sent += accepted.length;
    await this.#delete(accepted.map(({ key }) => key));
  }

  /** A delivery that writes nothing to the ledger or the quarantine, because the records are in both. */
  #delivery(stream: Stream, refuse: (fingerprint: string) => void): Delivery {
    const { sink, telemetry, clock, random } = this.#ports;
    const { deadline, owner } = this.#invocation;
    return new Delivery(
      {
        sink,
        telemetry,
        clock,
        random,
        deadline,
        quarantine: { put: async ({ fingerprint }) => refuse(fingerprint) },
        store: { appendLedger: async () => undefined },
        lease: { stream, owner, fence: 0, ledgerFence: 0, until: this.#until },
        ledgerTtlSeconds: 0,
        credentialFix: this.#settings.datadogKeyFix,
        shrink: (item, maxBytes) =>
          this.#encoders[stream].shrunk(item, maxBytes, wallSeconds(this.#ports.clock)),
      },
      this.#states[stream],
    );
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const { deadline } = this.#invocation;
    const extended: Deadline = { left: () => deadline.left() + DELETION_GRACE_MS };
    await inPool(keys, DELETED_AT_ONCE, async (key) => {
      await this.#ports.quarantine.delete(key, { deadline: extended });
      this.#report.remaining--;
      this.#done.add(key);
    });
  }
}

type ReplayedRecord = Pick<QuarantinedRecord, 'stream' | 'record' | 'alertType' | 'fingerprint'>;

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
