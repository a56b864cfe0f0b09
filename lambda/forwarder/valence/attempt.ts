import { MAX_PAGE_BYTES, REQUEST_TIMEOUT_MS } from '../../limits.ts';
import { OutOfTime, type SourceError } from '../../shared/errors.ts';
import {
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  placeOf,
  type ReusedBytes,
  type Transport,
} from '../../shared/http.ts';
import { outcomeOf } from '../../shared/outcome.ts';
import { parseRetryAfter } from '../../shared/retry.ts';
import type { CallOptions } from '../core/ports.ts';
import { noAnswer, notJson, unexpectedStatus } from './source-errors.ts';

/** An answer as it came, read. */
export interface JsonAnswer<T> {
  body: T;
  /** The `Link` header. */
  link: string | undefined;
  /** The `Date` header in epoch seconds. */
  serverTime: number | undefined;
}

/** What one request came to: an answer, an error worth another attempt, or a refused key. */
export type Verdict<T> =
  | { done: JsonAnswer<T> }
  | { failed: SourceError; throttled: boolean; retryAfterMs?: number | undefined }
  | { refused: { status: number; place: string } };

/**
 * Reads a body, or as much of it as is needed now. Throws when it is not JSON.
 * @param malformed the error for when that is found out later
 */
export type ReadBody<T> = (body: Buffer, malformed: () => SourceError) => T;

export interface AttemptOptions<T> extends CallOptions {
  transport: Transport;
  read: ReadBody<T>;
  key: string;
  /** Wall clock in epoch milliseconds. */
  nowMs: number;
  /** The key of the API profile that an unexpected status may be due to. */
  profileKey: string;
  /** For the error when time runs out: `reading alerts`. */
  doing: string;
  /** Where the body may be put, see {@link HttpRequest}. */
  into?: ReusedBytes | undefined;
}

/**
 * Reads one address, once.
 * @throws {SourceError} when another attempt would be answered alike
 * @throws {OutOfTime} when the deadline or the caller's signal cut it off
 */
export async function attempt<T>(url: URL, options: AttemptOptions<T>): Promise<Verdict<T>> {
  const { transport, read, key, nowMs, profileKey, doing, into, deadline, signal } = options;
  const timeLeft = deadline.left();
  if (timeLeft <= 0) throw new OutOfTime(doing);
  const request: HttpRequest = {
    method: 'GET',
    url: url.href,
    headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
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
    return { failed: noAnswer(error), throttled: false };
  }

  const { status, headers } = response;
  switch (outcomeOf(status)) {
    case 'success': {
      const malformed = () => notJson(place, headers['content-type']);
      const answer = jsonAnswer(response, (body) => read(body, malformed));
      return answer ? { done: answer } : { failed: malformed(), throttled: false };
    }
    case 'retry':
      return {
        failed: unexpectedStatus(place, status, undefined, profileKey),
        throttled: status === 429,
        retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs),
      };
    case 'credential':
      return { refused: { status, place } };
    default:
      throw unexpectedStatus(place, status, headers['location'], profileKey);
  }
}

/** Whether a request ended because our time did, and not because the other side was slow. */
const isCutOff = ({ reason }: HttpFailure, timeLeft: number, timeLeftNow: number): boolean =>
  reason === 'aborted' ||
  (timeLeft < REQUEST_TIMEOUT_MS && (reason === 'timeout' || (reason === 'unreachable' && timeLeftNow <= 0)));

function jsonAnswer<T>(
  { body, headers }: HttpResponse,
  read: (body: Buffer) => T,
): JsonAnswer<T> | undefined {
  const date = Date.parse(headers['date'] ?? '');
  try {
    return {
      body: read(body),
      link: headers['link'],
      serverTime: Number.isNaN(date) ? undefined : Math.floor(date / 1000),
    };
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}
