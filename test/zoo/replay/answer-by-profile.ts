import { TIME_FIELD } from '../../../lambda/forwarder/core/records/time.ts';
import type { EndpointProfile } from '../../../lambda/settings/api-profile.ts';
import { valueAt } from '../../../lambda/shared/dotted-path.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import type { ListFacts } from '../../../tools/doctor/report/list-facts.ts';
import type { Shape } from '../../../tools/doctor/report/shape.ts';
import { BAD_REQUEST } from '../../../tools/stand-ins/valence/apis/answers.ts';
import type { ApiAnswer } from '../../../tools/stand-ins/valence/apis/api.ts';
import type { ListRequest } from '../../../tools/stand-ins/valence/apis/list-request.ts';
import { fillerOf, timeOfKind } from './filler.ts';

/** Serves a list as a profile describes it, with the behaviour that a report describes. */

interface Understood {
  profile: EndpointProfile;
  facts: ListFacts;
}

const SECONDS_PER_UNIT: Partial<Record<EndpointProfile['timeUnit'], number>> = { s: 1, ms: 1e3, us: 1e6 };

/** The value of a parameter: of the query, or of a JSON body. */
function parameter(list: ListRequest, { method }: EndpointProfile, name: string): string | undefined {
  if (method !== 'POST') return list.text(name);
  const value = valueAt(list.json, name);
  return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
}

function secondsIn(text: string | undefined, { timeUnit }: EndpointProfile): number | undefined {
  if (text === undefined) return undefined;
  const factor = SECONDS_PER_UNIT[timeUnit];
  return factor === undefined ? Date.parse(text) / 1000 : Number(text) / factor;
}

/** The range of a request in epoch seconds. */
function rangeIn(list: ListRequest, profile: EndpointProfile): Bounds {
  const { rangeTemplate, fromParam, toParam, pagination } = profile;
  const cursor = pagination.cursorAlone ? parameter(list, profile, pagination.cursorParam) : undefined;
  // Such a cursor carries the range.
  if (cursor !== undefined) return (JSON.parse(cursor) as AloneCursor).range;
  if (!rangeTemplate) {
    const bound = (name: string | null) =>
      name === null ? undefined : secondsIn(parameter(list, profile, name), profile);
    return { from: bound(fromParam), to: bound(toParam) };
  }
  const pattern = rangeTemplate.value
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace('{from}', '(?<from>\\S+)')
    .replace('{to}', '(?<to>\\S+)')
    .replaceAll('{from}', '\\S+')
    .replaceAll('{to}', '\\S+');
  const found = new RegExp(`^${pattern}$`).exec(parameter(list, profile, rangeTemplate.name) ?? '');
  return { from: secondsIn(found?.groups?.['from'], profile), to: secondsIn(found?.groups?.['to'], profile) };
}

/** Puts a value at a dotted path. */
function put(target: JsonObject, path: string, value: unknown): JsonObject {
  const [key = '', ...rest] = path.split('.');
  const inner = isObject(target[key]) ? target[key] : {};
  return { ...target, [key]: rest.length === 0 ? value : put(inner, rest.join('.'), value) };
}

interface Bounds {
  from?: number | undefined;
  to?: number | undefined;
}

interface AloneCursor {
  at: number;
  range: Bounds;
}

const CURSOR_PREFIX = 'at-';

/** The cursor of the page that begins after so many records. */
const cursorTo = (at: number, range: Bounds, { pagination }: EndpointProfile): string =>
  pagination.cursorAlone ? JSON.stringify({ at, range } satisfies AloneCursor) : `${CURSOR_PREFIX}${at}`;

const END: Readonly<Record<ListFacts['end'], unknown>> = {
  null: null,
  absent: undefined,
  'empty-text': '',
  false: false,
  value: undefined,
};

const CONTINUATION = 'continue';

/** Where a page begins: the number of records before it. */
function startOf(list: ListRequest, { profile }: Understood, ids: readonly unknown[], size: number): number {
  const { style, cursorParam, cursorField, cursorAlone, offsetParam, pageParam, firstPage } =
    profile.pagination;
  const value = (name: string) => parameter(list, profile, name);
  switch (style) {
    case 'cursor': {
      const cursor = value(cursorParam);
      if (cursor === undefined) return 0;
      if (cursorAlone) return (JSON.parse(cursor) as AloneCursor).at;
      return cursorField === null
        ? Number(cursor.replace(CURSOR_PREFIX, ''))
        : ids.findIndex((id) => String(id) === cursor) + 1;
    }
    case 'offset':
      return Number(value(offsetParam) ?? 0);
    case 'page':
      return (Number(value(pageParam) ?? firstPage) - firstPage) * size;
    case 'link':
    case 'url':
      return list.number(CONTINUATION) ?? 0;
    case 'none':
      return 0;
  }
}

