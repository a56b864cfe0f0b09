import type { Stream } from '../../../lambda/contract.ts';

import { TIME_FIELD } from '../../../lambda/forwarder/core/records/time.ts';
import {
  type ApiProfile,
  type EndpointProfile,
  resolveApiProfile,
} from '../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import {
  json,
  type StandIn,
  type StandInOptions,
  type StandInRequest,
  type StandInResponse,
  serve,
} from '../http-server.ts';
import { type Bounds, type RecordOrder, type RecordShelf, recordShelf } from './record-shelf.ts';

export interface ValenceApiOptions extends StandInOptions {
  /** The one bearer key that is accepted. */
  apiKey: string;
  /** Paths, parameter names and pagination that are served; the default profile when left out. */
  profile?: ApiProfile;
  /** `ascending` when left out. */
  order?: RecordOrder;
  /** `[]` when left out. */
  bounds?: Bounds;
  /** Most records in one page, whatever was asked for; 1000 when left out. */
  maxPageSize?: number;
}

/** A Valence Security API that holds the records given to it. */
export interface ValenceApi extends StandIn {
  readonly alerts: RecordShelf;
  readonly auditLogs: RecordShelf;
  readonly alertTypes: RecordShelf;
  /** The same shelves by stream. */
  shelf(stream: Stream): RecordShelf;
  /** The key that is accepted now; assign it to rotate the key. */
  apiKey: string;
  /** What the `Date` header says, in epoch milliseconds; `null` for no header. The machine's clock to begin with. */
  clock: () => number | null;
}

const DEFAULT_MAX_PAGE_SIZE = 1000;

/** A query the API cannot make sense of. */
class BadQuery extends Error {}

function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d+$/.test(text)) throw new BadQuery(`not a whole number: ${text}`);
  return Number(text);
}

/** A time of the query in epoch seconds. */
function queryTime(
  query: URLSearchParams,
  name: string | null,
  unit: EndpointProfile['timeUnit'],
  otherwise: number,
): number {
  const text = name === null ? null : query.get(name);
  if (text === null) return otherwise;
  if (unit !== 'iso') return wholeNumber(text, otherwise) / (unit === 'ms' ? 1000 : 1);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new BadQuery(`not a date: ${text}`);
  return time / 1000;
}

const encodeCursor = (skip: number) => Buffer.from(`skip:${skip}`).toString('base64url');

function decodeCursor(cursor: string | null): number {
  if (cursor === null) return 0;
  const [, skip] = /^skip:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (skip === undefined) throw new BadQuery('not a cursor of this API');
  return Number(skip);
}

/** The parameter in which this API's own `Link` targets carry the place of the next page. */
const LINK_CURSOR_PARAM = 'after';

/** How many records come before the page that is asked for. */
function skipped(query: URLSearchParams, size: number, { style, ...names }: EndpointProfile['pagination']) {
  switch (style) {
    case 'cursor':
      return decodeCursor(query.get(names.cursorParam));
    case 'offset':
      return wholeNumber(query.get(names.offsetParam), 0);
    case 'page':
      return (wholeNumber(query.get(names.pageParam), names.firstPage) - names.firstPage) * size;
    case 'link':
      return decodeCursor(query.get(LINK_CURSOR_PARAM));
    case 'none':
      return 0;
  }
}

/** Puts a value at a dotted path; what stands beside it stays. */
function put(body: JsonObject, path: string, value: unknown): JsonObject {
  const [key = '', ...rest] = path.split('.');
  const inner = (body[key] ?? {}) as JsonObject;
  return { ...body, [key]: rest.length === 0 ? value : put(inner, rest.join('.'), value) };
}

/** One page of `records`, in the form that the profile describes. */
function page(
  records: JsonObject[],
  { query, path, headers }: StandInRequest,
  { itemsPath, pageSizeParam, pagination }: EndpointProfile,
  maxPageSize: number,
): StandInResponse {
  const asked = wholeNumber(pageSizeParam === null ? null : query.get(pageSizeParam), maxPageSize);
  const size = Math.min(asked, maxPageSize);
  const skip = skipped(query, size, pagination);
  const items = records.slice(skip, skip + size);
  const next = skip + size < records.length ? encodeCursor(skip + size) : undefined;
  const { style, nextCursorPath } = pagination;
  const responseHeaders: Record<string, string> = {};
  if (style === 'link' && next) {
    const target = new URLSearchParams([...query].filter(([name]) => name !== LINK_CURSOR_PARAM));
    target.set(LINK_CURSOR_PARAM, next);
    responseHeaders['link'] = `<http://${headers.host}${path}?${target}>; rel="next"`;
  }
  const list = itemsPath === '' ? items : put({}, itemsPath, items);
  const body =
    style === 'cursor' && itemsPath !== '' ? put(list as JsonObject, nextCursorPath, next ?? null) : list;
  return json(200, body, responseHeaders);
}

/** Starts a Valence Security API on a free port of 127.0.0.1, serving the given API profile. */
export async function startValenceApi(options: ValenceApiOptions): Promise<ValenceApi> {
  const { profile = resolveApiProfile({}), order = 'ascending', bounds = '[]' } = options;
  const maxPageSize = options.maxPageSize ?? DEFAULT_MAX_PAGE_SIZE;
  const alerts = recordShelf(TIME_FIELD.alerts, order, bounds);
  const auditLogs = recordShelf(TIME_FIELD['audit-logs'], order, bounds);
  // Types have no time: a field that no type has files them as undated, which shows them always.
  const alertTypes = recordShelf('', order, bounds);

  const inRange = (shelf: RecordShelf, query: URLSearchParams, endpoint: EndpointProfile) =>
    shelf.find(
      queryTime(query, endpoint.fromParam, endpoint.timeUnit, Number.NEGATIVE_INFINITY),
      queryTime(query, endpoint.toParam, endpoint.timeUnit, Number.POSITIVE_INFINITY),
    );

  const answer = (request: StandInRequest): StandInResponse => {
    if (request.headers.authorization !== `Bearer ${api.apiKey}`) {
      return json(401, { error: 'Unauthorized' });
    }
    const { path, query } = request;
    if (request.method === 'GET') {
      if (path === profile.alerts.path) {
        return page(inRange(alerts, query, profile.alerts), request, profile.alerts, maxPageSize);
      }
      if (path === profile.auditLogs.path) {
        return page(inRange(auditLogs, query, profile.auditLogs), request, profile.auditLogs, maxPageSize);
      }
      if (path === profile.alertTypes.path) {
        return page(alertTypes.all(), request, profile.alertTypes, maxPageSize);
      }
    }
    return json(404, { error: 'Not found' });
  };

  const handle = (request: StandInRequest): StandInResponse => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof BadQuery) return json(400, { error: error.message });
      throw error;
    }
  };

  const standIn = await serve((request) => {
    const response = handle(request);
    const now = api.clock();
    const date = now === null ? undefined : new Date(now).toUTCString();
    return { ...response, headers: { ...response.headers, date } };
  }, options);
  const api: ValenceApi = Object.assign(standIn, {
    alerts,
    auditLogs,
    alertTypes,
    shelf: (stream: Stream) => (stream === 'alerts' ? alerts : auditLogs),
    apiKey: options.apiKey,
    clock: () => Date.now() as number | null,
  });
  return api;
}
