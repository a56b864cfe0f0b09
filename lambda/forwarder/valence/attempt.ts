import { MAX_PAGE_BYTES, REQUEST_TIMEOUT_MS } from '../../limits.ts';
import type { EndpointProfile } from '../../settings/api-profile.ts';
import { OutOfTime, type SourceError } from '../../shared/errors.ts';
import {
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  placeOf,
  type ReusedBytes,
  type Transport,
} from '../../shared/http.ts';
import { TooMuchJson } from '../../shared/json-structure.ts';
import { outcomeOf } from '../../shared/outcome.ts';
import { isRateLimitUsedUp, parseRetryAfter, rateLimitWaitMs } from '../../shared/retry.ts';
import type { CallOptions } from '../core/ports.ts';
import { type PageRequest, signed } from './page-request.ts';
import { noAnswer, notJson, refusedPageSize, tooMuchJson, unexpectedStatus } from './source-errors.ts';

/**
 * How often a page is requested if its answers are errors. After this many refusals the cause is not transient. A failed
 * connection has nothing to do with the range, so it is tried more often.
 */
export const MAX_ATTEMPTS = 3;

/** A reason for a refusal is at the beginning of the body. */
const MAX_REASON_BYTES = 10_000;

/** An answer as it came, read. */
export interface JsonAnswer<T> {
  status: number;
  body: T;
  /** Header values by lower-case name. */
  headers: HttpResponse['headers'];
  /** Up to when the answer proves anything, in epoch seconds: see {@link provenTime}. */
  serverTime: number | undefined;
}

/** The result of one request: an answer, an error after which another attempt may succeed, or a refused key. */
export type Verdict<T> =
  | { done: JsonAnswer<T> }
  | {
      failed: SourceError;
      throttled: boolean;
      /** A 503 that asks for patience: an API may answer one range like that for ever. */
      isBusy?: boolean;
      retryAfterMs?: number | undefined;
      maxAttempts?: number | undefined;
    }
  | { refused: { status: number; place: string } };

/**
 * Reads a body, or as much of it as is needed now. Throws when it is not JSON.
 * @param status of the answer: 200 to 299, or one that means an empty list
 * @param malformed the error for when that is found out later
 */
export type ReadBody<T> = (body: Buffer, status: number, malformed: () => SourceError) => T;

export interface AttemptOptions<T> extends CallOptions {
  transport: Transport;
  read: ReadBody<T>;
  key: string;
  profile: Pick<EndpointProfile, 'auth' | 'headers' | 'emptyStatuses' | 'pageSizeParam'>;
  /** Wall clock in epoch milliseconds. */
  wallMs: () => number;
  /** The key of the API profile that an unexpected status may be due to. */
  profileKey: string;
  /** For the error when time runs out: `reading alerts`. */
  doing: string;
  /** Where the body may be put, see {@link HttpRequest}. */
  into?: ReusedBytes | undefined;
}

/**
 * Requests one page, once.
 * @throws {SourceError} when another attempt would get the same answer
 * @throws {OutOfTime} when the deadline or the caller's signal ended it
 */
