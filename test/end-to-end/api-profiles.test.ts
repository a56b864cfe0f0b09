import { expect, it } from 'vitest';
import type { RecordOrder } from '../../tools/stand-ins/valence/record-shelf.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecords } from '../support/records.ts';
import type { Tenant, TenantOptions } from '../support/tenant.ts';

const { newTenant } = useForwarder();

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(12, now() - 10, 300), auditLogs: auditRecords(45, now() - 10, 60) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

/** A tenant whose API answers in the profile's way, served twice. */
async function expectEachRecordOnce(options: TenantOptions): Promise<void> {
  await using tenant = await newTenant(options);
  const given = fill(tenant);

  await tenant.run();
  const second = await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  expect(second.streams['audit-logs']?.forwarded).toBe(0);
}

const SMALL_PAGES = { alerts: { pageSize: 5 }, auditLogs: { pageSize: 7 } };
const STYLES = ['cursor', 'offset', 'page', 'link'] as const;
const ORDERS: RecordOrder[] = ['ascending', 'descending', 'shuffled'];

it.each(STYLES.flatMap((style) => ORDERS.map((order) => ({ style, order }))))(
  'F20 pages by $style in $order order: each record once',
  ({ style, order }) => expectEachRecordOnce({ order, profile: { ...SMALL_PAGES, pagination: { style } } }),
);

it.each(ORDERS)('F20 no pagination, %s order: each record once', (order) =>
  expectEachRecordOnce({ order, profile: { pagination: { style: 'none' } } }),
);

it.each(['[)', '[]', '(]', '()'] as const)(
  'F38 an API whose time bounds are %s: each record once',
  (bounds) => expectEachRecordOnce({ bounds, profile: SMALL_PAGES }),
);

it.each(['ms', 'iso'] as const)('an API that is asked for times in %s: each record once', (timeUnit) =>
  expectEachRecordOnce({ profile: { ...SMALL_PAGES, timeUnit } }),
);

it('an API whose body is the list itself: each record once', () =>
  expectEachRecordOnce({ profile: { ...SMALL_PAGES, itemsPath: '', pagination: { style: 'offset' } } }));

it('an API with other paths, parameters and fields, set by VALENCE_API_PROFILE: each record once', () =>
  expectEachRecordOnce({
    profile: {
      alerts: { path: '/v2/findings', pageSize: 5, itemsPath: 'data.findings' },
      auditLogs: { path: '/v2/journal', pageSize: 7, timeUnit: 'iso' },
      alertTypes: { path: '/v2/kinds' },
      itemsPath: 'data.rows',
      fromParam: 'since',
      toParam: 'until',
      pageSizeParam: 'size',
      pagination: { style: 'cursor', nextCursorPath: 'meta.next', cursorParam: 'token' },
    },
  }));

it('an API without an upper time bound: each record once', () =>
  expectEachRecordOnce({ profile: { ...SMALL_PAGES, toParam: null } }));

it('an API with shorter pages than requested: each record once', () =>
  expectEachRecordOnce({ maxPageSize: 3, profile: { pagination: { style: 'offset' } } }));

it('every page request repeats range and page size', async () => {
  await using tenant = await newTenant({ profile: SMALL_PAGES });
  fill(tenant);

  await tenant.run();

  const asked = tenant.valence.requests.filter(({ path }) => path === '/api/v1/audit-logs');
  expect(asked.some(({ query }) => query.has('cursor'))).toBe(true);
  for (const { query } of asked) {
    expect(query.get('limit')).toBe('7');
    expect(Number(query.get('to'))).toBeGreaterThan(Number(query.get('from')));
  }
});

it('F14 a paging parameter that the API ignores is an error that names its key, and no slice is complete', async () => {
  await using tenant = await newTenant({
    profile: { auditLogs: { pageSize: 7 }, pagination: { style: 'page' } },
  });
  const { auditLogs } = fill(tenant);
  tenant.valence.intercept = ({ query }) => {
    query.set('page', '1');
    return undefined;
  };

  const { message } = await tenant.failure();
  const { watermark } = await tenant.state('audit-logs');

  expect(Number(watermark)).toBeLessThanOrEqual(Number(auditLogs.at(-1)?.['timeEpoch']));
  expect(message).toContain('audit-logs failed (source-paging)');
  expect(message).toContain('pagination.pageParam');
});
