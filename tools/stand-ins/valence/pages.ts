import type { EndpointProfile } from '../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { json, type StandInRequest, type StandInResponse } from '../http-server.ts';

/** Reads the query of a request for a list and answers with one page of it, in the form that an API profile describes. */

/** A query that the API answers with 400. */
export class BadQuery extends Error {}

function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d+$/.test(text)) throw new BadQuery(`not a whole number: ${text}`);
  return Number(text);
}

/** A time of the query in epoch seconds. */
export function queryTime(
  query: URLSearchParams,
  name: string | null,
  unit: EndpointProfile['timeUnit'],
  otherwise: number,
): number {
  const text = name === null ? null : query.get(name);
  if (text === null) return otherwise;
  const perSecond = UNITS_PER_SECOND[unit];
  if (perSecond !== undefined) return wholeNumber(text, otherwise) / perSecond;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new BadQuery(`not a date: ${text}`);
  return time / 1000;
}

/** Times in other units are dates. */
const UNITS_PER_SECOND: Partial<Record<EndpointProfile['timeUnit'], number>> = { s: 1, ms: 1e3, us: 1e6 };

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
    case 'url':
      return decodeCursor(query.get(LINK_CURSOR_PARAM));
    case 'none':
      return 0;
  }
}

/** Puts a value at a dotted path; other fields stay as they are. */
function put(body: JsonObject, path: string, value: unknown): JsonObject {
  const [key = '', ...rest] = path.split('.');
  const inner = (body[key] ?? {}) as JsonObject;
  return { ...body, [key]: rest.length === 0 ? value : put(inner, rest.join('.'), value) };
}

/** One page of `records`, in the form that the profile describes. */
export function page(
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
  const { style, nextCursorPath, nextUrlPath } = pagination;
  const responseHeaders: Record<string, string> = {};
  const target = new URLSearchParams([...query].filter(([name]) => name !== LINK_CURSOR_PARAM));
  if (next) target.set(LINK_CURSOR_PARAM, next);
  if (style === 'link' && next) {
    responseHeaders['link'] = `<http://${headers.host}${path}?${target}>; rel="next"`;
  }
  if (itemsPath === '') return json(200, items, responseHeaders);
  const list = put({}, itemsPath, items);
  switch (style) {
    case 'cursor':
      return json(200, put(list, nextCursorPath, next ?? null));
    case 'url':
      return json(200, put(list, nextUrlPath, next ? `${path}?${target}` : null));
    default:
      return json(200, list, responseHeaders);
  }
}
