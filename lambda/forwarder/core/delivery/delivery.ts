import { OWN_LOG } from '../../../contract.ts';
import { MAX_CLOCK_DRIFT_MS } from '../../../limits.ts';
import type { Clock, Deadline, Random } from '../../../shared/clock.ts';
import { awaitAllThenThrow } from '../../../shared/concurrency.ts';
import { ClockError, CredentialError, LeaseLost, OutOfTime, SinkError } from '../../../shared/errors.ts';
import { type Attempt, withRetries } from '../../../shared/retry.ts';
import type { PackedChunk } from '../ledger/chunks.ts';
import { secretOf } from '../ledger/salt.ts';
import type { Lease, PostAnswer, Quarantine, Sink, StateStore, Telemetry } from '../ports.ts';
import { SealedBatch } from './batch.ts';
import type { Item } from './item.ts';

/** After so many records of a slice refused one by one, with none accepted, the intake itself is asked. */
const REFUSED_BEFORE_PROBE = 8;

export interface DeliveryOptions {
  sink: Sink;
  quarantine: Quarantine;
  store: Pick<StateStore, 'appendLedger'>;
  telemetry: Telemetry;
  clock: Clock;
  random: Random;
  deadline: Deadline;
  lease: Lease;
  /** How long a ledger entry is kept, in seconds. */
  ledgerTtlSeconds: number;
  /** Of the Datadog key, for errors. */
  credentialFix: string;
  /** The log of an item within so many bytes, or undefined when it cannot be shrunk that far. */
  shrink: (item: Item, maxBytes: number) => string | undefined;
}

/** A record that was refused, with its note for the ledger. */
interface Refused {
  item: Item;
  chunks: PackedChunk[];
  refusal: Refusal;
}

type Refusal = Extract<PostAnswer, { outcome: 'rejected' }>;

/** What the wall clock is ahead of the monotonic one. */
const offsetOf = (clock: Clock) => clock.wall() - clock.monotonic();

/** What the deliveries of one stream share during a run. To be made when the lease is taken. */
export class DeliveryState {
  readonly #offsetMs: number;
  forwarded = 0;
  quarantined = 0;
  /** Whether Datadog may hold logs of a batch that was not noted. */
  inDoubt = false;
  /** Refused records that Datadog may hold all the same, from an earlier attempt, and that no note speaks of yet. */
  undecided = 0;
  #sequence = 0;

  constructor(clock: Clock) {
    this.#offsetMs = offsetOf(clock);
  }

  /** Whether everything posted is known to be accepted and noted, or known not to be accepted. */
  get clean(): boolean {
    return !this.inDoubt && this.undecided === 0;
  }

  /** How far the two clocks have parted since the lease was taken, in milliseconds. */
  driftMs(clock: Clock): number {
    return Math.abs(offsetOf(clock) - this.#offsetMs);
  }

  /** Number of the next ledger chunk of this lease. */
  nextSequence(): number {
    return this.#sequence++;
  }
}

/** Brings the batches of one slice to Datadog and notes in the ledger what was accepted, never before. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #shared: DeliveryState;
  readonly #salt: string;
  /** Refused one by one, not yet decided upon. */
  #refused: Refused[] = [];
  readonly #shrunken = new WeakSet<SealedBatch>();
  /** Whether the intake has taken a log of this slice, so that a refusal is the record's own fault. */
  #intakeTrusted = false;

  constructor(options: DeliveryOptions, shared: DeliveryState) {
    this.#options = options;
    this.#shared = shared;
    this.#salt = secretOf(options.lease.owner).salt;
  }

  /**
   * Posts a batch until every item of it is accepted and noted, or refused for good.
   * @throws {SinkError} when Datadog cannot take them now; CredentialError, OutOfTime, LeaseLost, QuarantineError and
   * StateError as their names say. What was not noted is offered again by the next run.
   */
  async deliver(batch: SealedBatch): Promise<void> {
    if (batch.length === 0) return;
    const doubt = { arisen: false };
    try {
      const refusal = await this.#post((mark) => batch.body(mark), doubt);
      if (refusal) {
        await this.#divide(doubt.arisen ? batch.asPossibleDuplicates() : batch, refusal);
        return;
      }
      doubt.arisen = true;
      await this.#note(batch.ledgerChunks(this.#salt));
      doubt.arisen = false;
    } catch (error) {
      if (doubt.arisen) this.#shared.inDoubt = true;
      throw error;
    }
    this.#shared.forwarded += batch.length;
    this.#intakeTrusted = true;
    await this.#quarantineRefused();
  }

