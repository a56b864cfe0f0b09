import { describe, expect, it } from 'vitest';
import {
  apiProfileOverrides,
  pageHalvingsOf,
  resolveApiProfile,
  withHalvedPages,
} from '../../../../lambda/settings/api-profile.ts';

/** The problems of refused overrides, each as its dotted key and what is wrong. */
const problemsOf = (overrides: unknown): string[] =>
  (apiProfileOverrides.safeParse(overrides).error?.issues ?? []).map(
    (issue) => `${issue.path.join('.')}: ${issue.message}`,
  );

describe('F29 a page size', () => {
  const halved = (overrides: object, times: number) =>
    withHalvedPages(resolveApiProfile(overrides).auditLogs, times).pageSize;

  it('is halved as often as asked for, down to one record', () => {
    expect([0, 1, 2, 9, 99].map((times) => halved({}, times))).toEqual([1000, 500, 250, 1, 1]);
    expect(pageHalvingsOf(resolveApiProfile({}).auditLogs)).toBe(9);
  });

  it.each([
    ['the API takes none', { pageSizeParam: null }, 1000],
    ['it is left to the server', { auditLogs: { pageSize: null } }, null],
    ['there are no pages, and a smaller one would cut the list', { pagination: { style: 'none' } }, 1000],
  ])('stays as it is when %s', (_, overrides, pageSize) => {
    expect(halved(overrides, 3)).toBe(pageSize);
    expect(pageHalvingsOf(resolveApiProfile(overrides).auditLogs)).toBe(0);
  });
});

describe('the profile in force', () => {
  it('without overrides is the default for each endpoint', () => {
    const profile = resolveApiProfile(undefined);
    expect(profile.alerts).toEqual({
      path: '/api/v1/alerts',
      pageSize: 100,
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
    });
    expect(profile.auditLogs).toMatchObject({ path: '/api/v1/audit-logs', pageSize: 1000 });
    expect(profile.alertTypes).toMatchObject({ path: '/api/v1/alert-types', pageSize: null });
    expect(profile.volatileFields).toEqual([]);
  });

  it('takes a root key for all endpoints and lets an endpoint override it', () => {
    const profile = resolveApiProfile({
      itemsPath: 'data.rows',
      timeUnit: 'ms',
      auditLogs: { itemsPath: '', timeUnit: 'iso' },
    });
    expect(profile.alerts).toMatchObject({ itemsPath: 'data.rows', timeUnit: 'ms' });
    expect(profile.auditLogs).toMatchObject({ itemsPath: '', timeUnit: 'iso' });
  });

  it('merges pagination key by key on both levels', () => {
    const { alerts, auditLogs } = resolveApiProfile({
      pagination: { style: 'page', firstPage: 0 },
      alerts: { pagination: { pageParam: 'p' } },
    });
    expect(alerts.pagination).toMatchObject({ style: 'page', firstPage: 0, pageParam: 'p' });
    expect(auditLogs.pagination).toMatchObject({ style: 'page', firstPage: 0, pageParam: 'page' });
  });

  it('switches a parameter off with null', () => {
    const profile = resolveApiProfile({ toParam: null, alerts: { pageSizeParam: null } });
    expect(profile.auditLogs).toMatchObject({ toParam: null, pageSizeParam: 'limit' });
    expect(profile.alerts).toMatchObject({ toParam: null, pageSizeParam: null });
  });
});

describe('refused overrides', () => {
  it('name the dotted key of everything that is wrong, at once', () => {
    expect(
      problemsOf({
        alerts: { path: 'api/v1/alerts', pageSize: '100' },
        auditLogs: { pagination: { style: 'cursors' } },
        timeUnit: 'h',
        itemsPath: 'data..rows',
      }),
    ).toEqual([
      'alerts.path: is not a path: it starts with / and holds neither # nor spaces',
      'alerts.pageSize: is not a whole number',
      'auditLogs.pagination.style: is not one of cursor, offset, page, link, none',
      'itemsPath: is neither empty nor a dotted path such as data.items',
      'timeUnit: is not one of s, ms, iso',
    ]);
  });

  it.each([
    ['at the root', { item_path: 'x' }],
    ['in an endpoint', { alerts: { volatileFields: [] } }],
    ['in the pagination', { pagination: { cursor: 'x' } }],
    ['as a prototype', JSON.parse('{"__proto__":{"timeUnit":"ms"}}')],
  ])('include unknown keys %s', (_, overrides) => {
    expect(apiProfileOverrides.safeParse(overrides).error?.issues[0]?.code).toBe('unrecognized_keys');
  });

  it.each([[[]], ['text'], [3], [null]])('include %j, which is not an object', (overrides) => {
    expect(problemsOf(overrides)).toEqual([': is not an object']);
  });

  it('include one query parameter with two meanings, which would silently ask for a wrong range', () => {
    expect(problemsOf({ alerts: { fromParam: 'time', toParam: 'time' } })).toEqual([
      'alerts.toParam: uses the query parameter that fromParam names',
    ]);
    expect(problemsOf({ pagination: { style: 'offset', offsetParam: 'limit' } })).toContain(
      'auditLogs.pagination: uses the query parameter that pageSizeParam names',
    );
  });
});
