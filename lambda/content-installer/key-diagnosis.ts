import { KEY_CHECK_TIMEOUT_MS, MAX_KEY_CHECK_BYTES } from '../limits.ts';
import type { ApiKey } from '../shared/api-key.ts';
import type { Deadline } from '../shared/clock.ts';
import { isDatadogKeyValid } from '../shared/datadog-key-check.ts';
import { CredentialError, SinkError } from '../shared/errors.ts';
import { HttpFailure, type Transport } from '../shared/http.ts';
import { outcomeOf } from '../shared/outcome.ts';
import { APPLICATION_KEY_SCOPES } from './kinds.ts';

export interface KeyDiagnosisOptions {
  transport: Transport;
  /** Origin of the site's API. */
  origin: string;
  deadline: Deadline;
  apiKey: ApiKey;
  appKey: ApiKey;
}

/**
 * Why Datadog refused a call: it answers 403 alike to a wrong key and to a key without the permission.
 * Source: Datadog API reference, "Validate API key" (v1) and "Validate API and application keys" (v2).
 * @param keys the two keys that were refused
 * @param scope the permission that the call needs
 * @param place method, host and path of the call
 */
export async function blameForRefusal(
  { transport, origin, deadline, apiKey, appKey }: KeyDiagnosisOptions,
  keys: { api: string; app: string },
  scope: string,
  place: string,
): Promise<CredentialError> {
  const refused = `Datadog refused ${place}`;
  const looked = { origin, key: keys.api, deadline };
  try {
    const { status } = await transport({
      method: 'GET',
      url: `${origin}/api/v2/validate_keys`,
      headers: { 'DD-API-KEY': keys.api, 'DD-APPLICATION-KEY': keys.app, accept: 'application/json' },
      timeoutMs: Math.min(KEY_CHECK_TIMEOUT_MS, Math.max(1, deadline.left())),
      maxResponseBytes: MAX_KEY_CHECK_BYTES,
    });
    if (outcomeOf(status) === 'success') {
      return new CredentialError(
        'datadog-scope-missing',
        `${refused}: both keys are valid, but the application key lacks the permission ${scope}.`,
        `Give the application key the scopes ${APPLICATION_KEY_SCOPES.join(', ')} (Datadog: Organization Settings > Application Keys), and its owner a role that has them.`,
      );
    }
    if (outcomeOf(status) === 'credential') {
      return (await isDatadogKeyValid(transport, looked))
        ? new CredentialError(
            'datadog-app-key-refused',
            `${refused}: the API key is valid, but the application key is not.`,
            `${appKey.fix}. Both keys must be of the same organisation.`,
          )
        : new CredentialError(
            'datadog-api-key-refused',
            `${refused}: the API key is not valid on this site (datadogSite); it may belong to another one.`,
            apiKey.fix,
          );
    }
  } catch (error) {
    if (!(error instanceof HttpFailure || error instanceof SinkError)) throw error;
  }
  return new CredentialError('datadog-keys-refused', `${refused}.`, `${apiKey.fix}. ${appKey.fix}.`);
}
