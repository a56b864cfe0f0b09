import { wallSeconds } from '../../../shared/clock.ts';
import { awaitAllThenThrow } from '../../../shared/concurrency.ts';
import type { PackedChunk } from '../ledger/chunks.ts';
import { secretOf } from '../ledger/salt.ts';
import type { StateStore } from '../ports.ts';
import type { SealedBatch } from './batch.ts';
import { Bisection, type Shrink } from './bisection.ts';
import type { DeliveryState } from './delivery-state.ts';
import { Poster, type PosterOptions, type Rejection } from './poster.ts';
import { type QuarantineOptions, RejectedRecords } from './quarantine.ts';

export interface DeliveryOptions extends PosterOptions, QuarantineOptions {
  store: Pick<StateStore, 'appendLedger'>;
  /** How long a ledger entry is kept, in seconds. */
  ledgerTtlSeconds: number;
  shrink: Shrink;
}

/** Posts the batches of one slice, and writes accepted records to the ledger, never before they are accepted. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #state: DeliveryState;
  readonly #salt: string;
  readonly #poster: Poster;
  readonly #bisection: Bisection;
  readonly #rejected: RejectedRecords;

  constructor(options: DeliveryOptions, state: DeliveryState) {
    this.#options = options;
    this.#state = state;
    this.#salt = secretOf(options.lease.owner).salt;
    this.#poster = new Poster(options, state);
    this.#bisection = new Bisection(options.shrink);
    this.#rejected = new RejectedRecords(options, state, this.#poster, (chunks) => this.#remember(chunks));
  }

  /**
   * Posts a batch until each of its records is accepted and in the ledger, or rejected. What is not in the ledger is sent
   * again by the next run.
   * @throws {SinkError} when Datadog cannot take the logs now; {@link CredentialError}, {@link OutOfTime},
   *   {@link LeaseLost}, {@link ClockError}, {@link QuarantineError} and {@link StateError} as their names say
   */
  async deliver(batch: SealedBatch): Promise<void> {
    if (batch.length === 0) return;
    const attempts = { unconfirmed: false };
    try {
      const rejection = await this.#poster.post((mark) => batch.body(mark), attempts);
      if (rejection) {
        await this.#divide(attempts.unconfirmed ? batch.asPossibleDuplicates() : batch, rejection);
        return;
      }
      attempts.unconfirmed = true;
      await this.#remember(batch.ledgerChunks(this.#salt));
      attempts.unconfirmed = false;
    } catch (error) {
      if (attempts.unconfirmed) this.#state.hasUnconfirmedWrites = true;
      throw error;
    }
    this.#state.forwarded += batch.length;
    await this.#rejected.intakeHasAccepted();
  }

  /** Decides on rejected records. To be called when the slice has nothing more to post. Throws as {@link deliver} does. */
  async finish(): Promise<void> {
    await this.#rejected.finish();
  }

  async #divide(batch: SealedBatch, rejection: Rejection): Promise<void> {
    const parts = this.#bisection.partsOf(batch, rejection);
    for (const part of parts) await this.deliver(part);
    if (parts.length > 0) return;
    // Read now, because the batch's memory will be reused before the records are decided on.
    await this.#rejected.add({ item: batch.item(0), chunks: batch.ledgerChunks(this.#salt), rejection });
  }

  /** Writes the entries of accepted or quarantined records to the ledger. */
  async #remember(chunks: readonly PackedChunk[]): Promise<void> {
    const { store, lease, clock, ledgerTtlSeconds } = this.#options;
    const expiresAt = wallSeconds(clock) + ledgerTtlSeconds;
    const numbered = chunks.map((chunk) => ({
      ...chunk,
      fence: lease.ledgerFence,
      sequence: this.#state.nextSequence(),
    }));
    await awaitAllThenThrow(numbered.map((chunk) => store.appendLedger(lease.stream, chunk, expiresAt)));
  }
}
