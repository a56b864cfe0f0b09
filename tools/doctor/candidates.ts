import { TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import type { AuthProfile, EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { STREAM_OF } from './probe.ts';

/** What APIs commonly call things, the most common first. Source: the public references of some forty security products. */

export const PATH_PREFIXES = [
  '/api/v1',
  '/api/v2',
  '/api',
  '/v1',
  '/v2',
  '',
  '/api/v3',
  '/public/v1',
  '/api/public/v1',
  '/public-api/v1',
  '/rest/v1',
];

/** The prefixes that are tried with less common names. */
export const COMMON_PREFIXES = PATH_PREFIXES.slice(0, 4);

export const PATH_NAMES: Readonly<Record<EndpointName, readonly string[]>> = {
  alerts: ['alerts'],
  auditLogs: ['audit-logs', 'audit_logs', 'auditLogs', 'audit'],
  alertTypes: ['alert-types', 'alert_types', 'alertTypes', 'alerts/types'],
};

/** Ways to send a key. Those that put it into a URL come last, because servers log URLs. */
export const AUTHS: readonly AuthProfile[] = [
  { header: 'Authorization', scheme: 'Bearer', exchange: null },
  { header: 'x-api-key', scheme: null, exchange: null },
  { header: 'Authorization', scheme: 'Token', exchange: null },
  { header: 'Authorization', scheme: null, exchange: null },
  { header: 'Authorization', scheme: 'ApiKey', exchange: null },
  { header: 'Authorization', scheme: 'Api-Key', exchange: null },
  { header: 'api-key', scheme: null, exchange: null },
  { header: 'x-auth-token', scheme: null, exchange: null },
  { header: 'apikey', scheme: null, exchange: null },
  { query: 'api_key', exchange: null },
  { query: 'apikey', exchange: null },
  { query: 'key', exchange: null },
  { query: 'token', exchange: null },
  { query: 'access_token', exchange: null },
];

/** Names of the two parameters of a range. */
type Bounds = readonly [from: string, to: string];

const PAIRS: readonly Bounds[] = [
  ['from', 'to'],
  ['since', 'until'],
  ['start', 'end'],
  ['startTime', 'endTime'],
  ['start_time', 'end_time'],
  ['after', 'before'],
  ['startDate', 'endDate'],
  ['start_date', 'end_date'],
  ['fromTime', 'toTime'],
  ['from_time', 'to_time'],
  ['fromDate', 'toDate'],
  ['from_date', 'to_date'],
  ['filter[from]', 'filter[to]'],
  ['startTimestamp', 'endTimestamp'],
  ['createdAfter', 'createdBefore'],
  ['created_after', 'created_before'],
];

/** Bounds of the time field of an endpoint's own records. */
const boundsOf = (field: string): readonly Bounds[] => [
  [`${field}[gte]`, `${field}[lte]`],
  [`${field}_gte`, `${field}_lte`],
  [`${field}__gte`, `${field}__lte`],
];

export function rangePairs(endpoint: EndpointName): readonly Bounds[] {
  const stream = STREAM_OF[endpoint];
  return stream ? [...PAIRS, ...boundsOf(TIME_FIELD[stream])] : PAIRS;
}

type Template = NonNullable<EndpointProfile['rangeTemplate']>;

export function rangeTemplates(endpoint: EndpointName): readonly Template[] {
  const stream = STREAM_OF[endpoint];
  return stream ? templatesOf(TIME_FIELD[stream]) : [];
}

/** Whether a template is one of those that the doctor tries anyway, of whatever field. */
export function isKnownTemplate(template: Template): boolean {
  const [field = ''] = /^\w[\w.]{0,99}/.exec(template.value) ?? [];
  return templatesOf(field).some(({ name, value }) => name === template.name && value === template.value);
}

function templatesOf(field: string): readonly Template[] {
  const odata = `${field} ge {from} and ${field} le {to}`;
  const compared = `${field}>={from} AND ${field}<={to}`;
  const lucene = `${field}:[{from} TO {to}]`;
  return [
    { name: '$filter', value: odata },
    { name: 'filter', value: odata },
    { name: 'filter', value: compared },
    { name: 'query', value: compared },
    { name: 'query', value: lucene },
    { name: 'q', value: lucene },
  ];
}

export const UNITS: readonly EndpointProfile['timeUnit'][] = ['s', 'iso', 'ms', 'iso-seconds', 'us'];

export const PAGE_SIZE_NAMES = [
  'limit',
  'pageSize',
  'page_size',
  'per_page',
  'perPage',
  'size',
  'count',
  '$top',
  'top',
  'maxResults',
  'max_results',
  'page[size]',
];

export const CURSOR_PARAMS = [
  'cursor',
  'pageToken',
  'nextToken',
  'page_token',
  'next',
  'after',
  'nextCursor',
  'token',
  'continuationToken',
  'scroll_id',
];

export const LAST_RECORD_PARAMS = [
  'after',
  'cursor',
  'starting_after',
  'after_id',
  'since_id',
  'lastId',
  'last_id',
  'startAfter',
  'marker',
];

export const OFFSET_NAMES = ['offset', 'skip', '$skip', 'start', 'page[offset]'];
export const PAGE_NAMES = ['page', 'pageNumber', 'page_number', 'pageIndex', 'page[number]'];

/** What a list of records is commonly called. */
export const LIST_NAMES = ['items', 'data', 'results', 'records', 'value', 'entries', 'rows', 'content'];
