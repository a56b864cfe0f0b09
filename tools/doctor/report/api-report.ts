import type { EndpointName, EndpointProfile } from '../../../lambda/settings/api-profile.ts';
import type { HttpRequest, HttpResponse } from '../../../lambda/shared/http.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { parseJsonText, UNBOUNDED } from '../../../lambda/shared/json-text.ts';
import { VERSION } from '../../../lambda/shared/version.ts';
import { isKnownTemplate } from '../candidates.ts';
import type { Finding } from '../finding.ts';
import type { Exchange } from '../metered-transport.ts';
import type { ProbedEndpoint } from '../probe-endpoint.ts';
import { type ListFacts, listFacts } from './list-facts.ts';
import { kindOf, type Shape, shapeOf } from './shape.ts';

/**
 * What the doctor saw of an API, for an issue report: shapes, statuses, paging and timing. Never a value of a record, a name of a
 * person, a key, a host, or the value of a header or parameter.
 */

export interface ApiReport {
  /** Of the report's format. */
  format: 1;
  /** Of the forwarder. */
  version: string;
  endpoints: ReportedEndpoint[];
}

export interface ReportedEndpoint {
  endpoint: EndpointName;
  findings: Pick<Finding, 'name' | 'level'>[];
  /** Whether an hour was read to its end with the profile. */
  isTried: boolean;
  /** The profile that fits as far as it was found out; null when the API has no such list. */
  profile: EndpointProfile | null;
  facts: ListFacts | null;
  requests: { finding: number; reading: number };
  exchanges: ReportedExchange[];
}

export interface ReportedExchange {
  method: string;
  path: string;
  /** Names of parameters with the kinds of their values. */
  parameters: Readonly<Record<string, string>>;
  /** Null when there was no answer. */
  status: number | null;
  /** Names of the headers, with the kinds of their values. */
  headers: Readonly<Record<string, string>>;
  /** Of the body; `not JSON` for another one. */
  shape: Shape;
  bytes: number;
  tookMs: number;
}

/** Headers that say nothing about an API. */
const USUAL_HEADERS =
  /^(date|server|connection|keep-alive|transfer-encoding|vary|strict-transport-security|set-cookie|content-security-policy|x-frame-options|x-content-type-options|referrer-policy|etag|alt-svc|via)$/;

/** Times are rounded to so many milliseconds. */
const TIMING_STEP_MS = 10;

/** A part of a path that is no word: an id of a tenant, for example. */
const maskedPath = (path: string): string =>
  path
    .split('/')
    .map((part) => (/^([A-Za-z][A-Za-z_.-]{0,30}|v\d{1,3}(\.\d{1,2})?|)$/.test(part) ? part : '*'))
    .join('/');

const FIELD = /^[\w@$.[\]-]{1,60}$/;
const fieldName = (name: string): string => (FIELD.test(name) && !/\d{3,}/.test(name) ? name : '*');

/** The leaves of a body, by dotted path. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (!isObject(value)) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function parametersOf({ url, body }: HttpRequest): [string, unknown][] {
  const query = [...new URL(url).searchParams];
  if (!body) return query;
  try {
    return [...query, ...leaves(JSON.parse(Buffer.from(body).toString()))];
  } catch {
    return query;
  }
}

function bodyOf({ body, status }: HttpResponse): unknown {
  if (body.length === 0 || status === 204) return undefined;
  try {
    return parseJsonText(body.toString(), UNBOUNDED);
  } catch {
    return NOT_JSON;
  }
}

const NOT_JSON = Symbol('not JSON');

function exchangeOf({ request, response, bytes, tookMs }: Exchange): ReportedExchange {
  const body = response && bodyOf(response);
  return {
    method: request.method,
    path: maskedPath(new URL(request.url).pathname),
    parameters: Object.fromEntries(
      parametersOf(request).map(([name, value]) => [fieldName(name), kindOf(value)]),
    ),
    status: response?.status ?? null,
    headers: Object.fromEntries(
      Object.entries(response?.headers ?? {})
        .filter(([name]) => !USUAL_HEADERS.test(name))
        .map(([name, value]) => [
          name,
          name === 'content-type' ? (value.split(';')[0] ?? '') : kindOf(value),
        ]),
    ),
    shape: body === undefined ? 'nothing' : body === NOT_JSON ? 'not JSON' : shapeOf(body),
    bytes,
    tookMs: Math.round(tookMs / TIMING_STEP_MS) * TIMING_STEP_MS,
  };
}

const MASKED = '*';

const masked = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(values).map((name) => [fieldName(name), MASKED]));

/** A filter that an operator wrote may name a tenant or a person; the usual ones say only how a range is written. */
const maskedTemplate = (template: NonNullable<EndpointProfile['rangeTemplate']>) =>
  isKnownTemplate(template) ? template : { name: fieldName(template.name), value: MASKED };

/** A profile without what may be about the tenant: values that were chosen, and parts of paths that are no words. */
function maskedProfile(profile: EndpointProfile): EndpointProfile {
  const { auth, pagination, rangeTemplate } = profile;
  const { exchange } = auth;
  return {
    ...profile,
    path: maskedPath(profile.path.split('?')[0] ?? ''),
    headers: masked(profile.headers) as EndpointProfile['headers'],
    params: masked(profile.params) as EndpointProfile['params'],
    rangeTemplate: rangeTemplate && maskedTemplate(rangeTemplate),
    pagination: { ...pagination, endCursors: pagination.endCursors.map(() => MASKED) },
    auth: {
      ...auth,
      exchange: exchange && {
        ...exchange,
        path: maskedPath(exchange.path),
        ...(exchange.json && { json: masked(exchange.json) as typeof exchange.json }),
        ...(exchange.form && { form: masked(exchange.form) as typeof exchange.form }),
      },
    },
  };
}

/** What may be published about the endpoints of an API. */
export const apiReport = (probed: readonly ProbedEndpoint[]): ApiReport => ({
  format: 1,
  version: VERSION,
  endpoints: probed.map(({ endpoint, findings, isTried, profile, requests }) => ({
    endpoint,
    findings: findings.map(({ name, level }) => ({ name, level })),
    isTried,
    profile: profile && maskedProfile(profile),
    facts: profile && listFacts(endpoint, profile, requests.exchanges),
    requests: requests.used(),
    exchanges: requests.exchanges.map(exchangeOf),
  })),
});
