import type { Clock, Deadline, Random } from './clock.ts';
import { OutOfTime } from './errors.ts';

const MAX_ATTEMPTS = 6;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

/** What one attempt came to: a result, or an error worth another attempt. */
export type Attempt<T> = { done: T } | { failed: Error; retryAfterMs?: number | undefined };

export interface RetryOptions {
  clock: Clock;
  random: Random;
  deadline: Deadline;
  /** Cuts a wait off: nothing is tried any more. */
  signal?: AbortSignal | undefined;
  /** What is being tried, for the error when time runs out: `reading alerts`. */
  doing: string;
}

/**
 * Tries again with full-jitter backoff until an attempt gives a result.
 * @param attempt one try; whatever it throws ends the retries at once
 * @throws the last attempt's error, when attempts or time are used up, or the signal cut the wait off
 * @throws {OutOfTime} when the other side asked to wait for longer than is left
 */
export async function withRetries<T>(attempt: () => Promise<Attempt<T>>, options: RetryOptions): Promise<T> {
  const { clock, random, deadline, signal, doing } = options;
  for (let attempts = 1; ; attempts++) {
    const result = await attempt();
    if ('done' in result) return result.done;
    if (attempts === MAX_ATTEMPTS) throw result.failed;
    const backoffMs = random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempts);
    const waitMs = Math.max(backoffMs, result.retryAfterMs ?? 0);
    // Sleeping into the deadline would only cost money.
    if (waitMs >= deadline.left()) {
      throw result.retryAfterMs === waitMs ? new OutOfTime(doing) : result.failed;
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
