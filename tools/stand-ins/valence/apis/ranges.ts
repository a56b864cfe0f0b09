import { BAD_REQUEST, cursorPage, isList, json, paged, secondsOf, usual } from './answers.ts';
import type { ZooApi } from './api.ts';
import { LIST_PATHS, objectOf, openapiOf } from './descriptions.ts';

const isDate = (text: string | undefined, pattern: RegExp): boolean =>
  text === undefined || pattern.test(text);

const WITH_MILLISECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** APIs that want the range in another way. */
export const RANGES: readonly ZooApi[] = [
  // --- units and names ---
  {
    name: 'milliseconds',
    about: 'Takes the range in milliseconds, and answers seconds with 400.',
    answer: (list) => {
      const [from, to] = [list.number('from'), list.number('to')];
      if (from !== undefined && from > 0 && from < 1e11) return BAD_REQUEST;
      return paged(list, from && from / 1000, to && to / 1000);
    },
    withDefault: { code: 'source-status' },
    profile: { timeUnit: 'ms' },
  },
  {
    name: 'silent-milliseconds',
    about: 'Takes the range in milliseconds, and shows nothing to seconds.',
    answer: (list) => {
      const [from, to] = [list.number('from'), list.number('to')];
      return paged(list, from && from / 1000, to && to / 1000);
    },
    withDefault: { code: 'source-range', names: 'timeUnit' },
    profile: { timeUnit: 'ms' },
  },
  {
    name: 'microseconds',
    about: 'Takes the range in microseconds as startTime and endTime.',
    answer: (list) => {
      const [from, to] = [list.number('startTime'), list.number('endTime')];
      return paged(list, from && from / 1e6, to && to / 1e6);
    },
    // It ignores the parameters that it does not know, and so shows everything to every range.
    withDefault: 'everything',
    profile: { fromParam: 'startTime', toParam: 'endTime', timeUnit: 'us' },
  },
  {
    name: 'iso-dates',
    about: 'Takes the range as since and until, as dates without a fraction.',
    answer: (list) => {
      const [since, until] = [list.text('since'), list.text('until')];
      if (list.text('from') !== undefined || since?.includes('.')) return { status: 422, body: {} };
      return paged(list, secondsOf(since), secondsOf(until));
    },
    withDefault: { code: 'source-status' },
    profile: { fromParam: 'since', toParam: 'until', timeUnit: 'iso-seconds' },
  },
  {
    name: 'iso-milliseconds',
    about: 'Takes the range as dates with milliseconds, and requires it.',
    answer: (list) => {
      const [from, to] = [list.text('start_date'), list.text('end_date')];
      if (isList(list) && (!from || !to)) {
        return { status: 400, body: { message: 'start_date and end_date are required' } };
      }
      if (!isDate(from, WITH_MILLISECONDS) || !isDate(to, WITH_MILLISECONDS)) return BAD_REQUEST;
      return paged(list, secondsOf(from), secondsOf(to));
    },
    withDefault: { code: 'source-status' },
    profile: { fromParam: 'start_date', toParam: 'end_date', timeUnit: 'iso' },
  },
  {
    name: 'bracket-bounds',
    about: 'Takes the range as bounds of the time field, as Stripe does.',
    answer: (list) => {
      const field = list.kind === 'alerts' ? 'creationTimestamp' : 'timeEpoch';
      return paged(list, list.number(`${field}[gte]`), list.number(`${field}[lte]`));
    },
    withDefault: 'everything',
    profile: {
      alerts: { fromParam: 'creationTimestamp[gte]', toParam: 'creationTimestamp[lte]' },
      auditLogs: { fromParam: 'timeEpoch[gte]', toParam: 'timeEpoch[lte]' },
    },
  },
  {
    name: 'no-upper-bound',
    about: 'Knows no end of a range.',
    answer: (list) => paged(list, list.number('from'), undefined),
    withDefault: 'everything',
    profile: { toParam: null },
  },
  {
    name: 'strict-parameters',
    about: 'Answers a parameter that it does not know with 400.',
    answer: (list) =>
      [...list.request.query.keys()].every((name) => ['after', 'before', 'per_page', 'cursor'].includes(name))
        ? json(
            cursorPage(
              list.between(list.number('after'), list.number('before')),
              list.number('cursor') ?? 0,
              Math.min(40, list.number('per_page') ?? 40),
            ),
          )
        : BAD_REQUEST,
    withDefault: { code: 'source-status' },
    profile: { fromParam: 'after', toParam: 'before', pageSizeParam: 'per_page' },
  },

  // --- filters ---
  {
    name: 'odata',
    about: 'Takes the range as one filter expression, which only its description shows.',
    answer: (list) => {
      const [, from, to] = /^time ge (\d+) and time le (\d+)$/.exec(list.text('$filter') ?? '') ?? [];
      if (isList(list) && (!from || !to)) return BAD_REQUEST;
      return paged(list, Number(from), Number(to));
    },
    withDefault: { code: 'source-status' },
    profile: { rangeTemplate: { name: '$filter', value: 'time ge {from} and time le {to}' } },
    openapi: openapiOf({
      paths: LIST_PATHS,
      parameters: [
        { name: '$filter', example: 'time ge 1700000000 and time le 1700003600' },
        'limit',
        'cursor',
      ],
    }),
  },
  {
    name: 'odata-by-field',
    about: 'Takes the range as a filter of the time field, and ignores all other parameters of a range.',
    answer: (list) => {
      const field = list.kind === 'alerts' ? 'creationTimestamp' : 'timeEpoch';
      const pattern = new RegExp(`^${field} ge (\\d+) and ${field} le (\\d+)$`);
      const [, from, to] = pattern.exec(list.text('$filter') ?? '') ?? [];
      return paged(list, from ? Number(from) : undefined, to ? Number(to) : undefined);
    },
    withDefault: 'everything',
    profile: {
      alerts: {
        rangeTemplate: {
          name: '$filter',
          value: 'creationTimestamp ge {from} and creationTimestamp le {to}',
        },
      },
      auditLogs: {
        rangeTemplate: { name: '$filter', value: 'timeEpoch ge {from} and timeEpoch le {to}' },
      },
    },
  },
  {
    name: 'post-search',
    about: 'Is searched by POST, with a nested range and numbers as numbers.',
    method: 'POST',
    answer: (list) => {
      const { range = {}, limit, cursor = 0 } = list.json as Search;
      const within = list.between(range.from, range.to);
      const { items, nextCursor } = cursorPage(within, Number(cursor), limit ?? 100);
      return json({ items, nextCursor: nextCursor === null ? null : Number(nextCursor) });
    },
    withDefault: { code: 'source-status', names: 'path' },
    profile: { method: 'POST', fromParam: 'range.from', toParam: 'range.to' },
    openapi: openapiOf({
      paths: LIST_PATHS,
      body: objectOf({
        range: objectOf({ from: { type: 'integer' }, to: { type: 'integer' } }),
        limit: { type: 'integer' },
        cursor: { type: 'integer' },
      }),
    }),
  },
  {
    name: 'post-filters',
    about: 'Is searched by POST at paths of its own, with nested filters, dates and offsets.',
    paths: {
      alerts: '/graph/alerts/search',
      'audit-logs': '/graph/audit-logs/search',
      'alert-types': '/graph/alert-types/search',
    },
    method: 'POST',
    answer: (list) => {
      const { filter = {}, page = {} } = list.json as FilteredSearch;
      const { gte, lte } = filter.time ?? {};
      const within = list.between(secondsOf(gte), secondsOf(lte));
      return json({ results: within.slice(page.skip ?? 0).slice(0, Math.min(30, page.top ?? 30)) });
    },
    withDefault: { code: 'source-status', names: 'path' },
    profile: {
      method: 'POST',
      alerts: { path: '/graph/alerts/search' },
      auditLogs: { path: '/graph/audit-logs/search' },
      alertTypes: { path: '/graph/alert-types/search' },
      itemsPath: 'results',
      fromParam: 'filter.time.gte',
      toParam: 'filter.time.lte',
      timeUnit: 'iso',
      pageSizeParam: 'page.top',
      pagination: { style: 'offset', offsetParam: 'page.skip' },
    },
    openapi: openapiOf({
      paths: {
        alerts: '/graph/alerts/search',
        'audit-logs': '/graph/audit-logs/search',
        'alert-types': '/graph/alert-types/search',
      },
      body: objectOf({
        filter: objectOf({
          time: objectOf({
            gte: { type: 'string', format: 'date-time' },
            lte: { type: 'string', format: 'date-time' },
          }),
        }),
        page: objectOf({ skip: { type: 'integer' }, top: { type: 'integer' } }),
      }),
      answer: (records) => objectOf({ results: { type: 'array', items: records } }),
    }),
  },

  // --- length ---
  {
    name: 'short-ranges',
    about: 'Refuses ranges over half an hour with 400.',
    answer: (list) => {
      const length = (list.number('to') ?? 0) - (list.number('from') ?? 0);
      return isList(list) && length > 1800 ? BAD_REQUEST : json(usual(list));
    },
    withDefault: 'everything',
    profile: { maxRangeSeconds: 1800 },
  },
  {
    name: 'hour-ranges',
    about: 'Requires a range, and refuses one over an hour with 422.',
    answer: (list) => {
      const [from, to] = [list.number('from'), list.number('to')];
      const isRefused = from === undefined || to === undefined || to - from > 3600;
      return isList(list) && isRefused ? { status: 422, body: {} } : json(usual(list));
    },
    withDefault: 'everything',
    profile: { maxRangeSeconds: 3600 },
  },
];

interface Search {
  range?: { from?: number; to?: number };
  limit?: number;
  cursor?: number;
}

interface FilteredSearch {
  filter?: { time?: { gte?: string; lte?: string } };
  page?: { skip?: number; top?: number };
}
