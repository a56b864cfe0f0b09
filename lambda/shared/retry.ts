import type { Clock, Deadline, Random } from './clock.ts';
import { OutOfTime } from './errors.ts';

const MAX_ATTEMPTS = 6;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

/** The result of one attempt, or an error after which another attempt may succeed. */
export type Attempt<T> =
  | { done: T }
  | {
      failed: Error;
      /** The other side limits the rate: the attempt does not count, and only the time left limits the waiting. */
      throttled?: boolean | undefined;
      /** How long the other side asks to wait, in milliseconds. */
      retryAfterMs?: number | undefined;
      /** How many attempts that count are made in all; {@link MAX_ATTEMPTS} when left out. */
      maxAttempts?: number | undefined;
    };

export interface RetryOptions {
  clock: Clock;
  random: Random;
  deadline: Deadline;
  /** Ends a wait; then no further attempt is made. */
  signal?: AbortSignal | undefined;
  /** How many attempts that count are made at most, whatever an attempt allows. */
  maxAttempts?: number | undefined;
  /** What is being tried, for the error when time runs out: `reading alerts`. */
  doing: string;
}

/**
 * Tries again with full-jitter backoff until an attempt gives a result.
 * @param attempt one try; an error that it throws ends the retries at once
 * @throws the last attempt's error, when attempts or time are used up, or the signal ended the wait
 * @throws {OutOfTime} when the time is used up while the other side throttles, or asks for a longer wait than is left
 */
export async function withRetries<T>(attempt: () => Promise<Attempt<T>>, options: RetryOptions): Promise<T> {
  const { clock, random, deadline, signal, doing, maxAttempts = MAX_ATTEMPTS } = options;
  let counted = 0;
  for (let attempts = 1; ; attempts++) {
    const result = await attempt();
    if ('done' in result) return result.done;
    if (!result.throttled) counted++;
    if (counted >= Math.min(maxAttempts, result.maxAttempts ?? MAX_ATTEMPTS)) throw result.failed;
    const backoffMs = random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempts);
    const waitMs = Math.max(backoffMs, result.retryAfterMs ?? 0);
    // Sleeping into the deadline would only cost money.
    if (waitMs >= deadline.left()) {
      throw result.throttled || result.retryAfterMs === waitMs ? new OutOfTime(doing) : result.failed;
    }
    await clock.sleep(waitMs, signal);
    if (signal?.aborted) throw result.failed;
  }
}

/**
 * A `Retry-After` header in milliseconds from now: whole seconds or an HTTP date (RFC 9110, 10.2.3); a date in the past
 * is 0. Undefined for anything else.
 * @param nowMs wall clock in epoch milliseconds
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse accepts bare numbers and fragments; an HTTP date starts with the day's name.
  const date = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** Headers in which services announce when a rate limit ends, and how many requests are left until then. */
const RESET_HEADERS = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'];
const REMAINING_HEADERS = ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'];

/** From here on, the number in a reset header is an epoch second, or an epoch millisecond: as a wait it would last for years. */
const FIRST_EPOCH_SECONDS = 1e8;
const FIRST_EPOCH_MILLISECONDS = 1e11;

type Headers = Readonly<Record<string, string>>;

/**
 * How long a rate limit lasts, in milliseconds from now: `Retry-After`, else the longest wait that a reset header announces, as
 * seconds from now or as an epoch.
 * @param nowMs wall clock in epoch milliseconds
 * @returns undefined when no header states it
 */
export function rateLimitWaitMs(headers: Headers, nowMs: number): number | undefined {
  const retryAfter = parseRetryAfter(headers['retry-after'], nowMs);
  if (retryAfter !== undefined) return retryAfter;
  const waits = RESET_HEADERS.flatMap((name) => {
    const text = headers[name]?.trim() ?? '';
    return /^\d+(\.\d+)?$/.test(text) ? [waitUntilMs(Number(text), nowMs)] : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function waitUntilMs(value: number, nowMs: number): number {
  if (value < FIRST_EPOCH_SECONDS) return value * 1000;
  return Math.max(0, (value < FIRST_EPOCH_MILLISECONDS ? value * 1000 : value) - nowMs);
}

/** Whether an answer states that no requests are left: then a 403 is a rate limit, not a refused key. */
export const isRateLimitUsedUp = (headers: Headers): boolean =>
  REMAINING_HEADERS.some((name) => headers[name]?.trim() === '0');
