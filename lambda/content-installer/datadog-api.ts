import { REQUEST_TIMEOUT_MS } from '../limits.ts';
import type { ApiKey } from '../shared/api-key.ts';
import type { Clock, Deadline, Random } from '../shared/clock.ts';
import { OutOfTime } from '../shared/errors.ts';
import { HttpFailure, type HttpRequest, type HttpResponse, placeOf, type Transport } from '../shared/http.ts';
import { outcomeOf } from '../shared/outcome.ts';
import { type Attempt, withRetries } from '../shared/retry.ts';
import { ContentError } from './content-error.ts';
import { blameForRefusal } from './key-diagnosis.ts';
import { jsonIn, refusalText } from './refusal.ts';

/** In a large organisation a page of dashboards or rules has a few megabytes. */
const MAX_ANSWER_BYTES = 50_000_000;

/** Datadog answers 409 when an object is changed twice at once. */
const CONFLICT = 409;

/** One call of the management API. */
export interface ApiCall {
  method: HttpRequest['method'];
  /** Path and query. */
  path: string;
  /** Sent as JSON. */
  body?: object;
  /** Whether something other than 2xx is an answer and not an error. */
  expected?: (answer: ApiAnswer) => boolean;
  /** Permission of the application key that the call needs. */
  scope: string;
}

export interface ApiAnswer {
  status: number;
  /** The parsed body; undefined when there is none. */
  json: unknown;
  /** Why Datadog refused the call; empty when it did not, or gives no reason. */
  reason: string;
}

/** Datadog's management API, one call after the other. */
export interface DatadogApi {
  /**
   * An idempotent call; it is retried after a broken connection, 408, 409, 429 and 5xx.
   * @throws {ContentError} when Datadog refuses it, or did not answer in time
   * @throws {CredentialError} when a key is missing, unusable, unknown or not allowed to do it
   */
  repeatable(call: ApiCall): Promise<ApiAnswer>;
  /**
   * One attempt at a call. The caller decides about the next one: a `failed` call may have taken effect.
   * Throws as {@link DatadogApi.repeatable} does if another attempt cannot succeed.
   */
  attempt(call: ApiCall): Promise<Attempt<ApiAnswer>>;
  /** Runs attempts until one is done. Throws as {@link DatadogApi.repeatable} does. */
  untilDone<T>(attempt: () => Promise<Attempt<T>>): Promise<T>;
}

export interface DatadogApiOptions {
  transport: Transport;
  apiKey: ApiKey;
  appKey: ApiKey;
  /** Origin of the site's API. */
  origin: string;
  clock: Clock;
  random: Random;
  deadline: Deadline;
  /** Aborts every request. */
  signal?: AbortSignal | undefined;
}

/** The two keys of every request. */
export interface Keys {
  api: string;
  app: string;
}

/**
 * Seconds until the rate limit is reset, in milliseconds.
 * Source: Datadog API reference, "Rate limits": `X-RateLimit-Reset`.
 */
function resetMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header.trim()) ? Number(header) * 1000 : undefined;
}

const unavailable = (message: string) =>
  new ContentError(
    'datadog-unavailable',
    message,
    'Deploy again. If it persists, see status.datadoghq.com and check the Datadog site (datadogSite).',
  );

/** A sentence about a refusal, with the reason when there is one. */
const withReason = (sentence: string, reason: string) => `${sentence}${reason ? `: ${reason}` : '.'}`;

const conflict = (message: string) =>
  new ContentError(
    'datadog-conflict',
    message,
    'Deploy again. If it persists, something else changes the same object all the time: find it in the audit trail of Datadog.',
  );

/** What to do about a status that no retry and no other key can change. */
function adviceOn(status: number): string {
  if (outcomeOf(status) === 'rejected') {
    return 'Correct the definition that Datadog names, or report the error when the definition is not yours.';
  }
  return status >= 300 && status < 400
    ? 'Check the Datadog site (datadogSite) and the proxy. Redirects are not followed.'
    : 'Check the Datadog site (datadogSite), and that the organisation has the product. If both are right, report the error.';
}

const outOfTime = ({ method, path }: ApiCall) =>
  new ContentError(
    'out-of-time',
    `The function ran out of time before ${method} ${path}.`,
    'Deploy again: the deployment continues with what is already installed.',
  );

/** The management API of one Datadog site. */
export function datadogApi(options: DatadogApiOptions): DatadogApi {
  const { transport, apiKey, appKey, origin, clock, random, deadline, signal } = options;

  const requestOf = ({ method, path, body }: ApiCall, { api, app }: Keys): HttpRequest => ({
    method,
    url: origin + path,
    headers: {
      'DD-API-KEY': api,
      'DD-APPLICATION-KEY': app,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: Buffer.from(JSON.stringify(body)) }),
    timeoutMs: Math.min(REQUEST_TIMEOUT_MS, Math.max(1, deadline.left())),
    maxResponseBytes: MAX_ANSWER_BYTES,
    signal,
  });

  /** Keys that were stored since the given ones were read, if any. */
  async function newerKeys({ api, app }: Keys): Promise<Keys | undefined> {
    const [newerApi, newerApp] = [await apiKey.renew(api), await appKey.renew(app)];
    return newerApi || newerApp ? { api: newerApi ?? api, app: newerApp ?? app } : undefined;
  }

  async function attempt(call: ApiCall): Promise<Attempt<ApiAnswer>> {
    if (deadline.left() <= 0) throw outOfTime(call);
    let keys: Keys = { api: await apiKey.value(), app: await appKey.value() };
    let response: HttpResponse;
    try {
      response = await transport(requestOf(call, keys));
      if (outcomeOf(response.status) === 'credential') {
        const newer = await newerKeys(keys);
        if (newer) {
          keys = newer;
          response = await transport(requestOf(call, keys));
        }
      }
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (deadline.left() <= 0) throw outOfTime(call);
      return { failed: unavailable(error.message) };
    }
    return answered(call, response, keys);
  }

  async function answered(call: ApiCall, response: HttpResponse, keys: Keys): Promise<Attempt<ApiAnswer>> {
    const { status, headers } = response;
    const body = response.body.toString();
    const succeeded = outcomeOf(status) === 'success';
    const reason = succeeded ? '' : refusalText(body, Object.values(keys));
    const answer = { status, json: jsonIn(body), reason };
    if (succeeded || call.expected?.(answer)) return { done: answer };
    const place = placeOf({ method: call.method, url: origin + call.path });
    const problem = withReason(`Datadog answered ${status} to ${place}`, reason);
    if (status === CONFLICT) return { failed: conflict(problem) };
    switch (outcomeOf(status)) {
      case 'retry':
        return {
          failed: unavailable(problem),
          retryAfterMs: status === 429 ? resetMs(headers['x-ratelimit-reset']) : undefined,
        };
      case 'credential':
        throw await blameForRefusal({ transport, origin, deadline, apiKey, appKey }, keys, {
          ...call,
          place,
          reason,
        });
      default:
        throw new ContentError('datadog-refused', problem, adviceOn(status));
    }
  }

  async function untilDone<T>(next: () => Promise<Attempt<T>>): Promise<T> {
    try {
      return await withRetries(next, { clock, random, deadline, doing: 'waiting for Datadog' });
    } catch (error) {
      throw error instanceof OutOfTime
        ? new ContentError(
            'datadog-rate-limited',
            'Datadog limits the rate of calls, and the limit does not reset before the function runs out of time.',
            'Deploy again in a few minutes: the deployment continues with what is already installed.',
          )
        : error;
    }
  }

  return { attempt, untilDone, repeatable: (call) => untilDone(() => attempt(call)) };
}
