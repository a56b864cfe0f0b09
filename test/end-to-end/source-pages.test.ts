import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecord, auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { newTenant } = useForwarder();

const AUDIT_PATH = '/api/v1/audit-logs';

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

it('F12 F13 empty pages, first or in the middle, do not end a list while a cursor follows', async () => {
  await using tenant = await newTenant({ profile: { auditLogs: { pageSize: 7 } } });
  const given = fill(tenant);
  // An empty page before each one: the API hands the cursor that was asked for back under another name.
  tenant.valence.intercept = ({ path, query }) => {
    if (path !== AUDIT_PATH) return undefined;
    const cursor = query.get('cursor') ?? '';
    if (!cursor.startsWith('then:')) {
      return { status: 200, body: JSON.stringify({ items: [], nextCursor: `then:${cursor}` }) };
    }
    if (cursor === 'then:') query.delete('cursor');
    else query.set('cursor', cursor.slice('then:'.length));
    return undefined;
  };

  await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F15 a cursor cycle is an error, and no slice is complete', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
  let page = 0;
  tenant.valence.intercept = () => ({
    status: 200,
    body: JSON.stringify({
      items: [auditRecord(tenant.now() - 60, `number ${page}`)],
      nextCursor: `cursor-${page++ % 3}`,
    }),
  });

  const { message } = await tenant.failure();

  expect(message).toContain('pagination.cursorParam');
  expect(Number((await tenant.state('audit-logs'))['watermark'])).toBeLessThan(tenant.now() - 3600);
});

it.each([
  ['F29 pages of more than 20 MB', (body: string) => ({ body: body + ' '.repeat(21_000_000) })],
  [
    'F29 a small body that decompresses to more than 20 MB',
    (body: string) => ({
      body: gzipSync(body + ' '.repeat(21_000_000)),
      headers: { 'content-encoding': 'gzip' },
    }),
  ],
])('%s are refused, and shorter and shorter slices still forward everything', async (_, inflate) => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
  const given = { auditLogs: auditRecords(40, tenant.now() - 60, 150) };
  tenant.valence.auditLogs.add(given.auditLogs);
  let refused = 0;
  tenant.valence.intercept = async ({ query }, answer) => {
    const reply = await answer();
    if (reply === 'reset' || Number(query.get('to')) - Number(query.get('from')) < 2000) return reply;
    refused++;
    return { ...reply, ...inflate(String(reply.body)) };
  };

  const { status } = await tenant.run();

  expect(status).toBe('ok');
  expect(refused).toBeGreaterThan(0);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F29 pages that are too large even for the shortest slice are requested with fewer records', async () => {
  await using tenant = await newTenant({
    environment: { COLLECT_ALERTS: 'false', INITIAL_LOOKBACK_SECONDS: '300', PARALLEL_SLICES: '1' },
  });
  const given = { auditLogs: auditRecords(40, tenant.now() - 200, 0) };
  tenant.valence.auditLogs.add(given.auditLogs);
  tenant.valence.intercept = async ({ query }, answer) => {
    const reply = await answer();
    if (reply === 'reset' || Number(query.get('limit')) < 300 || !String(reply.body).includes('timeEpoch')) {
      return reply;
    }
    return { ...reply, body: reply.body + ' '.repeat(21_000_000) };
  };

  const { status } = await tenant.run();

  expect(status).toBe('ok');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F29 pages that are too large even for the shortest slice fail the run with a fix', async () => {
  await using tenant = await newTenant({
    environment: { COLLECT_ALERTS: 'false', INITIAL_LOOKBACK_SECONDS: '130', PARALLEL_SLICES: '1' },
  });
  tenant.valence.intercept = () => ({ status: 200, body: `{"items":[]}${' '.repeat(21_000_000)}` });

  const { message } = await tenant.failure();

  expect(message).toContain('(page-too-large)');
  expect(message).toContain('pageSize');
});

it('F91 elements that hold no record are quarantined once; the others of the page are delivered', async () => {
  await using tenant = await newTenant();
  const given = fill(tenant);
  const noted = auditRecord(tenant.now() - 60, 'raw control characters');
  // In every page of the audit log: one element that is not JSON, one that is no object, and a record with a raw line break.
  tenant.valence.intercept = async ({ path }, answer) => {
    if (path !== AUDIT_PATH) return undefined;
    const reply = await answer();
    if (reply === 'reset') return reply;
    const { items, nextCursor } = JSON.parse(String(reply.body));
    const odd = ['{"actor":NaN}', '17', JSON.stringify(noted).replace('raw control', 'raw\ncontrol')];
    const texts = [...items.map((item: unknown) => JSON.stringify(item)), ...odd];
    return { ...reply, body: `{"items":[${texts.join()}],"nextCursor":${JSON.stringify(nextCursor)}}` };
  };

  const first = await tenant.run();
  const second = await tenant.run();

  expect(first.streams['audit-logs']).toMatchObject({ quarantined: 2, error: null });
  expect(second.streams['audit-logs']).toMatchObject({ quarantined: 0, error: null });
  // A log has its sentence on one line.
  expect(arrivals(tenant, { ...given, auditLogs: [...given.auditLogs, noted] })).toEqual(EXACTLY_ONCE);
  const keys = [...tenant.aws.s3.objects.keys()];
  expect(keys).toHaveLength(2);
  expect(keys.every((key) => key.includes('/audit-logs/undated/'))).toBe(true);
});
