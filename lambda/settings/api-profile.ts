import * as z from 'zod/mini';
import type { Stream } from '../contract.ts';
import { RANGE_SLACK_SECONDS } from '../limits.ts';
import { type endpointSchema, overridesShape, type paginationSchema } from './api-profile-schema.ts';

/**
 * The API profile: everything about Valence's API that its public sources do not state, in one value. Valence's API reference is
 * open to its customers only, so a user can correct any part of it without touching code.
 */

type Auth = NonNullable<z.output<typeof endpointSchema>['auth']>;

/** How the API key is sent: in a header, or as a query parameter. */
export type AuthProfile = ({ header: string; scheme: string | null } | { query: string }) & {
  exchange: NonNullable<Auth['exchange']> | null;
};

/** How one kind of record is asked for: the resolved profile holds one for each. */
export type EndpointProfile = Required<Omit<z.output<typeof endpointSchema>, 'pagination' | 'auth'>> & {
  pagination: Required<z.output<typeof paginationSchema>>;
  auth: AuthProfile;
};

/** The profile in force: the defaults with the user's values merged over them. */
export interface ApiProfile {
  /** Dotted paths of the fields that identify an alert. */
  alertKey: readonly string[];
  alerts: EndpointProfile;
  auditLogs: EndpointProfile;
  /** Null when the API has no list of alert types. */
  alertTypes: EndpointProfile | null;
}

