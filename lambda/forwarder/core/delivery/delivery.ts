import { wallSeconds } from '../../../shared/clock.ts';
import { awaitAllThenThrow } from '../../../shared/concurrency.ts';
import { OutOfTime } from '../../../shared/errors.ts';
import { type PackedChunk, PackedEntries } from '../ledger/chunks.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import { secretOf } from '../ledger/salt.ts';
import type { StateStore } from '../state-ports.ts';
import type { SealedBatch } from './batch.ts';
import { type Shown, shownBy } from './batch-cap.ts';
import { Bisection, type Shrink } from './bisection.ts';
import type { DeliveryState } from './delivery-state.ts';
import {
  type Attempts,
  noAttempts,
  Poster,
  type PosterOptions,
  type Refusal,
  unavailable,
} from './poster.ts';
import { IntakeProbe } from './probe.ts';
import { type QuarantineOptions, RefusedRecords } from './quarantine.ts';
import { quarantineUnreadable, type UnreadableItem } from './unreadable.ts';

/** After so many ambiguous answers a batch is not posted again: each may have stored all of its logs. */
const MAX_AMBIGUOUS = 2;

/** The same for a single record, which cannot be divided further. */
const MAX_AMBIGUOUS_ALONE = 3;

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
  readonly #probe: IntakeProbe;
  readonly #bisection: Bisection;
  readonly #refused: RefusedRecords;

  constructor(options: DeliveryOptions, state: DeliveryState) {
    this.#options = options;
    this.#state = state;
    this.#salt = secretOf(options.lease.owner).salt;
    this.#poster = new Poster(options, state);
    this.#probe = new IntakeProbe(options, state, this.#poster);
    this.#bisection = new Bisection(options.shrink);
    this.#refused = new RefusedRecords(options, state, this.#poster, this.#probe, (chunks) =>
      this.#remember(chunks),
    );
  }

  /**
   * Posts a batch until each of its records is accepted and in the ledger, or refused. What is not in the ledger is sent
   * again by the next run.
   * @throws {SinkError} when Datadog cannot take the logs now; {@link CredentialError}, {@link OutOfTime},
   *   {@link LeaseLost}, {@link ClockError}, {@link QuarantineError} and {@link StateError} as their names say
   */
  async deliver(batch: SealedBatch): Promise<void> {
    if (batch.length > 0) await this.#deliver(batch);
  }

  /** Whether everything that was posted is in the ledger, so that no refused record waits for a decision. */
  get isSettled(): boolean {
    return this.#refused.isEmpty;
  }

  /** Decides on refused records. To be called when the slice has nothing more to post. Throws as {@link deliver} does. */
  async finish(): Promise<void> {
    await this.#refused.finish();
  }

  async #deliver(batch: SealedBatch): Promise<Shown> {
    if (batch.length > this.#state.batchCap.logs) return this.#deliverAll(batch.halves());
    const attempts = noAttempts();
    try {
      const refusal = await this.#post(batch, attempts);
      if (refusal) {
        const rest = attempts.unconfirmed ? batch.asPossibleDuplicates() : batch;
        return await this.#divide(rest, refusal, attempts.postsAtAnswer);
      }
      attempts.unconfirmed = true;
      await this.#remember(batch.ledgerChunks(this.#salt));
      attempts.unconfirmed = false;
    } catch (error) {
      if (attempts.unconfirmed) this.#state.hasUnconfirmedWrites = true;
      // Where runs are short, the deadline ends what would be the second ambiguous answer.
      const isCutOffAgain = attempts.cutOff && (attempts.ambiguous > 0 || batch.hasPossibleDuplicates);
      if (isCutOffAgain && batch.length > 1) this.#state.batchCap.beginNextWithHalf(batch.length);
      throw error;
    }
    this.#state.forwarded += batch.length;
    await this.#refused.intakeHasAccepted();
    return { largest: batch.length, hasRefusedRecord: false };
  }

  /**
   * Posts a batch until Datadog's answer is clear. Before records are divided or posted once more, the intake has to show that
   * it works.
   * @returns why the batch was not accepted, or undefined when it was
   */
  async #post(batch: SealedBatch, attempts: Attempts): Promise<Refusal | undefined> {
    const encode = (mark: boolean) => batch.body(mark);
    // What Datadog may have already was sent at least once, and maybe without a clear answer.
    const maxAmbiguous = batch.hasPossibleDuplicates ? MAX_AMBIGUOUS - 1 : MAX_AMBIGUOUS;
    const refusal = await this.#poster.post(encode, attempts, maxAmbiguous);
    if (!refusal || refusal.outcome === 'rejected') return refusal;
    await this.#mustAcceptProbe(refusal);
    const isLastAttempt = refusal.outcome === 'unexplained' || batch.length > 1;
    return isLastAttempt ? refusal : this.#poster.post(encode, attempts, MAX_AMBIGUOUS_ALONE);
  }

  /**
   * Writes entries to the ledger of records that Datadog has accepted before. Throws {@link StateError}, and as
   * {@link Poster.assertMayPost} does.
   */
  async note(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#poster.assertMayPost();
    const packed = new PackedEntries(entries.length);
    for (const [index, entry] of entries.entries()) packed.set(index, entry);
    try {
      await this.#remember(packed.chunks(0, entries.length, this.#salt));
    } catch (error) {
      // Without them, what Datadog has may look new.
      this.#state.hasUnconfirmedWrites = true;
      throw error;
    }
  }

  /** Quarantines elements of pages that hold no record. Throws as {@link quarantineUnreadable} does. */
  async quarantineUnreadable(items: readonly UnreadableItem[]): Promise<void> {
    await quarantineUnreadable(items, {
      ...this.#options,
      state: this.#state,
      assertMayPost: () => this.#poster.assertMayPost(),
      remember: (chunks) => this.#remember(chunks),
      salt: this.#salt,
    });
  }

  async #mustAcceptProbe({ outcome, reason }: Refusal): Promise<void> {
    try {
      await this.#probe.mustAccept();
    } catch (error) {
      // The answer to the records is the better explanation.
      throw outcome === 'unanswered' && error instanceof OutOfTime ? unavailable(reason) : error;
    }
  }

  /** @param posts how many posts of the stream had begun when the batch was refused */
  async #divide(batch: SealedBatch, refusal: Refusal, posts: number): Promise<Shown> {
    const parts = this.#bisection.partsOf(batch, refusal);
    if (parts.length === 0) {
      // Read now, because the batch's memory will be reused before the records are decided on.
      const item = batch.item(0);
      const chunks = batch.ledgerChunks(this.#salt);
      await this.#refused.add({ item, chunks, refusal, bytes: batch.heldBytes, posts });
      return { largest: 0, hasRefusedRecord: true };
    }
    if (refusal.outcome !== 'unanswered') return this.#deliverAll(parts);
    return this.#state.batchCap.learn(batch.length, () => this.#deliverAll(parts));
  }

  async #deliverAll(batches: readonly SealedBatch[]): Promise<Shown> {
    let shown: Shown = { largest: 0, hasRefusedRecord: false };
    for (const batch of batches) shown = shownBy(shown, await this.#deliver(batch));
    return shown;
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
