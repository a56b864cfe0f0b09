import { MAX_CLOCK_DRIFT_MS } from '../../../limits.ts';
import type { Clock, Deadline, Random } from '../../../shared/clock.ts';
import { ClockError, CredentialError, LeaseLost, OutOfTime, SinkError } from '../../../shared/errors.ts';
import { type Attempt, withRetries } from '../../../shared/retry.ts';
import type { Lease, PostAnswer, Sink } from '../ports.ts';
import type { DeliveryState } from './delivery-state.ts';

export interface PosterOptions {
  sink: Sink;
  clock: Clock;
  random: Random;
  deadline: Deadline;
  lease: Lease;
  /** How to replace the Datadog key, for errors. */
  credentialFix: string;
}

/** Datadog's answer that the content of a post is not acceptable. */
export type Rejection = Extract<PostAnswer, { outcome: 'rejected' }>;

/** Posts under the lease of a stream, with retries. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #state: DeliveryState;

  constructor(options: PosterOptions, state: DeliveryState) {
    this.#options = options;
    this.#state = state;
  }

  /**
   * Posts until Datadog accepts or rejects the logs.
   * @param encode the logs as a JSON array; its parameter says whether each is marked as a possible duplicate
   * @param attempts `unconfirmed` becomes true as soon as Datadog may have the logs without our knowledge
   * @returns the rejection, or undefined when the logs were accepted
   * @throws {SinkError} when Datadog cannot take them now; {@link CredentialError} when it refuses the key; further as
   *   {@link assertMayPost}
   */
  async post(
    encode: (mark: boolean) => string | Buffer,
    attempts: { unconfirmed: boolean },
  ): Promise<Rejection | undefined> {
    const { sink, clock, random, deadline, credentialFix } = this.#options;
    let lastFailure: SinkError | undefined;
    const attempt = async (): Promise<Attempt<Rejection | undefined>> => {
      this.assertMayPost();
      const answer = await sink.post(encode(attempts.unconfirmed), { deadline });
      switch (answer.outcome) {
        case 'success':
          return { done: undefined };
        case 'rejected':
          return { done: answer };
        case 'retry':
          attempts.unconfirmed ||= answer.ambiguous;
          lastFailure = unavailable(answer.reason);
          return { failed: lastFailure, retryAfterMs: answer.retryAfterMs };
        case 'deadline-exceeded':
          attempts.unconfirmed = true;
          // An earlier failure is the better explanation.
          throw lastFailure ?? new OutOfTime('posting to Datadog');
        case 'credential':
          throw new CredentialError('datadog-refused-key', answer.reason, credentialFix);
        case 'fatal':
          attempts.unconfirmed ||= answer.ambiguous;
          throw new SinkError('datadog-unexpected-answer', answer.reason, answer.fix);
      }
    };
    return withRetries(attempt, { clock, random, deadline, doing: 'posting to Datadog' });
  }

  /**
   * Both clocks must allow a post: the monotonic clock stops while the machine is frozen, and the wall clock may jump.
   * @throws {OutOfTime} after the deadline
   * @throws {LeaseLost} after the end of the lease
   * @throws {ClockError} when the clocks have drifted apart: the lease may have ended earlier than it seems
   */
  assertMayPost(): void {
    const { deadline, clock, lease } = this.#options;
    if (deadline.left() <= 0) throw new OutOfTime('posting to Datadog');
    if (clock.wall() >= lease.until * 1000) throw new LeaseLost(lease.stream);
    if (this.#state.driftMs(clock) > MAX_CLOCK_DRIFT_MS) {
      throw new ClockError(
        'clock-jumped',
        'The clock has jumped, or the machine was frozen, since the lease was taken; nothing more is posted under it.',
        'Nothing to do: the next run continues from the saved watermark.',
      );
    }
  }
}

const unavailable = (reason: string) =>
  new SinkError(
    'datadog-unavailable',
    `Datadog did not accept the logs: ${reason}`,
    'If it passes, do nothing: the next run continues from here. Otherwise check the status page of your Datadog site.',
  );
