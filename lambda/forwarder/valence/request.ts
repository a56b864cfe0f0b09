import type { ApiKey } from '../../common/api-key.ts';
import type { Chance, Clock } from '../../common/clock.ts';
import { CredentialError, OutOfTime, SourceError } from '../../common/errors.ts';
import {
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  placeOf,
  type Transport,
} from '../../common/http.ts';
import { outcomeOf } from '../../common/outcome.ts';
import { type Attempt, parseRetryAfter, withRetries } from '../../common/retry.ts';
import type { CallOptions, Telemetry } from '../core/ports.ts';
import { parseJsonText } from './json-text.ts';
import { notJson, unexpectedStatus } from './source-errors.ts';

/** No answer is worth waiting longer for; slow ones of 29 s were seen behind gateways that cut at 30. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Decoded. A larger page would endanger the memory of the function, so the slice is halved instead. */
const MAX_PAGE_BYTES = 20_000_000;

export interface RequestOptions {
  transport: Transport;
  apiKey: ApiKey;
  clock: Clock;
  chance: Chance;
  telemetry: Telemetry;
}

/** A page as it came, parsed. */
export interface JsonAnswer {
  body: unknown;
  /** The `Link` header. */
  link: string | undefined;
  /** The `Date` header in epoch seconds. */
  serverTime: number | undefined;
}

/**
 * Reads one address, with as many attempts as it takes and time allows. Nothing of an answer is used unless all of it
 * has arrived.
 * @param profileKey the key of the API profile that an unexpected status may be due to
 * @param doing for the error when time runs out: `reading alerts`
 * @throws {SourceError} no usable answer: `source-unreachable`, `source-timeout`, `source-interrupted`, `source-status`,
 * `source-not-json`, or `page-too-large`, which asking for a shorter range may cure
 * @throws {CredentialError} `source-refused-key`, also after the key was read again
 * @throws {OutOfTime} when the deadline or the caller's signal alone cut it off
 */
export async function readJson(
  url: URL,
  { transport, apiKey, clock, chance, telemetry }: RequestOptions,
  { deadline, signal }: CallOptions,
  { profileKey, doing }: { profileKey: string; doing: string },
): Promise<JsonAnswer> {
  let key = await apiKey.value();
  let renewed = false;
  let lastFailure: SourceError | undefined;

  async function attempt(): Promise<
    { done: JsonAnswer } | { failed: SourceError; retryAfterMs?: number | undefined }
  > {
    const timeLeft = deadline.left();
    if (timeLeft <= 0) throw lastFailure ?? new OutOfTime(doing);
    const request: HttpRequest = {
      method: 'GET',
      url: url.href,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      timeoutMs: Math.min(REQUEST_TIMEOUT_MS, timeLeft),
      maxResponseBytes: MAX_PAGE_BYTES,
      signal,
    };
    let response: HttpResponse;
    try {
      response = await transport(request);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      // After an error our own deadline is not what is to blame.
      if (isCutOff(error, timeLeft, deadline.left())) throw lastFailure ?? new OutOfTime(doing);
      const failed = failureError(error);
      if (error.reason === 'too-large') throw failed;
      return { failed };
    }
    const place = placeOf(request);
    const { status, headers } = response;
    switch (outcomeOf(status)) {
      case 'success': {
        const answer = jsonAnswer(response);
        return answer ? { done: answer } : { failed: notJson(place, headers['content-type']) };
      }
      case 'retry':
        if (status === 429) telemetry.count('Throttled');
        return {
          failed: unexpectedStatus(place, status, undefined, profileKey),
          retryAfterMs: parseRetryAfter(headers['retry-after'], clock.wall()),
        };
      case 'credential': {
        const newer = renewed ? undefined : await apiKey.renew(key);
        if (newer === undefined) throw refusedKey(place, status, apiKey.fix);
        key = newer;
        renewed = true;
        telemetry.count('SourceErrors');
        return attempt();
      }
      default:
        throw unexpectedStatus(place, status, headers['location'], profileKey);
    }
  }

  const counted = async (): Promise<Attempt<JsonAnswer>> => {
    try {
      const result = await attempt();
      if ('failed' in result) {
        lastFailure = result.failed;
        telemetry.count('SourceErrors');
      }
      return result;
    } catch (error) {
      // The last failure was counted when it happened.
      if (!(error instanceof OutOfTime) && error !== lastFailure) telemetry.count('SourceErrors');
      throw error;
    }
  };
  return withRetries(counted, { clock, chance, deadline, doing });
}

/** Whether a request ended because our time did, and not because the other side was slow. */
const isCutOff = ({ reason }: HttpFailure, timeLeft: number, timeLeftNow: number): boolean =>
  reason === 'aborted' ||
  (timeLeft < REQUEST_TIMEOUT_MS && (reason === 'timeout' || (reason === 'unreachable' && timeLeftNow <= 0)));

function failureError(failure: HttpFailure): SourceError {
  const later = 'Nothing to do if it passes: the next run goes on from here.';
  switch (failure.reason) {
    case 'unreachable':
      return new SourceError(
        'source-unreachable',
        failure.message,
        `${later} Otherwise check VALENCE_REGION, VALENCE_BASE_URL when it is set, and the way to the internet.`,
      );
    case 'too-large':
      return new SourceError(
        'page-too-large',
        failure.message,
        'A shorter range is asked for by itself; a smaller pageSize in the API profile (VALENCE_API_PROFILE) helps for good.',
      );
    case 'timeout':
      return new SourceError('source-timeout', failure.message, later);
    default:
      return new SourceError('source-interrupted', failure.message, later);
  }
}

const refusedKey = (place: string, status: number, fix: string) =>
  new CredentialError('source-refused-key', `Valence refused the API key (${status} to ${place}).`, fix);

function jsonAnswer({ body, headers }: HttpResponse): JsonAnswer | undefined {
  const date = Date.parse(headers['date'] ?? '');
  try {
    return {
      body: parseJsonText(body),
      link: headers['link'],
      serverTime: Number.isNaN(date) ? undefined : Math.floor(date / 1000),
    };
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
