import { stringify } from 'lossless-json';
import { RANGE_SLACK_SECONDS } from '../../limits.ts';
import type { EndpointProfile } from '../../settings/api-profile.ts';
import { ConfigError } from '../../shared/errors.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { withoutEndSlashes } from '../../shared/origin.ts';
import { headerNameProblem, headerValueProblem } from '../../shared/request-headers.ts';
import type { Range } from '../core/ports.ts';
import { fingerprintOf } from '../core/records/identity.ts';

/** One request of a scan. The key is added when it is sent. */
export interface PageRequest {
  url: URL;
  /** With POST, the JSON body that carries the parameters. */
  body?: JsonObject;
}

/**
 * Identifies a request within a scan: two requests with the same identity ask for the same page. A digest, because a scan keeps those of
 * thousands of pages.
 */
export const identityOf = ({ url, body }: PageRequest): string =>
  fingerprintOf(body ? `${url.href} ${stringify(body)}` : url.href);

/** What a request looks like on the wire. */
export interface SignedRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body?: Uint8Array;
}

/** @throws {ConfigError} for a header that the profile must not set; no value is shown */
function assertHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerNameProblem(name) ?? headerValueProblem(value);
    if (problem) throw new ConfigError([`VALENCE_API_PROFILE: the header "${name}" ${problem}`]);
  }
}

/**
 * The request with the API key in it.
 * @param key the key, or the token that it was exchanged for
 * @throws {ConfigError} for a header that the profile must not set: not every profile was read from a setting
 */
export function signed(
  { url, body }: PageRequest,
  { auth, headers }: Pick<EndpointProfile, 'auth' | 'headers'>,
  key: string,
): SignedRequest {
  const inQuery = 'query' in auth;
  const fixed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const sent: Record<string, string> = {
    accept: 'application/json',
    ...Object.fromEntries(fixed),
    ...(!inQuery && { [auth.header.toLowerCase()]: auth.scheme === null ? key : `${auth.scheme} ${key}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  assertHeaders(sent);
  return {
    method: body ? 'POST' : 'GET',
    url: inQuery ? withParameter({ url }, auth.query, key).url.href : url.href,
    headers: sent,
    ...(body && { body: Buffer.from(stringify(body) ?? '') }),
  };
}

/** The value of a parameter, as it was set. */
export function parameterOf({ url, body }: PageRequest, name: string): unknown {
  if (!body) return url.searchParams.get(name);
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      body,
    );
}

/**
 * The request with a parameter set: in the query, or with POST in the body, where dots nest it.
 * @param value goes into a body as it is, and into a query as text: JSON where it is no text
 */
export function withParameter({ url, body }: PageRequest, name: string, value: unknown): PageRequest {
  if (body) return { url, body: nested(body, name.split('.'), value) };
  const next = new URL(url);
  next.searchParams.set(name, queryText(value));
  return { url: next };
}

const queryText = (value: unknown): string => (typeof value === 'string' ? value : (stringify(value) ?? ''));

function nested(object: JsonObject, [key = '', ...rest]: readonly string[], value: unknown): JsonObject {
  const inner = Object.hasOwn(object, key) && isObject(object[key]) ? object[key] : {};
  return { ...object, [key]: rest.length === 0 ? value : nested(inner, rest, value) };
}

function timeOf(seconds: number, unit: EndpointProfile['timeUnit']): string | number {
  switch (unit) {
    case 's':
      return seconds;
    case 'ms':
      return seconds * 1000;
    case 'us':
      return seconds * 1_000_000;
    case 'iso':
      return new Date(seconds * 1000).toISOString();
    case 'iso-seconds':
      return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }
}

/**
 * The request for the first page of a list.
 * @param origin scheme and host, and the prefix of all paths when there is one
 * @param range undefined for a list that has no times
 */
export function firstRequest(
  origin: string,
  profile: EndpointProfile,
  range: Range | undefined,
): PageRequest {
  const {
    method,
    path,
    params,
    fromParam,
    toParam,
    rangeTemplate,
    timeUnit,
    pageSizeParam,
    pageSize,
    pagination,
  } = profile;
  const url = new URL(withoutEndSlashes(origin) + path);
  let request: PageRequest = method === 'POST' ? { url, body: {} } : { url };
  const set = (name: string | null, value: string | number | boolean) => {
    if (name !== null) request = withParameter(request, name, value);
  };
  for (const [name, value] of Object.entries(params)) set(name, value);
  if (range) {
    const from = timeOf(Math.max(0, range.from - RANGE_SLACK_SECONDS), timeUnit);
    const to = timeOf(range.to + RANGE_SLACK_SECONDS, timeUnit);
    if (rangeTemplate) {
      set(
        rangeTemplate.name,
        rangeTemplate.value.replaceAll('{from}', `${from}`).replaceAll('{to}', `${to}`),
      );
    } else {
      set(fromParam, from);
      set(toParam, to);
    }
  }
  if (pageSize !== null) set(pageSizeParam, pageSize);
  if (pagination.style === 'offset') set(pagination.offsetParam, 0);
  if (pagination.style === 'page') set(pagination.pageParam, pagination.firstPage);
  return request;
}