export async function attempt<T>(page: PageRequest, options: AttemptOptions<T>): Promise<Verdict<T>> {
  const { transport, read, key, profile, wallMs, profileKey, doing, into, deadline, signal } = options;
  const timeLeft = deadline.left();
  if (timeLeft <= 0) throw new OutOfTime(doing);
  const request: HttpRequest = {
    ...signed(page, profile, key),
    timeoutMs: Math.min(REQUEST_TIMEOUT_MS, timeLeft),
    maxResponseBytes: MAX_PAGE_BYTES,
    into,
    signal,
  };
  const place = placeOf(request);

  let response: HttpResponse;
  try {
    response = await transport(request);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (isCutOff(error, timeLeft, deadline.left())) throw new OutOfTime(doing);
    if (error.reason === 'too-large') throw noAnswer(error);
    const maxAttempts = error.reason === 'unreachable' ? undefined : MAX_ATTEMPTS;
    return { failed: noAnswer(error), throttled: false, maxAttempts };
  }

  const { status, headers } = response;
  const nowMs = wallMs();
  const isEmptyList = (profile.emptyStatuses as readonly number[]).includes(status);
  switch (isEmptyList ? 'success' : outcomeOf(status)) {
    case 'success': {
      const malformed = () => notJson(place, headers, profileKey);
      const answer = jsonAnswer(response, nowMs, place, (body) => read(body, status, malformed));
      return answer ? { done: answer } : { failed: malformed(), throttled: false, maxAttempts: MAX_ATTEMPTS };
    }
    case 'retry': {
      const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
      const isBusy = status === 503 && retryAfterMs !== undefined;
      return {
        failed: unexpectedStatus(place, status, undefined, profileKey),
        throttled: status === 429 || isBusy,
        isBusy,
        retryAfterMs: status === 429 ? rateLimitWaitMs(headers, nowMs) : retryAfterMs,
        maxAttempts: MAX_ATTEMPTS,
      };
    }
    case 'credential':
      if (status === 403 && isRateLimitUsedUp(headers)) {
        return {
          failed: unexpectedStatus(place, status, undefined, profileKey),
          throttled: true,
          retryAfterMs: rateLimitWaitMs(headers, nowMs),
        };
      }
      return { refused: { status, place } };
    default:
      if (namesPageSize(response, profile)) throw refusedPageSize(place, status, pageSizeKey(profileKey));
      throw unexpectedStatus(place, status, headers['location'], profileKey);
  }
}

/** Whether a refusal names the parameter of the page size. Nothing of the body is shown. */
function namesPageSize(
  { body }: HttpResponse,
  { pageSizeParam }: Pick<EndpointProfile, 'pageSizeParam'>,
): boolean {
  return pageSizeParam !== null && body.subarray(0, MAX_REASON_BYTES).toString().includes(`${pageSizeParam}`);
}

/** @param profileKey such as `alerts.path` */
const pageSizeKey = (profileKey: string): string =>
  `${profileKey.slice(0, profileKey.lastIndexOf('.') + 1)}pageSize`;

/** Whether a request ended because the run had no time left, and not because the other side was slow. */
const isCutOff = ({ reason }: HttpFailure, timeLeft: number, timeLeftNow: number): boolean =>
  reason === 'aborted' ||
  (timeLeft < REQUEST_TIMEOUT_MS && (reason === 'timeout' || (reason === 'unreachable' && timeLeftNow <= 0)));

/**
 * Up to when an answer knows what happened, in epoch seconds: the server's clock (`Date`), or, when a cache gave the answer,
 * the moment at which the cache got it (`Age`), whichever is earlier.
 * Source: RFC 9110, 6.6.1 (`Date`), and RFC 9111, 5.1 (`Age`).
 * @param nowMs wall clock in epoch milliseconds
 * @returns undefined when the answer has neither header
 */
function provenTime(headers: HttpResponse['headers'], nowMs: number): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  const age = headers['age']?.trim() ?? '';
  const times = [
    ...(Number.isNaN(date) ? [] : [Math.floor(date / 1000)]),
    ...(/^\d{1,10}$/.test(age) && Number(age) > 0 ? [Math.floor(nowMs / 1000) - Number(age)] : []),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** @throws {SourceError} `page-too-large` when the body holds too much to be parsed */
function jsonAnswer<T>(
  { status, body, headers }: HttpResponse,
  nowMs: number,
  place: string,
  read: (body: Buffer) => T,
): JsonAnswer<T> | undefined {
  try {
    return { status, body: read(body), headers, serverTime: provenTime(headers, nowMs) };
  } catch (error) {
    if (error instanceof TooMuchJson) throw tooMuchJson(place);
    // The parser's own message quotes the text.
    return undefined;
  }
}
