import { MAX_CLOCK_DRIFT_MS } from '../../../limits.ts';
import type { Clock, Deadline, Random } from '../../../shared/clock.ts';
import { ClockError, CredentialError, LeaseLost, OutOfTime, SinkError } from '../../../shared/errors.ts';
import { type Attempt, withRetries } from '../../../shared/retry.ts';
import type { PostAnswer, Sink } from '../ports.ts';
import type { Lease } from '../state-ports.ts';
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

/** Datadog has answered ambiguously as often as the caller permits. */
export interface Unanswered {
  outcome: 'unanswered';
  /** Of the last answer; 0 when none came. */
  status: number;
  reason: string;
}

/** How a post ends that Datadog does not accept, although its records may be acceptable otherwise. */
export type Refusal = Extract<PostAnswer, { outcome: 'rejected' | 'unexplained' }> | Unanswered;

/** What is known of the attempts at one batch. */
export interface Attempts {
  /** Whether Datadog may have the logs without our knowledge. */
  unconfirmed: boolean;
  /** How many answers were ambiguous. */
  ambiguous: number;
  /** Whether the deadline ended the last one. */
  cutOff: boolean;
  /** How many posts of the stream had begun when the last answer came. */
  postsAtAnswer: number;
}

export const noAttempts = (): Attempts => ({
  unconfirmed: false,
  ambiguous: 0,
  cutOff: false,
  postsAtAnswer: 0,
});

/** Posts under the lease of a stream, with retries. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #state: DeliveryState;

  constructor(options: PosterOptions, state: DeliveryState) {
    this.#options = options;
    this.#state = state;
  }

  /**
   * Posts until Datadog accepts or refuses the logs, or has answered ambiguously too often.
   * @param encode the logs as a JSON array; its parameter says whether each is marked as a possible duplicate
   * @param attempts changes with each answer
   * @param maxAmbiguous how many ambiguous answers end it, those before included; by default only retries limit them
   * @returns why the logs were not accepted, or undefined when they were
   * @throws {SinkError} when Datadog cannot take them now; {@link CredentialError} when it refuses the key; further as
   *   {@link assertMayPost}
   */
  async post(
    encode: (mark: boolean) => string | Buffer,
    attempts: Attempts,
    maxAmbiguous = Number.POSITIVE_INFINITY,
  ): Promise<Refusal | undefined> {
    const { sink, clock, random, deadline, credentialFix } = this.#options;
    const { evidence } = this.#state;
    let lastFailure: SinkError | undefined;
    const attempt = async (): Promise<Attempt<Refusal | undefined>> => {
      this.assertMayPost();
      const number = evidence.beginPost();
      const answer = await sink.post(encode(attempts.unconfirmed), { deadline });
      attempts.postsAtAnswer = evidence.posts;
      switch (answer.outcome) {
        case 'success':
          evidence.postAccepted(number);
          return { done: undefined };
        case 'rejected':
        case 'unexplained':
          return { done: answer };
        case 'retry':
          if (answer.ambiguous) {
            attempts.unconfirmed = true;
            attempts.ambiguous++;
            const { status = 0, reason } = answer;
            if (attempts.ambiguous >= maxAmbiguous)
              return { done: { outcome: 'unanswered', status, reason } };
          }
          lastFailure = unavailable(answer.reason);
          return { failed: lastFailure, retryAfterMs: answer.retryAfterMs };
        case 'deadline-exceeded':
          attempts.unconfirmed = true;
          attempts.cutOff = true;
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

/** The error when Datadog cannot take the logs now. @param reason its last answer, or why there was none */
export const unavailable = (reason: string) =>
  new SinkError(
    'datadog-unavailable',
    `Datadog did not accept the logs: ${reason}`,
    'If it passes, do nothing: the next run continues from here. Otherwise check the status page of your Datadog site.',
  );
