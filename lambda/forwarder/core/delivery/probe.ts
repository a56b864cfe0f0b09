import { OWN_LOG } from '../../../contract.ts';
import type { Clock, Deadline } from '../../../shared/clock.ts';
import { CredentialError, OutOfTime, SinkError } from '../../../shared/errors.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { IntakeEvidence } from './intake-evidence.ts';
import { noAttempts, type Poster, type Refusal } from './poster.ts';

const PROBE_BODY = JSON.stringify([
  {
    ...OWN_LOG,
    message:
      'The forwarder checks whether the intake accepts a plain log, because it refused records or gave no clear answer.',
  },
]);

const MINUTE_MS = 60_000;

/**
 * There is at most one probe a minute, on average: two may follow each other at once, one before a batch is divided and one
 * after a record was refused alone.
 */
const PROBES_AT_ONCE = 2;

export interface ProbeOptions {
  clock: Clock;
  deadline: Deadline;
  /** How to replace the Datadog key, for errors. */
  credentialFix: string;
}

/** Posts a log that any working intake accepts, to find out whether the records or the intake are at fault. */
export class IntakeProbe {
  readonly #options: ProbeOptions;
  readonly #evidence: IntakeEvidence;
  readonly #poster: Poster;

  constructor(options: ProbeOptions, { evidence }: Pick<DeliveryState, 'evidence'>, poster: Poster) {
    this.#options = options;
    this.#evidence = evidence;
    this.#poster = poster;
  }

  /**
   * Makes sure that the intake accepts the probe. The outcome of a probe holds for a minute.
   * @throws {SinkError} when it does not; {@link CredentialError} when it refuses the key; {@link OutOfTime} when the next
   *   probe is not due before the deadline; further as {@link Poster.post} does
   */
  async mustAccept(): Promise<void> {
    const { lastProbe } = this.#evidence;
    if (!lastProbe || this.#options.clock.monotonic() - lastProbe.at >= MINUTE_MS) await this.#probe();
    else if (lastProbe.error) throw lastProbe.error;
  }

  /**
   * Makes sure that the intake has accepted a post that began when so many had begun, or later: the probe if no other. Throws
   * as {@link mustAccept} does.
   */
  async mustHaveAcceptedSince(posts: number): Promise<void> {
    // A probe under way may have begun before.
    while (!this.#evidence.hasAcceptedSince(posts)) await this.#probe();
  }

  /** Several slices may ask at the same time; they share one probe. */
  #probe(): Promise<void> {
    this.#evidence.probing ??= this.#postProbe().finally(() => {
      this.#evidence.probing = undefined;
    });
    return this.#evidence.probing;
  }

  async #postProbe(): Promise<void> {
    const { clock } = this.#options;
    await this.#untilDue();
    const at = clock.monotonic();
    this.#evidence.probedAt.push(at);
    const refusal = await this.#poster.post(() => PROBE_BODY, noAttempts());
    const error = refusal && this.#errorOf(refusal);
    this.#evidence.lastProbe = { at, error };
    if (error) throw error;
  }

  async #untilDue(): Promise<void> {
    const { clock, deadline } = this.#options;
    const earlier = this.#evidence.probedAt.at(-PROBES_AT_ONCE);
    if (earlier === undefined) return;
    const waitMs = earlier + PROBES_AT_ONCE * MINUTE_MS - clock.monotonic();
    if (waitMs <= 0) return;
    if (waitMs >= deadline.left()) throw new OutOfTime('waiting for the next probe of the intake');
    await clock.sleep(waitMs);
  }

  #errorOf(refusal: Refusal): Error {
    const { outcome, status, reason } = refusal;
    if (outcome !== 'unexplained') {
      return new SinkError(
        'datadog-refuses-everything',
        `Datadog refused records and then a log known to be good: ${reason}`,
        'Check the site (DATADOG_SITE), and DATADOG_INTAKE_URL when it is set; nothing was given up.',
      );
    }
    return status === 403
      ? new CredentialError('datadog-refused-key', reason, this.#options.credentialFix)
      : new SinkError('datadog-unexpected-answer', reason, refusal.fix);
  }
}
