import { cursorPage, json, usual } from './answers.ts';
import { DEFAULT_PATHS, type ZooApi } from './api.ts';
import type { ListKind } from './list-request.ts';

const pathsBelow = (prefix: string): Record<ListKind, string> => ({
  alerts: `${prefix}/alerts`,
  'audit-logs': `${prefix}/audit-logs`,
  'alert-types': `${prefix}/alert-types`,
});

const profileOf = (paths: Record<ListKind, string>) => ({
  alerts: { path: paths.alerts },
  auditLogs: { path: paths['audit-logs'] },
  alertTypes: { path: paths['alert-types'] },
});

const OTHER_NAMES = {
  alerts: '/api/alerts',
  'audit-logs': '/api/audit_logs',
  'alert-types': '/api/alert_types',
};

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

/** APIs that have their lists, or the parts of an answer, in other places, and others in which records look different. */
export const SHAPES: readonly ZooApi[] = [
  // --- paths ---
  {
    name: 'other-paths',
    about: 'Answers 404 at the assumed paths.',
    paths: pathsBelow('/v2'),
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-status', names: 'path' },
    profile: profileOf(pathsBelow('/v2')),
  },
  {
    name: 'other-names',
    about: 'Has other names for its lists.',
    paths: OTHER_NAMES,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-status', names: 'path' },
    profile: profileOf(OTHER_NAMES),
  },
  {
    name: 'login-page',
    about: 'Answers the assumed paths with 200 and an HTML page.',
    paths: pathsBelow('/v2'),
    elsewhere: () => ({ headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }),
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-not-json' },
    profile: profileOf(pathsBelow('/v2')),
  },
  {
    name: 'redirects',
    about: 'Redirects the assumed paths to the sign-in page.',
    paths: pathsBelow('/api/v2'),
    elsewhere: () => ({ status: 302, headers: { location: '/login' } }),
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-status', names: 'path' },
    profile: profileOf(pathsBelow('/api/v2')),
  },
  {
    name: 'no-alert-types',
    about: 'Has no list of alert types.',
    paths: { ...DEFAULT_PATHS, 'alert-types': '/there/is/none' },
    answer: (list) => json(usual(list)),
    withDefault: 'everything',
    profile: { alertTypes: null },
  },

  // --- parts of an answer ---
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
    name: 'named-lists',
    about: 'Names each list after its records, next to lists of other things.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      const name = { alerts: 'alerts', 'audit-logs': 'events', 'alert-types': 'types' }[list.kind];
      return json({ warnings: [], links: [{ rel: 'self' }, { rel: 'help' }], [name]: items, nextCursor });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: {
      alerts: { itemsPath: 'alerts' },
      auditLogs: { itemsPath: 'events' },
      alertTypes: { itemsPath: 'types' },
    },
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
    name: 'json-api',
    about: 'Wraps each record with its type and id, and links to the next page, as JSON:API does.',
    answer: (list) => {
      const size = Math.min(25, list.number('page[size]') ?? 25);
      const skip = list.number('page[offset]') ?? 0;
      const { items, nextCursor } = cursorPage(
        list.between(list.number('filter[from]'), list.number('filter[to]')),
        skip,
        size,
      );
      const query = new URLSearchParams(list.request.query);
      query.set('page[offset]', String(nextCursor));
      return json({
        data: items.map((attributes, n) => ({ type: list.kind, id: String(skip + n), attributes })),
        links: { next: nextCursor === null ? null : `${list.request.path}?${query}` },
      });
    },
    withDefault: { code: 'source-shape', names: 'itemsPath' },
    profile: {
      itemsPath: 'data',
      itemPath: 'attributes',
      fromParam: 'filter[from]',
      toParam: 'filter[to]',
      pageSizeParam: 'page[size]',
      pagination: { style: 'url', nextUrlPath: 'links.next' },
    },
  },

  // --- times ---
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
];
