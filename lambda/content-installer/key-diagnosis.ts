import { KEY_CHECK_TIMEOUT_MS, MAX_KEY_CHECK_BYTES } from '../limits.ts';
import type { ApiKey } from '../shared/api-key.ts';
import type { Deadline } from '../shared/clock.ts';
import { isDatadogKeyValid } from '../shared/datadog-key-check.ts';
import { CredentialError, SinkError } from '../shared/errors.ts';
import { HttpFailure, type HttpRequest, type Transport } from '../shared/http.ts';
import { isObject, isReported } from '../shared/json.ts';
import { outcomeOf } from '../shared/outcome.ts';
import { APPLICATION_KEY_SCOPES } from './kinds.ts';
import { jsonIn, refusalText } from './refusal.ts';

export interface KeyDiagnosisOptions {
  transport: Transport;
  /** Origin of the site's API. */
  origin: string;
  deadline: Deadline;
  apiKey: ApiKey;
  appKey: ApiKey;
}

/** A call that was refused with 401 or 403. */
export interface RefusedCall {
  method: HttpRequest['method'];
  path: string;
  /** Permission that the call needs. */
  scope: string;
  /** Method, host and path in words. */
  place: string;
  /** Datadog's reason; may be empty. */
  reason: string;
}

/** No object that the installer changes is larger. */
const MAX_OBJECT_BYTES = 2_000_000;

/**
 * An allowlist of addresses refuses every call, that which checks the keys included. A reason may quote the name of an object, so a
 * single word says nothing.
 */
const NAMES_ALLOWLIST = /\bip[ -](?:address|(?:is )?(?:not )?allow)/i;

/** An object may be restricted to roles, or to teams and users by a policy. */
const NAMES_RESTRICTION = /restrict|\blocked\b/i;

/**
 * Why Datadog refused a call: it answers 403 alike to a wrong key, to a key without the permission, to an address that is not
 * on the allowlist, and to an object that only some may edit.
 * Source: Datadog API reference, "Validate API key" (v1) and "Validate API and application keys" (v2).
 * @param keys the two keys that were refused
 */
export async function blameForRefusal(
  { transport, origin, deadline, apiKey, appKey }: KeyDiagnosisOptions,
  keys: { api: string; app: string },
  { method, path, scope, place, reason }: RefusedCall,
): Promise<CredentialError> {
  const refused = `Datadog refused ${place}`;
  const quoted = (why: string) => (why ? ` Datadog's reason: ${why}` : '');

  const get = (at: string, maxResponseBytes: number) =>
    transport({
      method: 'GET',
      url: origin + at,
      headers: { 'DD-API-KEY': keys.api, 'DD-APPLICATION-KEY': keys.app, accept: 'application/json' },
      timeoutMs: Math.min(KEY_CHECK_TIMEOUT_MS, Math.max(1, deadline.left())),
      maxResponseBytes,
    });

  /** Whether only some roles may edit the object of the call. */
  async function hasRestrictedRoles(): Promise<boolean> {
    if (method !== 'PUT' && method !== 'DELETE') return false;
    const { status, body } = await get(path, MAX_OBJECT_BYTES);
    const object = outcomeOf(status) === 'success' ? jsonIn(body.toString()) : undefined;
    return isObject(object) && isReported(object['restricted_roles']);
  }

  const outsideAllowlist = (why: string) =>
    new CredentialError(
      'datadog-address-refused',
      `${refused}: the address that the call came from is not on the IP allowlist of the organisation.${quoted(why)}`,
      'Add the address of the NAT gateway or proxy to the list (Datadog: Organization Settings > IP Allowlist). A function without a network of its own (vpcId) has no fixed address.',
    );

  if (NAMES_ALLOWLIST.test(reason)) return outsideAllowlist(reason);
  try {
    const { status, body } = await get('/api/v2/validate_keys', MAX_KEY_CHECK_BYTES);
    if (outcomeOf(status) === 'success') {
      return NAMES_RESTRICTION.test(reason) || (await hasRestrictedRoles())
        ? new CredentialError(
            'datadog-object-restricted',
            `${refused}: both keys are valid, but only some users or roles may edit this object.${quoted(reason)}`,
            'Let the owner of the application key edit it (Datadog: Permissions, in the menu of the object), or remove the restriction.',
          )
        : new CredentialError(
            'datadog-scope-missing',
            `${refused}: both keys are valid, but the application key lacks the permission ${scope}.${quoted(reason)}`,
            `Give the application key the scopes ${APPLICATION_KEY_SCOPES.join(', ')} (Datadog: Organization Settings > Application Keys), and its owner a role that has them.`,
          );
    }
    if (outcomeOf(status) === 'credential') {
      const why = refusalText(body.toString(), [keys.api, keys.app]);
      if (NAMES_ALLOWLIST.test(why)) return outsideAllowlist(why);
      return (await isDatadogKeyValid(transport, { origin, key: keys.api, deadline }))
        ? new CredentialError(
            'datadog-app-key-refused',
            `${refused}: the API key is valid, but the application key is not.${quoted(reason)}`,
            `${appKey.fix}. Both keys must be of the same organisation.`,
          )
        : new CredentialError(
            'datadog-api-key-refused',
            `${refused}: the API key is not valid on this site (datadogSite); it may belong to another one.${quoted(reason)}`,
            apiKey.fix,
          );
    }
  } catch (error) {
    if (!(error instanceof HttpFailure || error instanceof SinkError)) throw error;
  }
  return new CredentialError(
    'datadog-keys-refused',
    `${refused}.${quoted(reason)}`,
    `${apiKey.fix}. ${appKey.fix}.`,
  );
}
