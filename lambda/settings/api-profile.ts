import * as z from 'zod';
import { strictObject } from './readers.ts';

/**
 * The API profile: everything about Valence's API that its public sources do not tell, in one value. Valence's API
 * reference is open to its customers only, so a user can correct any part of it without touching code.
 */

const text = () => z.string({ error: 'is not text' }).min(1, { error: 'is empty' });

/** A query parameter's name; `null` switches the parameter off. */
const parameter = () => text().nullable();

/** Keys of an object, separated by dots. */
const dottedPath = () =>
  z
    .string({ error: 'is not text' })
    .regex(/^[^.]+(\.[^.]+)*$/, { error: 'is not a dotted path such as data.items' });

const path = () =>
  z
    .string({ error: 'is not text' })
    .regex(/^\/[^#\s]*$/, { error: 'is not a path: it starts with / and holds neither # nor spaces' });

export const PAGINATION_STYLES = ['cursor', 'offset', 'page', 'link', 'none'] as const;
const TIME_UNITS = ['s', 'ms', 'iso'] as const;

const pagination = strictObject({
  style: z.enum(PAGINATION_STYLES, { error: `is not one of ${PAGINATION_STYLES.join(', ')}` }),
  /** Where the body holds the next page's cursor (`cursor`). */
  nextCursorPath: dottedPath(),
  /** The parameter that takes it (`cursor`). */
  cursorParam: text(),
  /** The parameter that takes the number of items to skip (`offset`). */
  offsetParam: text(),
  /** The parameter that takes the number of the page (`page`). */
  pageParam: text(),
  /** Number of the first page (`page`). */
  firstPage: z.int({ error: 'is not a whole number' }).min(0, { error: 'is negative' }),
});

const request = {
  /** Where the body holds the list of records; empty when the body itself is the list. */
  itemsPath: z.string({ error: 'is not text' }).regex(/^([^.]+(\.[^.]+)*)?$/, {
    error: 'is neither empty nor a dotted path such as data.items',
  }),
  /** Start of the time range. */
  fromParam: parameter(),
  /** End of the time range. */
  toParam: parameter(),
  /** How a time is written in the query: epoch seconds, epoch milliseconds, or ISO 8601 in UTC. */
  timeUnit: z.enum(TIME_UNITS, { error: `is not one of ${TIME_UNITS.join(', ')}` }),
  pageSizeParam: parameter(),
  pagination: pagination.partial(),
};

const endpoint = strictObject({
  path: path(),
  /** Records asked for in one page; `null` leaves it to the server. */
  pageSize: z
    .int({ error: 'is not a whole number' })
    .min(1, { error: 'is less than 1' })
    .max(100_000, { error: 'is more than 100000' })
    .nullable(),
  ...request,
}).partial();

/** How one kind of record is asked for: the resolved profile holds one for each. */
export type EndpointProfile = Required<Omit<z.output<typeof endpoint>, 'pagination'>> & {
  pagination: Required<z.output<typeof pagination>>;
};

/** The profile in force: the defaults with the user's values merged over them. */
export interface ApiProfile {
  alerts: EndpointProfile;
  auditLogs: EndpointProfile;
  alertTypes: EndpointProfile;
  /** Dotted paths of an alert that do not count as a change of it. */
  volatileFields: readonly string[];
}

const ENDPOINTS = ['alerts', 'auditLogs', 'alertTypes'] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

const overridesShape = strictObject({
  alerts: endpoint,
  auditLogs: endpoint,
  alertTypes: endpoint,
  ...request,
  volatileFields: z.array(dottedPath(), { error: 'is not a list of dotted paths' }),
}).partial();

type Overrides = z.output<typeof overridesShape>;

/** The default profile. None of it could be verified against Valence's own reference. */
const DEFAULT_API_PROFILE = {
  alerts: { path: '/api/v1/alerts', pageSize: 100 },
  auditLogs: { path: '/api/v1/audit-logs', pageSize: 1000 },
  alertTypes: { path: '/api/v1/alert-types', pageSize: null },
  itemsPath: 'items',
  fromParam: 'from',
  toParam: 'to',
  timeUnit: 's',
  pageSizeParam: 'limit',
  pagination: {
    style: 'cursor',
    nextCursorPath: 'nextCursor',
    cursorParam: 'cursor',
    offsetParam: 'offset',
    pageParam: 'page',
    firstPage: 1,
  },
  volatileFields: [],
} satisfies Overrides;

/** The keys that hold for every endpoint. */
const sharedBy = ({ alerts, auditLogs, alertTypes, volatileFields, ...shared }: Overrides) => shared;

/** Default, then the user's value for all endpoints, then the user's value for this one: the later wins. */
function resolveEndpoint(name: EndpointName, overrides: Overrides): EndpointProfile {
  const { alerts, auditLogs, alertTypes, volatileFields, ...common } = DEFAULT_API_PROFILE;
  const shared = sharedBy(overrides);
  const own = overrides[name];
  return {
    ...common,
    ...DEFAULT_API_PROFILE[name],
    ...shared,
    ...own,
    pagination: { ...common.pagination, ...shared.pagination, ...own?.pagination },
  };
}

function merge(overrides: Overrides): ApiProfile {
  return {
    alerts: resolveEndpoint('alerts', overrides),
    auditLogs: resolveEndpoint('auditLogs', overrides),
    alertTypes: resolveEndpoint('alertTypes', overrides),
    volatileFields: overrides.volatileFields ?? DEFAULT_API_PROFILE.volatileFields,
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

/** The query parameters that an endpoint sends, each with the profile key that names it. */
function sentParameters({ pagination, ...profile }: EndpointProfile): [key: string, name: string | null][] {
  const paging = {
    cursor: 'cursorParam',
    offset: 'offsetParam',
    page: 'pageParam',
    link: undefined,
    none: undefined,
  } as const;
  const key = paging[pagination.style];
  return [
    ['fromParam', profile.fromParam],
    ['toParam', profile.toParam],
    ['pageSizeParam', profile.pageSizeParam],
    ['pagination', key ? pagination[key] : null],
  ];
}

/**
 * What a user may give: any part of the profile. The keys beside the endpoints hold for all of them and may also stand
 * inside one, where they win. Unknown keys are refused.
 */
export const apiProfileOverrides = overridesShape.superRefine((overrides, context) => {
  const profile = merge(overrides);
  for (const name of ENDPOINTS) {
    const seen = new Map<string, string>();
    for (const [key, parameterName] of sentParameters(profile[name])) {
      if (parameterName === null) continue;
      const other = seen.get(parameterName);
      // One parameter with two meanings would ask for a wrong range without anybody noticing.
      if (other) {
        context.addIssue({
          code: 'custom',
          path: [name, key],
          message: `uses the query parameter that ${other} names`,
        });
      }
      seen.set(parameterName, key);
    }
  }
});

/**
 * The profile in force.
 * @param overrides what the user gave; undefined for nothing
 * @throws {z.ZodError} when it is not a valid part of a profile; each issue's path is the key
 */
export const resolveApiProfile = (overrides: unknown): ApiProfile =>
  merge(apiProfileOverrides.parse(overrides ?? {}));
