import {
  type ApiProfile,
  apiProfileOverrides,
  type EndpointName,
  type EndpointProfile,
  resolveApiProfile,
} from '../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import { shellWord } from '../../lambda/shared/shell.ts';

/** The profile that a user should write, from the profiles that fit: as little of it as possible. */

/** Keys that mean nothing for a list without times. */
const RANGE_KEYS: ReadonlySet<string> = new Set([
  'fromParam',
  'toParam',
  'rangeTemplate',
  'maxRangeSeconds',
  'timeUnit',
  'emptyStatuses',
  'itemsMayBeAbsent',
]);

/** Keys that an endpoint alone can have. */
const OWN_KEYS: ReadonlySet<string> = new Set(['path', 'pageSize', 'timeFilter']);

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** An endpoint's keys, those of its pagination with a prefix. */
const flat = ({ pagination, ...profile }: EndpointProfile): Map<string, unknown> =>
  new Map([
    ...Object.entries(profile),
    ...Object.entries(pagination).map(([key, value]): [string, unknown] => [`pagination.${key}`, value]),
  ]);

/** What of a way to send the key is not the default. */
function shortAuth(auth: EndpointProfile['auth']): JsonObject {
  const { exchange, ...way } = auth;
  const own: JsonObject =
    'query' in way
      ? { query: way.query }
      : {
          ...(way.header !== 'Authorization' && { header: way.header }),
          ...(way.scheme !== 'Bearer' && { scheme: way.scheme }),
        };
  if (!exchange) return own;
  const { expiresInPath, ...needed } = exchange;
  return { ...own, exchange: expiresInPath === null ? needed : exchange };
}

function set(target: JsonObject, key: string, value: unknown): void {
  const [outer = '', inner] = key.split('.');
  if (inner === undefined) {
    target[key] = key === 'auth' ? shortAuth(value as EndpointProfile['auth']) : value;
    return;
  }
  target[outer] = { ...(isObject(target[outer]) ? target[outer] : {}), [inner]: value };
}

const ENDPOINTS = ['alerts', 'auditLogs', 'alertTypes'] as const satisfies readonly EndpointName[];

/**
 * The smallest `valenceApi` that resolves to a profile. What all endpoints share is written once.
 * @throws {z.ZodError} when the profile contradicts itself
 */
export function overridesOf(profile: ApiProfile): JsonObject {
  const usual = resolveApiProfile({});
  const found = new Map(
    ENDPOINTS.flatMap((name): [EndpointName, Map<string, unknown>][] => {
      const own = profile[name];
      return own ? [[name, flat(own)]] : [];
    }),
  );
  const result: JsonObject = {};
  const isShared = (key: string, value: unknown) =>
    !OWN_KEYS.has(key) &&
    [...found].every(
      ([name, values]) => isEqual(values.get(key), value) || (name === 'alertTypes' && RANGE_KEYS.has(key)),
    );
  for (const [name, values] of found) {
    const defaults = flat(usual[name] as EndpointProfile);
    const own: JsonObject = {};
    for (const [key, value] of values) {
      if (isEqual(value, defaults.get(key))) continue;
      if (name === 'alertTypes' && RANGE_KEYS.has(key)) continue;
      set(isShared(key, value) ? result : own, key, value);
    }
    if (Object.keys(own).length > 0) result[name] = own;
  }
  if (!isEqual(profile.alertKey, usual.alertKey)) result['alertKey'] = [...profile.alertKey];
  if (profile.alertTypes === null) result['alertTypes'] = null;
  apiProfileOverrides.parse(result);
  return result;
}

/**
 * The `valenceApi` that fits, or undefined when the profile in force does.
 * @param inForce the profile that was compared
 * @param found the profiles that were tried, by endpoint; the others stay as they are in force
 */
export function proposedValenceApi(inForce: ApiProfile, found: Partial<ApiProfile>): JsonObject | undefined {
  const profile = { ...inForce, ...found };
  const proposal = overridesOf(profile);
  return isEqual(proposal, overridesOf(inForce)) ? undefined : proposal;
}

/** A proposal, and where to write it. */
export const proposalText = (proposal: JsonObject): string =>
  `The profile that fits. Write it to "context" in cdk.json, then run npx cdk deploy --all:

  "valenceApi": ${JSON.stringify(proposal, null, 2).replaceAll('\n', '\n  ')}

For a local run: VALENCE_API_PROFILE=${shellWord(JSON.stringify(proposal))}`;
