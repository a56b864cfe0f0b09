import { describe, expect, it } from 'vitest';
import {
  apiProfileOverrides,
  isBoundedAbove,
  listSettingsOf,
  pageHalvingsOf,
  resolveApiProfile,
  withHalvedPages,
  withPagesUpTo,
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

describe('F104 a largest page', () => {
  const limited = (overrides: object, records: number) =>
    withPagesUpTo(resolveApiProfile(overrides).auditLogs, records).pageSize;

  it('is asked for, unless the usual page is smaller', () => {
    expect(limited({}, 15)).toBe(15);
    expect(limited({}, 5000)).toBe(1000);
  });

  it('is not asked for where the API takes no page size', () => {
    expect(limited({ pageSizeParam: null }, 15)).toBe(1000);
    expect(limited({ auditLogs: { pageSize: null } }, 15)).toBeNull();
  });
});

describe('the profile in force', () => {
  it('without overrides is the default for each endpoint', () => {
    const profile = resolveApiProfile(undefined);
    expect(profile.alerts).toEqual({
      path: '/api/v1/alerts',
      pageSize: 100,
      method: 'GET',
      auth: { header: 'Authorization', scheme: 'Bearer', exchange: null },
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
      timeFilter: 'creation',
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
    });
    expect(profile.alertKey).toEqual(['vuid']);
    expect(profile.auditLogs).toMatchObject({ path: '/api/v1/audit-logs', pageSize: 1000 });
    expect(profile.alertTypes).toMatchObject({ path: '/api/v1/alert-types', pageSize: null });
  });

  it('sends the key by the scheme Bearer unless the profile says otherwise', () => {
    const authOf = (auth: object) => resolveApiProfile({ auth }).alerts.auth;
    expect(authOf({ header: 'X-Key', scheme: null })).toEqual({
      header: 'X-Key',
      scheme: null,
      exchange: null,
    });
    expect(authOf({ header: 'X-Key' })).toEqual({ header: 'X-Key', scheme: 'Bearer', exchange: null });
    expect(authOf({ query: 'key' })).toEqual({ query: 'key', exchange: null });
  });

  it('replaces auth as a whole, also inside an endpoint', () => {
    const profile = resolveApiProfile({ auth: { query: 'key' }, alerts: { auth: { scheme: 'Token' } } });
    expect(profile.alerts.auth).toEqual({ header: 'Authorization', scheme: 'Token', exchange: null });
    expect(profile.auditLogs.auth).toEqual({ query: 'key', exchange: null });
  });

  it('knows no list of alert types when that is null', () => {
    expect(resolveApiProfile({ alertTypes: null }).alertTypes).toBeNull();
  });

  it.each([
    [{}, true],
    [{ toParam: null }, false],
    [{ rangeTemplate: { name: 'q', value: '{from}..{to}' }, toParam: null }, true],
    [{ rangeTemplate: { name: 'q', value: 'since {from}' } }, false],
  ])('with %j is bounded above: %s', (overrides, bounded) => {
    expect(isBoundedAbove(resolveApiProfile(overrides).alerts)).toBe(bounded);
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

describe('what the core has to know of the lists of a stream', () => {
  it('comes from the endpoint of that stream', () => {
    const profile = resolveApiProfile({
      alerts: { maxRangeSeconds: 3600, timeFilter: 'update', volatileFields: ['seen'] },
      auditLogs: { toParam: null, pageSizeParam: null },
    });

    expect(listSettingsOf(profile, 'alerts')).toEqual({
      identityRules: { alertKey: ['vuid'], volatileFields: ['seen'], unorderedFields: ['connectorUids'] },
      timeFilter: 'update',
      boundedAbove: true,
      maxSliceSeconds: 3598,
      pageHalvings: 6,
    });
    expect(listSettingsOf(profile, 'audit-logs')).toEqual({
      identityRules: { alertKey: [], volatileFields: [], unorderedFields: ['connectorUids'] },
      timeFilter: 'creation',
      boundedAbove: false,
      maxSliceSeconds: undefined,
      pageHalvings: 0,
    });
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
      'auditLogs.pagination.style: is not one of cursor, offset, page, link, url, none',
      'itemsPath: is neither empty nor a dotted path such as data.items',
      'timeUnit: is not one of s, ms, us, iso, iso-seconds',
    ]);
  });

  it.each([
    [{ method: 'PUT' }, 'method: is neither GET nor POST'],
    [{ auth: { header: 'X-Key', query: 'key' } }, 'auth: names both a header and a query parameter'],
    [{ auth: { header: 'X Key' } }, 'auth.header: is not the name of a header'],
    [{ auth: { exchange: { path: '/t', tokenPath: 'token' } } }, 'auth.exchange: needs either json or form'],
    [{ rangeTemplate: { name: 'q', value: 'before {to}' } }, 'rangeTemplate.value: does not hold {from}'],
    [{ maxRangeSeconds: 3 }, 'maxRangeSeconds: is less than 4'],
    [{ emptyStatuses: [500] }, 'emptyStatuses.0: is neither 404 nor 410'],
    [{ params: { deep: {} } }, 'params.deep: is neither text, a number nor true or false'],
    [{ totalPath: 'header:' }, 'totalPath: is neither a dotted path such as meta.next nor header:NAME'],
  ])('include %j', (overrides, problem) => {
    expect(problemsOf(overrides)).toEqual([problem]);
  });

  it.each([
    [{ maxOffset: 0, style: 'page' }, 'pagination.maxOffset: is less than 1'],
    [{ maxOffset: 1.5, style: 'page' }, 'pagination.maxOffset: is not a whole number'],
    [
      { maxOffset: 10_000 },
      'auditLogs.pagination.maxOffset: is only for the pagination styles offset and page, not for cursor',
    ],
    [
      { maxOffset: 1999, style: 'offset' },
      'auditLogs.pagination.maxOffset: is less than twice the pageSize (1000), so no list could be read to its end',
    ],
  ])('F107 include the pagination %j', (pagination, problem) => {
    expect(problemsOf({ pagination })).toContain(problem);
  });

  it.each(['link', 'url'])('include POST with pages by %s', (style) => {
    expect(problemsOf({ alerts: { method: 'POST', pagination: { style } } })).toEqual([
      `alerts.method: cannot be POST with the pagination style ${style}`,
    ]);
  });

  it('include a parameter with two meanings, whichever keys name it', () => {
    expect(problemsOf({ alerts: { params: { from: 1 }, auth: { query: 'limit' } } })).toEqual([
      'alerts.fromParam: uses the query parameter that params names',
      'alerts.auth: uses the query parameter that pageSizeParam names',
    ]);
  });

  it('include parameters of a body that would replace one another, because dots nest there', () => {
    const inside = (outer: string) =>
      `is inside of the parameter that ${outer} names, and one would replace the other`;
    expect(
      problemsOf({
        alerts: { method: 'POST', params: { filter: 'all' }, fromParam: 'filter.from', toParam: 'end' },
      }),
    ).toEqual([`alerts.fromParam: ${inside('params')}`]);
    expect(problemsOf({ alerts: { method: 'POST', params: { 'from.state': 'open' } } })).toEqual([
      `alerts.params: ${inside('fromParam')}`,
    ]);
  });

  it('are not parameters of a body within one object, or names with dots in a query', () => {
    const params = { 'filter.status': 'open' };
    expect(
      problemsOf({ alerts: { method: 'POST', params, fromParam: 'filter.from', toParam: 'filter.to' } }),
    ).toEqual([]);
    expect(problemsOf({ alerts: { params: { filter: 'all' }, fromParam: 'filter.from' } })).toEqual([]);
  });

  it.each([
    ['at the root', { item_path: 'x' }],
    ['in an endpoint', { alerts: { alertTypes: null } }],
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