  /** Decides on what was refused; to be called when the slice has nothing more to post. Throws as {@link deliver} does. */
  async finish(): Promise<void> {
    if (this.#refused.length === 0) return;
    if (!this.#intakeTrusted) await this.#probe();
    await this.#quarantineRefused();
  }

  /**
   * Posts until there is a verdict.
   * @param encode the logs as a JSON array, each marked as a possible duplicate or not
   * @param doubt `arisen` becomes true as soon as Datadog may hold the logs without our knowing
   * @returns the refusal, or undefined when the logs were accepted
   */
  async #post(
    encode: (mark: boolean) => string | Buffer,
    doubt: { arisen: boolean },
  ): Promise<Refusal | undefined> {
    const { sink, clock, random, deadline, credentialFix } = this.#options;
    let lastFailure: SinkError | undefined;
    const attempt = async (): Promise<Attempt<Refusal | undefined>> => {
      this.#checkTime();
      const answer = await sink.post(encode(doubt.arisen), { deadline });
      switch (answer.outcome) {
        case 'success':
          return { done: undefined };
        case 'rejected':
          return { done: answer };
        case 'retry':
          doubt.arisen ||= answer.ambiguous;
          lastFailure = unavailable(answer.reason);
          return { failed: lastFailure, retryAfterMs: answer.retryAfterMs };
        case 'deadline-exceeded':
          doubt.arisen = true;
          // After an error our own deadline is not what is to blame.
          throw lastFailure ?? new OutOfTime('posting to Datadog');
        case 'credential':
          throw new CredentialError('datadog-refused-key', answer.reason, credentialFix);
        case 'fatal':
          throw new SinkError('datadog-unexpected-answer', answer.reason, answer.fix);
      }
    };
    return withRetries(attempt, { clock, random, deadline, doing: 'posting to Datadog' });
  }

  /** Halves a refused batch until the record at fault stands alone. */
  async #divide(batch: SealedBatch, refusal: Refusal): Promise<void> {
    if (batch.length > 1) {
      for (const half of batch.halves()) await this.deliver(half);
      return;
    }
    const smaller = refusal.tooLarge ? this.#shrunk(batch) : undefined;
    if (smaller) {
      await this.deliver(smaller);
      return;
    }
    // Read now: the batch holds other items by the time of the verdict.
    const item = batch.item(0);
    this.#refused.push({ item, chunks: batch.ledgerChunks(this.#salt), refusal });
    if (item.possibleDuplicate) this.#shared.undecided++;
    if (!this.#intakeTrusted) {
      if (this.#refused.length < REFUSED_BEFORE_PROBE) return;
      await this.#probe();
    }
    await this.#quarantineRefused();
  }

  /** The same log at half its size, unless it was shrunk before. */
  #shrunk(single: SealedBatch): SealedBatch | undefined {
    if (this.#shrunken.has(single)) return undefined;
    const item = single.item(0);
    const text = this.#options.shrink(item, single.bytes / 2);
    if (text === undefined) return undefined;
    const smaller = SealedBatch.of(item, text);
    this.#shrunken.add(smaller);
    return smaller;
  }

  /** Asks the intake for a log that cannot be at fault: refused too, then nothing here is the records' doing. */
  async #probe(): Promise<void> {
    const refusal = await this.#post(() => PROBE_BODY, { arisen: false });
    if (refusal) {
      throw new SinkError(
        'datadog-refuses-everything',
        `Datadog refused ${this.#refused.length} records one by one and then a log known to be good: ${refusal.reason}`,
        'Check the site (DATADOG_SITE), and DATADOG_INTAKE_URL when it is set; nothing was given up.',
      );
    }
    this.#options.telemetry.warn(
      'records-rejected',
      'Datadog refuses these records but accepts others: they go to quarantine.',
    );
    this.#intakeTrusted = true;
  }

  /** Each object is written before its ledger entry: a kill in between repeats the object, it loses nothing. */
  async #quarantineRefused(): Promise<void> {
    const { quarantine, lease, clock, deadline, telemetry } = this.#options;
    for (const { item, chunks, refusal } of this.#refused.splice(0)) {
      this.#checkTime();
      const { record, alertType, fingerprint, time } = item;
      await quarantine.put(
        {
          stream: lease.stream,
          record,
          alertType,
          fingerprint,
          reason: refusal.reason,
          httpStatus: refusal.status,
          quarantinedAt: new Date(clock.wall()).toISOString(),
        },
        time,
        { deadline },
      );
      await this.#note(chunks);
      if (item.possibleDuplicate) this.#shared.undecided--;
      this.#shared.quarantined++;
      telemetry.warn('record-quarantined', 'Quarantined a record that Datadog refused.', {
        stream: lease.stream,
        fingerprint,
        status: refusal.status,
      });
    }
  }

  /** Notes logs in the ledger, their chunks written side by side. */
  async #note(chunks: readonly PackedChunk[]): Promise<void> {
    const { store, lease, clock, ledgerTtlSeconds } = this.#options;
    const expiresAt = Math.floor(clock.wall() / 1000) + ledgerTtlSeconds;
    const numbered = chunks.map((chunk) => ({
      ...chunk,
      fence: lease.ledgerFence,
      sequence: this.#shared.nextSequence(),
    }));
    await awaitAllThenThrow(numbered.map((chunk) => store.appendLedger(lease.stream, chunk, expiresAt)));
  }

  /** Both clocks must allow a post: the monotonic one stands still in a freeze, the wall clock may jump. */
  #checkTime(): void {
    const { deadline, clock, lease } = this.#options;
    if (deadline.left() <= 0) throw new OutOfTime('posting to Datadog');
    if (clock.wall() >= lease.until * 1000) throw new LeaseLost(lease.stream);
    // A lease taken by a clock that was wrong may seem to last while another run has long taken over.
    if (this.#shared.driftMs(clock) > MAX_CLOCK_DRIFT_MS) {
      throw new ClockError(
        'clock-jumped',
        'The clock has jumped, or the machine was frozen, since the lease was taken; nothing more is posted under it.',
        'Nothing to do: the next run goes on from the saved watermark.',
      );
    }
  }
}

const PROBE_BODY = JSON.stringify([
  {
    ...OWN_LOG,
    message:
      'The forwarder checks whether the intake accepts a plain log, because it refused several records.',
  },
]);

const unavailable = (reason: string) =>
  new SinkError(
    'datadog-unavailable',
    `Datadog did not take the logs: ${reason}`,
    'Nothing to do if it passes: the next run goes on from here. Otherwise look at the status page of your Datadog site.',
  );
