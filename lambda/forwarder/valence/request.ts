import { SOURCE_REFUSED_KEY } from '../../contract.ts';
import type { ApiKey } from '../../shared/api-key.ts';
import type { Clock, Random } from '../../shared/clock.ts';
import { CredentialError, OutOfTime, type SourceError, StillBusy } from '../../shared/errors.ts';
import type { ReusedBytes, Transport } from '../../shared/http.ts';
import { type Attempt, withRetries } from '../../shared/retry.ts';
import type { CallOptions, Telemetry } from '../core/ports.ts';
import { type AttemptOptions, attempt, type JsonAnswer, type ReadBody, type Verdict } from './attempt.ts';
import type { PageRequest } from './page-request.ts';

export interface RequestOptions {
  transport: Transport;
  apiKey: ApiKey;
  clock: Clock;
  random: Random;
  telemetry: Telemetry;
}

/** A refused key is read again once. A refused token is exchanged anew, and then the key behind it is read again. */
const MAX_RENEWALS = { key: 1, token: 2 } as const;

/** What is being read. */
export interface Purpose<T> {
  /** For the error when time runs out: `reading alerts`. */
  doing: string;
  /** The key of the API profile that an unexpected status may be due to. */
  profileKey: string;
  profile: AttemptOptions<T>['profile'];
  read: ReadBody<T>;
  /** Where the body may be put, see {@link HttpRequest}. */
  into?: ReusedBytes | undefined;
}

/**
 * Requests one page, with retries as time allows. An answer is used only after all of it has arrived.
 * @throws {SourceError} no usable answer: `source-unreachable`, `source-timeout`, `source-interrupted`, `source-status`,
 * `source-not-json`, or `page-too-large`, after which a shorter range may succeed
 * @throws {CredentialError} `source-refused-key`, also after the key was read again
 * @throws {StillBusy} when Valence is busy for half of the time that was left, or at once when the caller wants one attempt
 * @throws {OutOfTime} when the deadline or the caller's signal ended it
 */
export async function readJson<T>(
  page: PageRequest,
  { transport, apiKey, clock, random, telemetry }: RequestOptions,
  call: CallOptions,
  purpose: Purpose<T>,
): Promise<JsonAnswer<T>> {
  const patienceMs = call.maxAttempts === 1 ? 0 : call.deadline.left() / 2;
  const startedAt = clock.monotonic();
  const waitedMs = () => clock.monotonic() - startedAt;
  let key = await apiKey.value(call);
  const maxRenewals = purpose.profile.auth.exchange ? MAX_RENEWALS.token : MAX_RENEWALS.key;
  let renewals = 0;
  let lastFailure: SourceError | undefined;

  async function ask(): Promise<Verdict<T>> {
    try {
      const verdict = await attempt(page, { transport, key, wallMs: clock.wall, ...call, ...purpose });
      if (!('done' in verdict)) telemetry.count('SourceErrors');
      if ('failed' in verdict && verdict.throttled) telemetry.count('Throttled');
      return verdict;
    } catch (error) {
      // After an error, our own deadline is not what is to blame.
      if (error instanceof OutOfTime) throw lastFailure ?? error;
      telemetry.count('SourceErrors');
      throw error;
    }
  }

  async function askWithNewestKey(): Promise<Attempt<JsonAnswer<T>>> {
    const verdict = await ask();
    if ('refused' in verdict) {
      const newer = renewals < maxRenewals ? await apiKey.renew(key, call) : undefined;
      if (newer === undefined) throw refusedKey(verdict.refused, apiKey.fix);
      renewals++;
      key = newer;
      return askWithNewestKey();
    }
    if ('failed' in verdict) {
      lastFailure = verdict.failed;
      if (verdict.isBusy && waitedMs() + (verdict.retryAfterMs ?? 0) >= patienceMs)
        throw new StillBusy(purpose.doing);
    }
    return verdict;
  }

  return withRetries(askWithNewestKey, { clock, random, doing: purpose.doing, ...call });
}

const refusedKey = ({ status, place }: { status: number; place: string }, fix: string) =>
  new CredentialError(
    SOURCE_REFUSED_KEY,
    `Valence refused the API key (${status} to ${place}).`,
    status === 401 ? `${fix} ${AUTH_FIX}` : fix,
    status,
  );

const AUTH_FIX =
  'If the key is right, check the profile key "auth", which defines how the forwarder sends it.';
