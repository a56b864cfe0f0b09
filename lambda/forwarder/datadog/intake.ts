import { gzipSync } from 'node:zlib';
import { PRODUCT } from '../../contract.ts';
import { REQUEST_TIMEOUT_MS } from '../../limits.ts';
import type { ApiKey } from '../../shared/api-key.ts';
import type { Clock } from '../../shared/clock.ts';
import { type DatadogSite, intakeOrigin } from '../../shared/datadog-sites.ts';
import {
  HttpFailure,
  type HttpRequest,
  placeOf,
  type ResponseHead,
  type Transport,
} from '../../shared/http.ts';
import { isObject, isReported } from '../../shared/json.ts';
import { parseJsonText } from '../../shared/json-text.ts';
import { withoutEndSlashes } from '../../shared/origin.ts';
import { isAmbiguous, isUnexplained, outcomeOf } from '../../shared/outcome.ts';
import { parseRetryAfter } from '../../shared/retry.ts';
import type { CallOptions, PostAnswer, Sink, Telemetry } from '../core/ports.ts';

const INTAKE_PATH = '/api/v2/logs';
/** Datadog answers with a few bytes. */
const MAX_ANSWER_BYTES = 1_000_000;
/** Higher levels cost several times the CPU for a few percent: logs are repetitive enough for this one. */
const GZIP_LEVEL = 2;
/** A batch of audit logs measures about as much when compressed. */
const GZIP_CHUNK_BYTES = 64 * 1024;

/**
 * The URL of the logs intake.
 * @param override replaces the site's own origin; the intake's path is appended unless it is there
 */
export function intakeUrl(site: DatadogSite, override: string | undefined): string {
  const base = withoutEndSlashes(override ?? intakeOrigin(site));
  return base.endsWith(INTAKE_PATH) ? base : base + INTAKE_PATH;
}

export interface IntakeOptions {
  transport: Transport;
  apiKey: ApiKey;
  /** See {@link intakeUrl}. */
  url: string;
  /** Version of the forwarder. */
  version: string;
  clock: Clock;
  telemetry: Telemetry;
}

/**
 * Datadog's logs intake (v2) as the core's sink. Each post is one attempt; only a refused key is read again and tried
 * once more within it, because a refusal takes nothing.
 * Source: Datadog API reference, "Send logs".
 */
export function datadogSink({ transport, apiKey, url, version, clock, telemetry }: IntakeOptions): Sink {
  async function attempt(
    key: string,
    body: Uint8Array,
    { deadline, signal }: CallOptions,
  ): Promise<PostAnswer> {
    const timeLeft = deadline.left();
    if (timeLeft <= 0) return { outcome: 'deadline-exceeded' };
    const request: HttpRequest = {
      method: 'POST',
      url,
      headers: {
        'DD-API-KEY': key,
        'Content-Type': 'application/json',
        'Content-Encoding': 'gzip',
        'DD-EVP-ORIGIN': PRODUCT,
        'DD-EVP-ORIGIN-VERSION': version,
      },
      body,
      timeoutMs: Math.min(REQUEST_TIMEOUT_MS, timeLeft),
      maxResponseBytes: MAX_ANSWER_BYTES,
      signal,
    };
    try {
      const { body: text, ...head } = await transport(request);
      return answerOf(head, text, placeOf(request), clock.wall());
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (error.head) return answerOf(error.head, undefined, placeOf(request), clock.wall());
      return answerOfFailure(error, timeLeft < REQUEST_TIMEOUT_MS);
    }
  }

  return {
    async post(text, call) {
      const key = await apiKey.value();
      // A batch takes a few milliseconds; handing it to another thread takes several times the CPU.
      const body = gzipSync(text, { level: GZIP_LEVEL, chunkSize: GZIP_CHUNK_BYTES });
      let answer = await attempt(key, body, call);
      if (answer.outcome === 'credential' || (answer.outcome === 'unexplained' && answer.status === 403)) {
        const newer = await apiKey.renew(key);
        if (newer !== undefined) {
          telemetry.count('SinkErrors');
          answer = await attempt(newer, body, call);
        }
      }
      if (answer.outcome !== 'success' && answer.outcome !== 'deadline-exceeded')
        telemetry.count('SinkErrors');
      if (answer.outcome === 'retry' && answer.throttled) telemetry.count('Throttled');
      return answer;
    },
  };
}

/** Datadog's own answer to logs that it has taken. Nothing that happens to the body afterwards changes that. */
const ACCEPTED = 202;

const OTHER_SITE = 'The key may belong to another site than DATADOG_SITE names.';
const CHECK_SITE =
  'Check the site (DATADOG_SITE), and DATADOG_INTAKE_URL when it is set. Redirects are not followed.';

/** @param body undefined when it did not arrive whole */
function answerOf(
  { status, headers }: ResponseHead,
  body: Buffer | undefined,
  place: string,
  nowMs: number,
): PostAnswer {
  const reason = `Datadog answered ${status} to ${place}.`;
  if (isUnexplained(status)) {
    return {
      outcome: 'unexplained',
      status,
      reason: status === 403 ? `${reason} ${OTHER_SITE}` : reason,
      fix: CHECK_SITE,
    };
  }
  const outcome = outcomeOf(status);
  switch (outcome) {
    case 'success':
      return status === ACCEPTED ? { outcome } : answerOfOtherSuccess(status, body, place);
    case 'retry':
      return {
        outcome,
        ambiguous: isAmbiguous(status),
        throttled: status === 429,
        retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs),
        status,
        reason,
      };
    case 'credential':
      return { outcome, reason: `${reason} ${OTHER_SITE}` };
    case 'rejected':
      return { outcome, status, tooLarge: status === 413, reason };
    case 'fatal':
      return {
        outcome,
        ambiguous: false,
        reason,
        fix: CHECK_SITE,
      };
  }
}

/**
 * What a success other than Datadog's own means. A proxy on the way may have answered instead of the intake: its sign-in or
 * error page must not count as accepted logs.
 */
function answerOfOtherSuccess(status: number, body: Buffer | undefined, place: string): PostAnswer {
  const answered = `The answer ${status} to ${place}`;
  if (body === undefined) {
    return { outcome: 'retry', ambiguous: true, throttled: false, status, reason: `${answered} broke off.` };
  }
  if (body.toString().trim() === '' || isJsonWithoutError(body)) return { outcome: 'success' };
  return {
    outcome: 'fatal',
    ambiguous: true,
    reason: `${answered} is not the answer of Datadog's intake: its body is neither empty nor JSON without an error.`,
    fix: 'A proxy or gateway probably answered. Check DATADOG_INTAKE_URL when it is set, and the network path from the function to Datadog.',
  };
}

function isJsonWithoutError(body: Buffer): boolean {
  try {
    const value = parseJsonText(body.toString());
    return !(isObject(value) && [value['error'], value['errors']].some(isReported));
  } catch {
    return false;
  }
}

/** @param oursWasShorter whether our own deadline, and not the usual patience, set the request's time */
function answerOfFailure(failure: HttpFailure, oursWasShorter: boolean): PostAnswer {
  if (failure.reason === 'aborted' || (failure.reason === 'timeout' && oursWasShorter)) {
    return { outcome: 'deadline-exceeded' };
  }
  return { outcome: 'retry', ambiguous: failure.ambiguous, throttled: false, reason: failure.message };
}
