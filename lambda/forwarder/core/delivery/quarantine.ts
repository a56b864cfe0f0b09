import type { Clock, Deadline } from '../../../shared/clock.ts';
import type { PackedChunk } from '../ledger/chunks.ts';
import type { Lease, Quarantine, Telemetry } from '../ports.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Item } from './item.ts';
import type { Poster, Rejection } from './poster.ts';
import { probeIntake } from './probe.ts';

/** After this many rejected records of a slice without an accepted one, the intake is probed. */
const REJECTED_BEFORE_PROBE = 8;

export interface QuarantineOptions {
  quarantine: Quarantine;
  telemetry: Telemetry;
  clock: Clock;
  deadline: Deadline;
  lease: Lease;
}

/** A single record that Datadog rejected, with its entry for the ledger. */
export interface RejectedRecord {
  item: Item;
  chunks: PackedChunk[];
  rejection: Rejection;
}

/**
 * The rejected records of one slice. They are held until the intake has accepted any log, of this slice or a probe: only
 * then the records are at fault, and go to quarantine.
 */
export class RejectedRecords {
  readonly #options: QuarantineOptions;
  readonly #state: DeliveryState;
  readonly #poster: Poster;
  readonly #remember: (chunks: readonly PackedChunk[]) => Promise<void>;
  #held: RejectedRecord[] = [];
  #intakeTrusted = false;

  /** @param remember writes entries to the ledger */
  constructor(
    options: QuarantineOptions,
    state: DeliveryState,
    poster: Poster,
    remember: (chunks: readonly PackedChunk[]) => Promise<void>,
  ) {
    this.#options = options;
    this.#state = state;
    this.#poster = poster;
    this.#remember = remember;
  }

  /** Holds a rejected record, or quarantines it. Throws as {@link finish} does. */
  async add(rejected: RejectedRecord): Promise<void> {
    this.#held.push(rejected);
    if (rejected.item.possibleDuplicate) this.#state.unconfirmedRejections++;
    if (!this.#intakeTrusted) {
      if (this.#held.length < REJECTED_BEFORE_PROBE) return;
      await this.#probe();
    }
    await this.#quarantineHeld();
  }

  /** To be called when the intake has accepted logs: the rejected records are at fault. Throws as {@link finish} does. */
  async intakeHasAccepted(): Promise<void> {
    this.#intakeTrusted = true;
    await this.#quarantineHeld();
  }

  /**
   * Decides on the records that are held, when the slice has nothing more to post.
   * @throws as {@link probeIntake}, {@link Quarantine.put} and {@link StateStore.appendLedger} do
   */
  async finish(): Promise<void> {
    if (this.#held.length === 0) return;
    if (!this.#intakeTrusted) await this.#probe();
    await this.#quarantineHeld();
  }

  async #probe(): Promise<void> {
    await probeIntake(this.#poster, this.#held.length);
    this.#options.telemetry.warn(
      'records-rejected',
      'Datadog refuses these records but accepts others: they go to quarantine.',
    );
    this.#intakeTrusted = true;
  }

  /** Writes each object before its ledger entry: if the run is killed in between, the object is written again. */
  async #quarantineHeld(): Promise<void> {
    const { quarantine, lease, clock, deadline, telemetry } = this.#options;
    for (const { item, chunks, rejection } of this.#held.splice(0)) {
      this.#poster.assertMayPost();
      const { record, alertType, fingerprint, time } = item;
      await quarantine.put(
        {
          stream: lease.stream,
          record,
          alertType,
          fingerprint,
          reason: rejection.reason,
          httpStatus: rejection.status,
          quarantinedAt: new Date(clock.wall()).toISOString(),
        },
        time,
        { deadline },
      );
      await this.#remember(chunks);
      if (item.possibleDuplicate) this.#state.unconfirmedRejections--;
      this.#state.quarantined++;
      telemetry.warn('record-quarantined', 'Quarantined a record that Datadog refused.', {
        stream: lease.stream,
        fingerprint,
        status: rejection.status,
      });
    }
  }
}