/** A record with the fields and the kind of time that were reported. */
function dressed(list: ListRequest, record: JsonObject, { facts, profile }: Understood): JsonObject {
  const fields = isObject(facts.record) && 'object' in facts.record ? facts.record.object : {};
  const filler = fillerOf({ object: fields }, list.timeOf(record)) as JsonObject;
  const { cursorField } = profile.pagination;
  const id = cursorField === null ? {} : put({}, cursorField, `id-${list.all.indexOf(record)}`);
  const result = { ...filler, ...record, ...id };
  if (list.kind === 'alert-types') return result;
  const field = TIME_FIELD[list.kind];
  const shape: Shape | undefined = fields[field];
  if (typeof shape === 'object') return { ...result, [field]: { seconds: list.timeOf(record), nanos: 0 } };
  const [kind = ''] = (shape ?? '').split('|');
  return { ...result, [field]: timeOfKind(kind, list.timeOf(record)) ?? record[field] };
}

function emptyAnswer({ facts, profile }: Understood, body: JsonObject): ApiAnswer {
  const { empty } = facts;
  if (empty && (empty.status === 204 || (profile.emptyStatuses as number[]).includes(empty.status))) {
    return { status: empty.status };
  }
  return profile.itemsMayBeAbsent ? { body: {} } : { body };
}

const isCursorWithOthers = (list: ListRequest, profile: EndpointProfile): boolean =>
  parameter(list, profile, profile.pagination.cursorParam) !== undefined &&
  profile.fromParam !== null &&
  parameter(list, profile, profile.fromParam) !== undefined;

/** The answer of an API that works as the profile says. */
export function answerByProfile(list: ListRequest, understood: Understood): ApiAnswer {
  const { profile, facts } = understood;
  const { from, to } = rangeIn(list, profile);
  const { maxRangeSeconds, pageSizeParam, pagination, itemsPath, itemPath } = profile;
  if (maxRangeSeconds !== null && from !== undefined && (to ?? list.now) - from > maxRangeSeconds) {
    return BAD_REQUEST;
  }
  if (pagination.cursorAlone && isCursorWithOthers(list, profile)) return BAD_REQUEST;
  const asked = list.between(from, to);
  if (facts.order === 'descending') asked.reverse();
  const ids = asked.map((record) => `id-${list.all.indexOf(record)}`);
  const wanted = Number((pageSizeParam && parameter(list, profile, pageSizeParam)) ?? facts.largestPage);
  const size = Math.max(1, Math.min(wanted || facts.largestPage, facts.largestPage));
  const start = startOf(list, understood, ids, size);
  if (Number.isNaN(start)) return BAD_REQUEST;
  const records = asked.slice(start, start + size).map((record) => dressed(list, record, understood));
  const next = start + size < asked.length ? start + size : undefined;
  const elements = itemPath === null ? records : records.map((record) => put({}, itemPath, record));
  if (itemsPath === '') return withLink(list, understood, elements, next, asked.length);
  let body = put({}, itemsPath, elements);
  const set = (path: string, value: unknown) => {
    if (value !== undefined && !path.startsWith('header:')) body = put(body, path, value);
  };
  if (pagination.style === 'cursor' && pagination.cursorField === null) {
    const isEndless = facts.end === 'value' && pagination.endCursors.length === 0;
    const end = isEndless
      ? // Where the end is said elsewhere, the last cursor must not be what ends the list.
        cursorTo(pagination.hasMorePath === null ? start + records.length : 0, { from, to }, profile)
      : (pagination.endCursors[0] ?? END[facts.end]);
    set(pagination.nextCursorPath, next === undefined ? end : cursorTo(next, { from, to }, profile));
  }
  if (pagination.style === 'url') {
    set(pagination.nextUrlPath, next === undefined ? END[facts.end] : linkTo(list, next));
  }
  if (pagination.hasMorePath !== null) set(pagination.hasMorePath, next !== undefined);
  if (profile.totalPath !== null) set(profile.totalPath, asked.length);
  if (records.length === 0) return emptyAnswer(understood, body);
  return withLink(list, understood, body, next, asked.length);
}

function linkTo({ request }: ListRequest, next: number): string {
  const query = new URLSearchParams(request.query);
  query.set(CONTINUATION, String(next));
  return `${request.path}?${query}`;
}

/** The answer with what its headers say. */
function withLink(
  list: ListRequest,
  { profile }: Understood,
  body: unknown,
  next: number | undefined,
  total: number,
): ApiAnswer {
  const { pagination, totalPath } = profile;
  const headers: Record<string, string> = {};
  const [, cursorHeader] = /^header:(.+)$/.exec(pagination.nextCursorPath) ?? [];
  const [, totalHeader] = /^header:(.+)$/.exec(totalPath ?? '') ?? [];
  if (totalHeader) headers[totalHeader] = String(total);
  if (next !== undefined && cursorHeader && pagination.style === 'cursor') {
    headers[cursorHeader] = `${CURSOR_PREFIX}${next}`;
  }
  if (next !== undefined && pagination.style === 'link')
    headers['link'] = `<${linkTo(list, next)}>; rel="next"`;
  return { headers, body };
}
