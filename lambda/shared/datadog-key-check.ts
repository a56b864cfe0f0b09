import { KEY_CHECK_TIMEOUT_MS, MAX_KEY_CHECK_BYTES } from '../limits.ts';
import type { Deadline } from './clock.ts';
import { SinkError } from './errors.ts';
import { HttpFailure, type HttpRequest, placeOf, type Transport } from './http.ts';
import { withoutEndSlashes } from './origin.ts';
import { outcomeOf } from './outcome.ts';

/**
 * Whether Datadog knows an API key; nothing is sent.
 * Source: Datadog API reference, "Validate API key".
 * @param origin of the site's API, see {@link apiOrigin}
 * @throws {SinkError} when there is neither a yes nor a no
 */
export async function isDatadogKeyValid(
  transport: Transport,
  { origin, key, deadline }: { origin: string; key: string; deadline: Deadline },
): Promise<boolean> {
  const request: HttpRequest = {
    method: 'GET',
    url: `${withoutEndSlashes(origin)}/api/v1/validate`,
    headers: { 'DD-API-KEY': key, accept: 'application/json' },
    timeoutMs: Math.min(KEY_CHECK_TIMEOUT_MS, Math.max(1, deadline.left())),
    maxResponseBytes: MAX_KEY_CHECK_BYTES,
  };
  const fix = 'Check the site (DATADOG_SITE), and DATADOG_API_URL when it is set.';
  const { status } = await transport(request).catch((error: unknown) => {
    throw error instanceof HttpFailure ? new SinkError('datadog-unreachable', error.message, fix) : error;
  });
  const outcome = outcomeOf(status);
  if (outcome === 'success') return true;
  if (outcome === 'credential') return false;
  throw new SinkError('datadog-unexpected-answer', `Datadog answered ${status} to ${placeOf(request)}.`, fix);
}
