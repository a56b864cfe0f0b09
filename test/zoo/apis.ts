import { cursorPage, type ListRequest, usual, type ZooAnswer } from './list.ts';

/** An API that could be Valence's. */
export interface ZooApi {
  name: string;
  /** What is different about it, as a sentence. */
  about: string;
  answer(list: ListRequest): ZooAnswer;
  /** With the default profile: everything arrives, or the run fails with this code, naming this profile key. */
  withDefault: 'everything' | { code: string; names?: string };
  /** The profile with which everything arrives, where the default one does not do. */
  profile?: object;
}

const json = (body: unknown, more: Omit<ZooAnswer, 'body'> = {}): ZooAnswer => ({ body, ...more });

const isAuthorised = ({ request }: ListRequest, expected = 'Bearer valence-key'): boolean =>
  request.headers.authorization === expected;

const refuse = (status = 401): ZooAnswer => ({ status, body: { message: 'no' } });

const isoOf = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text) / 1000);

/** The zoo, by what the APIs differ in. Each is modelled on an API that exists, or on a bug report about a poller of one. */
export const APIS: readonly ZooApi[] = [
  // --- as assumed ---
  {
    name: 'assumed',
    about: 'Does what the default profile assumes.',
    answer: (list) => (isAuthorised(list) ? json(usual(list)) : refuse()),
    withDefault: 'everything',
  },
  {
    name: 'small-pages',
    about: 'Caps its pages at 7 records, whatever is asked for.',
    answer: (list) => json(usual(list, Math.min(7, list.limit))),
    withDefault: 'everything',
  },
  {
    name: 'newest-first',
    about: 'Lists the newest record first.',
    answer: (list) => json(cursorPage(list.asked.reverse(), list.number('cursor') ?? 0, list.limit)),
    withDefault: 'everything',
  },

  // --- empty lists ---
  {
    name: 'no-content',
    about: 'Answers an empty range with 204.',
    answer: (list) => (list.asked.length === 0 ? { status: 204 } : json(usual(list))),
    withDefault: 'everything',
  },
  {
    name: 'null-list',
    about: 'Writes null in place of an empty list.',
    answer: (list) => {
      const page = usual(list);
      return json(page.items.length === 0 ? { ...page, items: null } : page);
    },
    withDefault: 'everything',
  },
  {
    name: 'not-found-when-empty',
    about: 'Answers an empty range with 404.',
    answer: (list) => (list.asked.length === 0 ? { status: 404 } : json(usual(list))),
    withDefault: { code: 'source-status', names: 'path' },
    profile: { emptyStatuses: [404] },
  },
  {
    name: 'no-list-when-empty',
    about: 'Leaves the list out of the body when it is empty.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      return json(items.length === 0 ? { count: 0 } : { items, nextCursor });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsMayBeAbsent: true },
  },

  // --- signs of failure with a success status ---
  {
    name: 'soft-error',
    about: 'Answers every third request with 200, an error and no records.',
    answer: (() => {
      let requests = 0;
      return (list: ListRequest) =>
        requests++ % 3 === 0 && list.stream !== 'alert-types'
          ? json({ items: [], nextCursor: null, error: 'backend timed out' })
          : json(usual(list));
    })(),
    withDefault: 'everything',
  },
  {
    name: 'throttles',
    about: 'Answers every other request with 429 and X-RateLimit-Reset.',
    answer: (() => {
      let requests = 0;
      return (list: ListRequest) =>
        requests++ % 2 === 0
          ? { status: 429, headers: { 'x-ratelimit-reset': '2' }, body: {} }
          : json(usual(list));
    })(),
    withDefault: 'everything',
  },
  {
    name: 'throttles-with-403',
    about: 'Answers every other request with 403, no requests left, and when to come back.',
    answer: (() => {
      let requests = 0;
      return (list: ListRequest) =>
        requests++ % 2 === 0
          ? {
              status: 403,
              headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(list.now + 3) },
              body: {},
            }
          : json(usual(list));
    })(),
    withDefault: 'everything',
  },
  {
    name: 'breaks-off',
    about: 'Breaks every third answer off in the middle.',
    answer: (() => {
      let requests = 0;
      return (list: ListRequest) => ({ ...json(usual(list)), cut: requests++ % 3 === 0 });
    })(),
    withDefault: 'everything',
  },

  // --- where things are ---
  {
    name: 'nested',
    about: 'Holds list and cursor below other fields.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      return json({ data: { rows: items }, meta: { next: nextCursor } });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsPath: 'data.rows', pagination: { nextCursorPath: 'meta.next' } },
  },
  {
    name: 'bare-list',
    about: 'The body is the list itself, pages by offset.',
    answer: (list) => json(list.asked.slice(list.number('offset') ?? 0).slice(0, list.limit)),
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsPath: '', pagination: { style: 'offset' } },
  },
  {
    name: 'edges',
    about: 'Wraps each record, as GraphQL gateways do.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      return json({ edges: items.map((node) => ({ cursor: 'x', node })), nextCursor });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: { itemsPath: 'edges', itemPath: 'node' },
  },
  {
    name: 'other-paths',
    about: 'Answers 404 at the assumed paths.',
    answer: (list) => (list.request.path.startsWith('/v2/') ? json(usual(list)) : { status: 404 }),
    withDefault: { code: 'source-status', names: 'path' },
    profile: {
      alerts: { path: '/v2/alerts' },
      auditLogs: { path: '/v2/audit-logs' },
      alertTypes: { path: '/v2/alert-types' },
    },
  },
  {
    name: 'login-page',
    about: 'Answers the assumed paths with 200 and an HTML page.',
    answer: (list) =>
      list.request.path.startsWith('/v2/')
        ? json(usual(list))
        : { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
    withDefault: { code: 'source-not-json' },
    profile: {
      alerts: { path: '/v2/alerts' },
      auditLogs: { path: '/v2/audit-logs' },
      alertTypes: { path: '/v2/alert-types' },
    },
  },

  // --- how the key is sent ---
  {
    name: 'api-key-header',
    about: 'Takes the bare key in x-api-key.',
    answer: (list) => (list.request.headers['x-api-key'] === 'valence-key' ? json(usual(list)) : refuse()),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { header: 'x-api-key', scheme: null } },
  },
  {
    name: 'key-parameter',
    about: 'Takes the key as a parameter.',
    answer: (list) => (list.text('api_key') === 'valence-key' ? json(usual(list)) : refuse(403)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { query: 'api_key' } },
  },
  {
    name: 'token-scheme',
    about: 'Wants the scheme Token.',
    answer: (list) => (isAuthorised(list, 'Token valence-key') ? json(usual(list)) : refuse()),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { scheme: 'Token' } },
  },
  {
    name: 'needs-headers',
    about: 'Answers 400 without a header and a parameter of its own.',
    answer: (list) =>
      list.request.headers['x-org'] === 'acme' && list.text('v') === '2'
        ? json(usual(list))
        : { status: 400, body: {} },
    withDefault: { code: 'source-status' },
    profile: { headers: { 'X-Org': 'acme' }, params: { v: 2 } },
  },

  // --- how the range is asked for ---
  {
    name: 'milliseconds',
    about: 'Takes the range in milliseconds, and answers seconds with 400.',
    answer: (list) => {
      const [from, to] = [list.number('from'), list.number('to')];
      if (from !== undefined && from > 0 && from < 1e11) return { status: 400, body: {} };
      const ranged = list.between(from && from / 1000, to && to / 1000);
      return json(cursorPage(ranged, list.number('cursor') ?? 0, list.limit));
    },
    withDefault: { code: 'source-status' },
    profile: { timeUnit: 'ms' },
  },
  {
    name: 'iso-dates',
    about: 'Takes the range as since and until, as dates without a fraction.',
    answer: (list) => {
      const [since, until] = [list.text('since'), list.text('until')];
      if (list.text('from') !== undefined || since?.includes('.')) return { status: 422, body: {} };
      return json(
        cursorPage(list.between(isoOf(since), isoOf(until)), list.number('cursor') ?? 0, list.limit),
      );
    },
    withDefault: { code: 'source-status' },
    profile: { fromParam: 'since', toParam: 'until', timeUnit: 'iso-seconds' },
  },
  {
    name: 'odata',
    about: 'Takes the range as one filter expression.',
    answer: (list) => {
      const [, from, to] = /^time ge (\d+) and time le (\d+)$/.exec(list.text('$filter') ?? '') ?? [];
      if (list.stream !== 'alert-types' && (!from || !to)) return { status: 400, body: {} };
      return json(cursorPage(list.between(Number(from), Number(to)), list.number('cursor') ?? 0, list.limit));
    },
    withDefault: { code: 'source-status' },
    profile: { rangeTemplate: { name: '$filter', value: 'time ge {from} and time le {to}' } },
  },
  {
    name: 'post-search',
    about: 'Is searched by POST, with a nested range and numbers as numbers.',
    answer: (list) => {
      if (list.request.method !== 'POST') return { status: 405, body: {} };
      const {
        range = {},
        limit,
        cursor = 0,
      } = list.json as {
        range?: { from?: number; to?: number };
        limit?: number;
        cursor?: number;
      };
      const { items, nextCursor } = cursorPage(
        list.between(range.from, range.to),
        Number(cursor),
        limit ?? 100,
      );
      return json({ items, nextCursor: nextCursor === null ? null : Number(nextCursor) });
    },
    withDefault: { code: 'source-status', names: 'path' },
    profile: { method: 'POST', fromParam: 'range.from', toParam: 'range.to' },
  },

  {
    name: 'short-ranges',
    about: 'Refuses ranges over half an hour with 400.',
    answer: (list) => {
      const length = (list.number('to') ?? 0) - (list.number('from') ?? 0);
      return list.stream !== 'alert-types' && length > 1800 ? { status: 400, body: {} } : json(usual(list));
    },
    withDefault: { code: 'source-status' },
    profile: { maxRangeSeconds: 1800 },
  },

  // --- how pages follow each other ---
  {
    name: 'offset',
    about: 'Counts pages by offset and says nothing about the next one.',
    answer: (list) =>
      json({
        items: list.asked.slice(list.number('offset') ?? 0).slice(0, Math.min(20, list.limit)),
        total: list.asked.length,
      }),
    withDefault: 'everything',
    profile: { pagination: { style: 'offset' } },
  },
  {
    name: 'page-numbers',
    about: 'Counts pages from 0.',
    answer: (list) => {
      const size = Math.min(25, list.limit);
      return json({ items: list.asked.slice((list.number('page') ?? 0) * size).slice(0, size) });
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'page', firstPage: 0 } },
  },
  {
    name: 'link-header',
    about: 'Names the next page in the Link header, with the host and scheme of a proxy.',
    answer: (list) => {
      const { items, nextCursor } = usual(list, Math.min(30, list.limit));
      const query = new URLSearchParams(list.request.query);
      if (nextCursor) query.set('cursor', nextCursor);
      const link = `<https://127.0.0.1:8443${list.request.path}?${query}>; rel="next"`;
      return json({ items }, nextCursor ? { headers: { link } } : {});
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'link' } },
  },
  {
    name: 'next-url',
    about: 'Names the URL of the next page in the body.',
    answer: (list) => {
      const { items, nextCursor } = usual(list, Math.min(30, list.limit));
      const query = new URLSearchParams(list.request.query);
      if (nextCursor) query.set('cursor', nextCursor);
      return json({ items, links: { next: nextCursor && `?${query}` } });
    },
    withDefault: 'everything',
    profile: { pagination: { style: 'url', nextUrlPath: 'links.next' } },
  },
  {
    name: 'header-cursor',
    about: 'Hands the cursor out in a header.',
    answer: (list) => {
      const { items, nextCursor } = usual(list, Math.min(30, list.limit));
      return json({ items }, nextCursor ? { headers: { 'x-next': nextCursor } } : {});
    },
    withDefault: 'everything',
    profile: { pagination: { nextCursorPath: 'header:X-Next' } },
  },
  {
    name: 'cursor-of-last-record',
    about: 'Goes on after the id of the last record.',
    answer: (list) => {
      const idOf = (index: number) => `${list.stream}-${index}`;
      const after = list.text('after');
      const skip = after === undefined ? 0 : list.all.findIndex((_, index) => idOf(index) === after) + 1;
      const ranged = new Set(list.asked);
      const items = list.all
        .map((record, index) => ({ ...record, id: idOf(index), ranged: ranged.has(record) }))
        .slice(skip)
        .filter((record) => record.ranged)
        .map(({ ranged: _, ...record }) => record)
        .slice(0, Math.min(40, list.limit));
      return json({ items });
    },
    withDefault: 'everything',
    profile: { pagination: { cursorField: 'id', cursorParam: 'after' } },
  },
  {
    name: 'object-cursor',
    about: 'Its cursor is an object.',
    answer: (list) => {
      const { skip = 0 } = JSON.parse(list.text('cursor') ?? '{}') as { skip?: number };
      const { items, nextCursor } = cursorPage(list.asked, skip, Math.min(30, list.limit));
      return json({
        items,
        nextCursor: nextCursor === null ? null : { skip: Number(nextCursor), shard: [1] },
      });
    },
    withDefault: 'everything',
  },
  {
    name: 'end-cursor',
    about: 'Ends with a cursor that says so, and answers it with 400.',
    answer: (list) => {
      if (list.text('cursor') === 'END') return { status: 400, body: {} };
      const { items, nextCursor } = usual(list, Math.min(30, list.limit));
      return json({ items, nextCursor: nextCursor ?? 'END' });
    },
    withDefault: { code: 'source-status' },
    profile: { pagination: { endCursors: ['END'] } },
  },
  {
    name: 'cursor-for-ever',
    about: 'Hands out its last cursor again with every empty page.',
    answer: (list) => {
      const skip = list.number('cursor') ?? 0;
      const items = list.asked.slice(skip, skip + Math.min(30, list.limit));
      return json({ items, nextCursor: String(skip + items.length) });
    },
    withDefault: 'everything',
  },
  {
    name: 'has-more',
    about: 'Always names a cursor, and says in another field that there is no more.',
    answer: (list) => {
      const { items, nextCursor } = usual(list, Math.min(30, list.limit));
      return json({ items, nextCursor: nextCursor ?? '0', hasMore: nextCursor !== null });
    },
    withDefault: { code: 'source-paging', names: 'pagination.cursorParam' },
    profile: { pagination: { hasMorePath: 'hasMore' } },
  },
  {
    name: 'cursor-alone',
    about: 'Refuses a cursor that comes with other parameters.',
    answer: (list) => {
      const cursor = list.text('cursor');
      if (cursor !== undefined && list.text('from') !== undefined) return { status: 400, body: {} };
      const [from, to, skip] = (cursor ?? `${list.text('from')},${list.text('to')},0`).split(',').map(Number);
      const { items, nextCursor } = cursorPage(list.between(from, to), skip ?? 0, 30);
      return json({ items, nextCursor: nextCursor && `${from},${to},${nextCursor}` });
    },
    withDefault: { code: 'source-status' },
    profile: { pagination: { cursorAlone: true } },
  },

  // --- what the records look like ---
  {
    name: 'nanoseconds',
    about: 'Times are nanoseconds.',
    answer: (list) => {
      const page = usual(list);
      return json({ ...page, items: page.items.map((record) => withTimes(record, (time) => time * 1e9)) });
    },
    withDefault: 'everything',
  },
  {
    name: 'protobuf-times',
    about: 'Times are seconds and nanoseconds.',
    answer: (list) => {
      const page = usual(list);
      return json({
        ...page,
        items: page.items.map((record) => withTimes(record, (seconds) => ({ seconds, nanos: 5 }))),
      });
    },
    withDefault: 'everything',
  },
  {
    name: 'java-dates',
    about: 'Times are dates with the name of their zone.',
    answer: (list) => {
      const page = usual(list);
      const dateOf = (time: number) => `${new Date(time * 1000).toISOString()}[Etc/UTC]`;
      return json({ ...page, items: page.items.map((record) => withTimes(record, dateOf)) });
    },
    withDefault: 'everything',
  },
  {
    name: 'no-alert-types',
    about: 'Has no list of alert types.',
    answer: (list) => (list.stream === 'alert-types' ? { status: 404 } : json(usual(list))),
    withDefault: 'everything',
    profile: { alertTypes: null },
  },
];

/** A record with its time written in another way. */
function withTimes(
  record: Record<string, unknown>,
  write: (seconds: number) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) =>
      name === 'creationTimestamp' || name === 'timeEpoch' ? [name, write(Number(value))] : [name, value],
    ),
  );
}
