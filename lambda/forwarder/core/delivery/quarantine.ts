import { QUARANTINED_BYTES_EACH } from '../../../limits.ts';
import type { Clock, Deadline } from '../../../shared/clock.ts';
import { QuarantineError, SinkError } from '../../../shared/errors.ts';
import type { PackedChunk } from '../ledger/chunks.ts';
import type { LogContext } from '../logs/types.ts';
import type { Quarantine, Telemetry } from '../ports.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import type { Lease } from '../state-ports.ts';
import { batchLimits } from './batch.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Item } from './item.ts';
import type { Poster, Refusal } from './poster.ts';
import type { IntakeProbe } from './probe.ts';
import { quarantinedRecord } from './quarantined.ts';

/** After this many rejected records of a slice without an accepted one, the intake is probed. */
const REJECTED_BEFORE_PROBE = 8;

/**
 * So many records without a clear answer go to quarantine, for each stream and run. If there are more, the records are
 * not at fault.
 */
const MAX_UNANSWERED = 8;

export interface QuarantineOptions {
  quarantine: Quarantine;
  telemetry: Telemetry;
  clock: Clock;
  deadline: Deadline;
  lease: Lease;
  /** Says what of a record may be kept. */
  logContext: LogContext;
  /** So many objects of a stream may go to quarantine in one run, and bytes in proportion. */
  maxQuarantined: number;
}

/** A single record that Datadog does not take, with its entry for the ledger. */
export interface RefusedRecord {
  item: Item;
  chunks: PackedChunk[];
  refusal: Refusal;
  /** Size of its log and of its record, if that is not in the log. */
  bytes: number;
  /** How many posts of the stream had begun when it was refused. */
  posts: number;
}

/**
 * The refused records of one slice. They are held until it is known that they are at fault and not the intake:
 * - a rejected one, when the intake has accepted any log of the slice, or a probe;
 * - one refused without an explanation, or without a clear answer, when the intake has accepted another post since.
 */
export class RefusedRecords {
  readonly #options: QuarantineOptions;
  readonly #state: DeliveryState;
  readonly #poster: Poster;
  readonly #probe: IntakeProbe;
  readonly #remember: (chunks: readonly PackedChunk[]) => Promise<void>;
  #held: RefusedRecord[] = [];
  #intakeTrusted = false;

  /** @param remember writes entries to the ledger */
  constructor(
    options: QuarantineOptions,
    state: DeliveryState,
    poster: Poster,
    probe: IntakeProbe,
    remember: (chunks: readonly PackedChunk[]) => Promise<void>,
  ) {
    this.#options = options;
    this.#state = state;
    this.#poster = poster;
    this.#probe = probe;
    this.#remember = remember;
  }

  /** Whether no record is held. */
  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /**
   * Holds a refused record, or quarantines it. Throws as {@link finish} does.
   * @throws {SinkError} when Datadog has given no clear answer for too many records
   */
  async add(refused: RefusedRecord): Promise<void> {
    if (refused.item.possibleDuplicate) this.#state.unconfirmedRejections++;
    if (refused.refusal.outcome === 'unanswered' && ++this.#state.unanswered > MAX_UNANSWERED) {
      // With those before it in quarantine, the next run gets further.
      await this.finish();
      throw tooManyUnanswered(refused.refusal);
    }
    this.#held.push(refused);
    await this.#quarantineProven();
    if (this.#isFull()) await this.finish();
  }

  /** To be called when the intake has accepted logs of the slice. Throws as {@link finish} does. */
  async intakeHasAccepted(): Promise<void> {
    this.#intakeTrusted = true;
    await this.#quarantineProven();
  }

  /**
   * Decides on the records that are held, when the slice has nothing more to post.
   * @throws as {@link IntakeProbe.mustHaveAcceptedSince}, {@link Quarantine.put} and {@link StateStore.appendLedger} do
   */
  async finish(): Promise<void> {
    if (this.#held.length === 0) return;
    await this.#probe.mustHaveAcceptedSince(Math.max(...this.#held.map(({ posts }) => posts)));
    this.#options.telemetry.warn(
      'records-rejected',
      'Datadog does not take these records but accepts other logs: they go to quarantine.',
    );
    this.#intakeTrusted = true;
    await this.#quarantineProven();
  }

  /** Whether a decision cannot wait. What is held takes memory. */
  #isFull(): boolean {
    const rejected = this.#held.filter(({ refusal }) => refusal.outcome === 'rejected');
    const bytes = this.#held.reduce((sum, held) => sum + held.bytes, 0);
    return (
      rejected.length >= REJECTED_BEFORE_PROBE ||
      this.#held.length >= batchLimits.logs ||
      bytes >= batchLimits.bytes
    );
  }

  #isProven({ refusal, posts }: RefusedRecord): boolean {
    return refusal.outcome === 'rejected'
      ? this.#intakeTrusted
      : this.#state.evidence.hasAcceptedSince(posts);
  }

  /** Removes each record from the list only when it is in quarantine and in the ledger. */
  async #quarantineProven(): Promise<void> {
    for (const held of [...this.#held]) {
      if (!this.#isProven(held)) continue;
      await this.#quarantine(held);
      this.#held = this.#held.filter((other) => other !== held);
    }
  }

  /** Writes the object before the ledger entry: if the run is killed in between, the object is written again. */
  async #quarantine({ item, chunks, refusal }: RefusedRecord): Promise<void> {
    const { quarantine, lease, clock, deadline, telemetry, logContext, maxQuarantined } = this.#options;
    const { stream } = lease;
    this.#poster.assertMayPost();
    const object = quarantinedRecord(item, refusal, { stream, logContext, now: clock.wall() });
    const size = Buffer.byteLength(canonicalJson([object.record, object.alertType]));
    if (this.#state.claimQuarantine([size], maxQuarantined) === 0) throw quarantineFull(maxQuarantined);
    await quarantine.put(object, item.time, { deadline });
    await this.#remember(chunks);
    if (item.possibleDuplicate) this.#state.unconfirmedRejections--;
    this.#state.quarantined++;
    telemetry.warn('record-quarantined', 'Quarantined a record that Datadog does not take.', {
      stream,
      fingerprint: object.fingerprint,
      status: refusal.status,
    });
  }
}

/**
 * A source that sends nothing but what has to be quarantined would fill the bucket as fast as the function runs. What is in
 * quarantine is in the ledger, so the next run goes on with the rest.
 */
export const quarantineFull = (maxQuarantined: number) =>
  new QuarantineError(
    'quarantine-limit',
    `More than ${maxQuarantined} records or elements of this stream, or more than ${maxQuarantined * QUARANTINED_BYTES_EACH} bytes of them, had to be quarantined in this run.`,
    'Look into the quarantine for what they have in common. The next run quarantines as many again and advances; if they are to be kept as they are, raise MAX_QUARANTINED (context key maxQuarantined) to catch up sooner.',
  );

const tooManyUnanswered = ({ reason }: Refusal) =>
  new SinkError(
    'datadog-no-clear-answer',
    `Datadog gave no clear answer for more than ${MAX_UNANSWERED} single records in this run, while it accepts other logs: ${reason}`,
    'Look into the quarantine for what these records have in common, and check the network path from the function to Datadog. The next run continues with the others.',
  );
