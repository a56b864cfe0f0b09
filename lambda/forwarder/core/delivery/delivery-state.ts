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
   * Claims places in quarantine before anything is written there, because several slices may write at the same time.
   * @param max of the run
   * @returns how many of the wanted places there are
   */
  claimQuarantine(wanted: number, max: number): number {
    const claimed = Math.max(0, Math.min(wanted, max - this.#quarantineClaims));
    this.#quarantineClaims += claimed;
    return claimed;
  }

  /** Number of the next ledger chunk of this lease. */
  nextSequence(): number {
    return this.#sequence++;
  }
}
