import { QUARANTINED_BYTES_EACH } from '../../../limits.ts';
import type { Clock } from '../../../shared/clock.ts';
import { BatchCap, type IntakeKnowledge, noIntakeKnowledge } from './batch-cap.ts';
import { IntakeEvidence } from './intake-evidence.ts';

/** How far the wall clock is ahead of the monotonic one, in milliseconds. */
const offsetOf = (clock: Clock) => clock.wall() - clock.monotonic();

/** What the deliveries of one stream share during a run. To be created when the lease is taken. */
export class DeliveryState {
  readonly #offsetMs: number;
  forwarded = 0;
  quarantined = 0;
  #quarantineClaims = 0;
  #quarantineBytes = 0;
  /** Whether Datadog may have logs of a batch that is not in the ledger. */
  hasUnconfirmedWrites = false;
  /** Refused records that an earlier attempt may have brought to Datadog, and that are not in the ledger yet. */
  unconfirmedRejections = 0;
  /** Single records that Datadog gave no clear answer for. */
  unanswered = 0;
  readonly evidence = new IntakeEvidence();
  readonly batchCap: BatchCap;
  #sequence = 0;

  /** @param intake what earlier runs have learned; changes as this run learns more */
  constructor(clock: Clock, intake: IntakeKnowledge = noIntakeKnowledge()) {
    this.#offsetMs = offsetOf(clock);
    this.batchCap = new BatchCap(intake);
  }

  /** Whether each post is known to be accepted and in the ledger, or known not to be accepted. */
  get isFullyAcknowledged(): boolean {
    return !this.hasUnconfirmedWrites && this.unconfirmedRejections === 0;
  }

  /** How far the two clocks have drifted apart since the lease was taken, in milliseconds. */
  driftMs(clock: Clock): number {
    return Math.abs(offsetOf(clock) - this.#offsetMs);
  }

  /**
   * Claims places in quarantine before anything is written there, because several slices may write at the same time. The first object
   * of a run gets one however large it is, so that every run advances.
   * @param sizes of the objects, in bytes before compression
   * @param max objects of the run, and {@link QUARANTINED_BYTES_EACH} for each
   * @returns for how many of them, from the first on, there is a place
   */
  claimQuarantine(sizes: readonly number[], max: number): number {
    let claimed = 0;
    for (const size of sizes) {
      const isFirst = this.#quarantineClaims === 0;
      const bytes = this.#quarantineBytes + size;
      if (this.#quarantineClaims >= max || (!isFirst && bytes > max * QUARANTINED_BYTES_EACH)) break;
      this.#quarantineClaims++;
      this.#quarantineBytes = bytes;
      claimed++;
    }
    return claimed;
  }

  /** Number of the next ledger chunk of this lease. */
  nextSequence(): number {
    return this.#sequence++;
  }
}