const ENDPOINTS = ['alerts', 'auditLogs', 'alertTypes'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

/** The endpoint that lists the records of a stream. */
export const ENDPOINT_OF = {
  alerts: 'alerts',
  'audit-logs': 'auditLogs',
} as const satisfies Record<Stream, EndpointName>;

type Overrides = z.output<typeof overridesShape>;

const DEFAULT_HEADER = 'Authorization';
const DEFAULT_SCHEME = 'Bearer';

/** The default profile. None of it could be verified against Valence's own reference. */
export const DEFAULT_API_PROFILE = {
  alertKey: ['vuid'],
  alerts: { path: '/api/v1/alerts', pageSize: 100, timeFilter: 'creation' },
  auditLogs: { path: '/api/v1/audit-logs', pageSize: 1000, timeFilter: 'creation' },
  alertTypes: { path: '/api/v1/alert-types', pageSize: null, timeFilter: 'creation' },
  method: 'GET',
  auth: { header: DEFAULT_HEADER, scheme: DEFAULT_SCHEME, exchange: null },
  headers: {},
  params: {},
  itemsPath: 'items',
  itemPath: null,
  itemsMayBeAbsent: false,
  emptyStatuses: [],
  totalPath: null,
  fromParam: 'from',
  toParam: 'to',
  rangeTemplate: null,
  maxRangeSeconds: null,
  timeUnit: 's',
  pageSizeParam: 'limit',
  volatileFields: [],
  unorderedFields: ['connectorUids'],
  pagination: {
    style: 'cursor',
    nextCursorPath: 'nextCursor',
    cursorParam: 'cursor',
    cursorField: null,
    cursorAlone: false,
    endCursors: [],
    hasMorePath: null,
    nextUrlPath: 'next',
    offsetParam: 'offset',
    pageParam: 'page',
    firstPage: 1,
    maxOffset: null,
  },
} satisfies Overrides;

/** The keys that hold for every endpoint. */
function sharedBy({ alerts: _, auditLogs: _a, alertTypes: _t, alertKey: _k, ...shared }: Overrides) {
  return shared;
}

function resolveAuth({ header = DEFAULT_HEADER, scheme, query, exchange = null }: Auth): AuthProfile {
  if (query !== undefined) return { query, exchange };
  return { header, scheme: scheme === undefined ? DEFAULT_SCHEME : scheme, exchange };
}

/** Default, then the user's value for all endpoints, then the user's value for this one: the later wins. */
function resolveEndpoint(name: EndpointName, overrides: Overrides): EndpointProfile {
  const common = sharedBy(DEFAULT_API_PROFILE) as Required<ReturnType<typeof sharedBy>>;
  const shared = sharedBy(overrides);
  const own = overrides[name] ?? {};
  return {
    ...common,
    ...DEFAULT_API_PROFILE[name],
    ...shared,
    ...own,
    auth: resolveAuth(own.auth ?? shared.auth ?? DEFAULT_API_PROFILE.auth),
    pagination: { ...DEFAULT_API_PROFILE.pagination, ...shared.pagination, ...own.pagination },
  };
}

function merge(overrides: Overrides): ApiProfile {
  return {
    alertKey: overrides.alertKey ?? DEFAULT_API_PROFILE.alertKey,
    alerts: resolveEndpoint('alerts', overrides),
    auditLogs: resolveEndpoint('auditLogs', overrides),
    alertTypes: overrides.alertTypes === null ? null : resolveEndpoint('alertTypes', overrides),
  };
}

/** How often the page size of an endpoint can be halved. Where there are no pages, a smaller one would cut the list. */
export const pageHalvingsOf = ({ pageSize, pageSizeParam, pagination }: EndpointProfile): number =>
  pageSize === null || pageSizeParam === null || pagination.style === 'none'
    ? 0
    : Math.floor(Math.log2(pageSize));

/** An endpoint with its page size halved so many times; one that has none stays as it is. */
export function withHalvedPages(endpoint: EndpointProfile, times: number): EndpointProfile {
  const halvings = Math.min(times, pageHalvingsOf(endpoint));
  return halvings === 0
    ? endpoint
    : { ...endpoint, pageSize: Math.floor((endpoint.pageSize ?? 1) / 2 ** halvings) };
}

/** An endpoint whose pages have at most so many records; one without a page size stays as it is. */
export const withPagesUpTo = (endpoint: EndpointProfile, records: number): EndpointProfile =>
  pageHalvingsOf(endpoint) === 0
    ? endpoint
    : { ...endpoint, pageSize: Math.min(endpoint.pageSize ?? records, records) };

/** Whether a request for a range can end it: without that, a shorter range does not shorten the list. */
export const isBoundedAbove = ({ toParam, rangeTemplate }: EndpointProfile): boolean =>
  rangeTemplate ? rangeTemplate.value.includes('{to}') : toParam !== null;

/** The longest slice whose request stays within the longest range; undefined for no limit. */
export const maxSliceSecondsOf = ({ maxRangeSeconds }: EndpointProfile): number | undefined =>
  maxRangeSeconds === null ? undefined : maxRangeSeconds - 2 * RANGE_SLACK_SECONDS;

/**
 * What identifies a record of a stream.
 * @returns dotted paths: fields that identify it, fields that do not count as content, and lists whose order does not count
 */
export function identityRulesOf(profile: ApiProfile, stream: Stream) {
  const { volatileFields, unorderedFields } = profile[ENDPOINT_OF[stream]];
  return { alertKey: stream === 'alerts' ? profile.alertKey : [], volatileFields, unorderedFields };
}

/** What the core has to know of the lists of a stream. */
export function listSettingsOf(profile: ApiProfile, stream: Stream) {
  const endpoint = profile[ENDPOINT_OF[stream]];
  return {
    identityRules: identityRulesOf(profile, stream),
    timeFilter: endpoint.timeFilter,
    boundedAbove: isBoundedAbove(endpoint),
    maxSliceSeconds: maxSliceSecondsOf(endpoint),
    pageHalvings: pageHalvingsOf(endpoint),
  };
}

/** The profile key that names the parameter of a pagination style, for the styles that have one. */
export const PAGING_KEYS = { cursor: 'cursorParam', offset: 'offsetParam', page: 'pageParam' } as const;

/** The parameters that an endpoint sends, each with the profile key that names it. */
function sentParameters({ pagination, ...profile }: EndpointProfile): [key: string, name: string | null][] {
  const { style } = pagination;
  const range: [string, string | null][] = profile.rangeTemplate
    ? [['rangeTemplate', profile.rangeTemplate.name]]
    : [
        ['fromParam', profile.fromParam],
        ['toParam', profile.toParam],
      ];
  return [
    ...Object.keys(profile.params).map((name): [string, string] => ['params', name]),
    ...range,
    ['pageSizeParam', profile.pageSizeParam],
    ['pagination', style in PAGING_KEYS ? pagination[PAGING_KEYS[style as keyof typeof PAGING_KEYS]] : null],
    ['auth', 'query' in profile.auth ? profile.auth.query : null],
  ];
}

/**
 * Parameters of a body, whose dots nest, that would replace one another: then other requests would be sent than the fixed values and
 * what a tool shows of them say.
 */
function overwritten(profile: EndpointProfile): [key: string, problem: string][] {
  const sent = sentParameters(profile).filter(
    (parameter): parameter is [string, string] => parameter[1] !== null,
  );
  return sent.flatMap(([key, name]) =>
    sent
      .filter(([, outer]) => name.startsWith(`${outer}.`))
      .map(([other]): [string, string] => [
        key,
        `is inside of the parameter that ${other} names, and one would replace the other`,
      ]),
  );
}

/** What is wrong between the keys of one endpoint, each with the key that it is about. */
function contradictions(profile: EndpointProfile): [key: string, problem: string][] {
  const problems: [string, string][] = [];
  const seen = new Map<string, string>();
  for (const [key, name] of sentParameters(profile)) {
    if (name === null) continue;
    const other = seen.get(name);
    // One parameter with two meanings would ask for a wrong range without any error.
    if (other) problems.push([key, `uses the query parameter that ${other} names`]);
    seen.set(name, key);
  }
  const { method, pagination } = profile;
  if (method === 'POST') problems.push(...overwritten(profile));
  if (method === 'POST' && (pagination.style === 'link' || pagination.style === 'url')) {
    problems.push(['method', `cannot be POST with the pagination style ${pagination.style}`]);
  }
  const depth = depthProblem(profile);
  return depth === undefined ? problems : [...problems, ['pagination.maxOffset', depth]];
}

function depthProblem({ pageSize, pageSizeParam, pagination }: EndpointProfile): string | undefined {
  const { style, maxOffset } = pagination;
  if (maxOffset === null) return undefined;
  if (style !== 'offset' && style !== 'page') {
    return `is only for the pagination styles offset and page, not for ${style}`;
  }
  return pageSizeParam !== null && pageSize !== null && maxOffset < 2 * pageSize
    ? `is less than twice the pageSize (${pageSize}), so no list could be read to its end`
    : undefined;
}

/**
 * What a user may set: any part of the profile. A key outside the endpoints holds for all of them; the same key inside an
 * endpoint wins. Unknown keys are refused.
 */
export const apiProfileOverrides = overridesShape.check(
  z.superRefine((overrides, context) => {
    const profile = merge(overrides);
    for (const name of ENDPOINTS) {
      const endpoint = profile[name];
      if (!endpoint) continue;
      for (const [key, message] of contradictions(endpoint)) {
        context.addIssue({ code: 'custom', path: [name, key], message });
      }
    }
  }),
);

/**
 * The profile in force.
 * @param overrides what the user gave; undefined for nothing
 * @throws {z.core.$ZodError} when it is not a valid part of a profile; each issue's path is the key
 */
export const resolveApiProfile = (overrides: unknown): ApiProfile =>
  merge(apiProfileOverrides.parse(overrides ?? {}));
