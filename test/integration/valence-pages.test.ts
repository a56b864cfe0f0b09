import { describe, expect, it } from 'vitest';
import { alerts, pagingServer } from '../support/paging-server.ts';
import { type Answer, inOrder, json, type Script, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const PAGE_SIZE = 3;

const pageSizeOf = (style: string) => (style === 'none' ? 100 : PAGE_SIZE);
const profileOf = (style: string) => ({ alerts: { pageSize: pageSizeOf(style) }, pagination: { style } });

const STYLES = ['cursor', 'offset', 'page', 'link', 'none'];
const ORDERS = {
  ascending: () => alerts(8),
  descending: () => alerts(8).reverse(),
  shuffled: () => [5, 0, 7, 2, 4, 1, 6, 3].map((index) => ({ vuid: `a-${index}` })),
  'filling its last page': () => alerts(6),
};

describe.each(STYLES)('in %s style', (style) => {
  it.each(Object.entries(ORDERS))(
    'F20 every record of a list in order "%s" is returned once',
    async (_, order) => {
      await using server = await scriptedServer(pagingServer(style, order));
      const { records, telemetry } = clientOf(server.origin, profileOf(style));
      expect(await records()).toEqual(order());
      expect(telemetry.counts.PagesFetched).toBe(server.requests.length);
    },
  );

  it('every request repeats range, page size and key', async () => {
    await using server = await scriptedServer(pagingServer(style, ORDERS.ascending));
    await clientOf(server.origin, profileOf(style)).records();
    for (const { query, headers, path, method } of server.requests) {
      expect([method, path]).toEqual(['GET', '/api/v1/alerts']);
      expect(query.get('from')).toBe('1766996399');
      expect(query.get('to')).toBe('1767000001');
      expect(query.get('limit')).toBe(String(pageSizeOf(style)));
      expect(headers.authorization).toBe('Bearer valence-key');
    }
  });

  it('F13 an empty first page completes the list', async () => {
    await using server = await scriptedServer(pagingServer(style, () => []));
    expect(await clientOf(server.origin, profileOf(style)).records()).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('bodies', () => {
  it('of which the array is the whole are read with an empty itemsPath', async () => {
    await using server = await scriptedServer(inOrder(json(alerts(2))));
    const client = clientOf(server.origin, { itemsPath: '', pagination: { style: 'none' } });
    expect(await client.records()).toEqual(alerts(2));
  });

  it('F32 with 10,000 levels of nesting are read', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const page = (cursor: string | null): Answer => ({
      body: `{"items":[{"vuid":"a","aux":${deep}},{"vuid":"b"}],"nextCursor":${JSON.stringify(cursor)}}`,
    });
    await using server = await scriptedServer(() => page('c1'));
    const client = clientOf(server.origin, { alerts: { pageSize: 2 } });
    // The first page came back to the same cursor, so it was compared and recognised.
    expect(await client.failure()).toMatchObject({ code: 'source-paging' });
  });

  it('F30 with a __proto__ key pollute nothing', async () => {
    await using server = await scriptedServer(
      inOrder({ body: '{"__proto__":{"items":[{"vuid":"x"}]},"items":[]}' }),
    );
    expect(await clientOf(server.origin).records()).toEqual([]);
    await using hostile = await scriptedServer(inOrder({ body: '{"__proto__":{"items":[{"vuid":"x"}]}}' }));
    expect(await clientOf(hostile.origin).failure()).toMatchObject({ code: 'source-shape' });
  });
});

/** Pages by the order of the requests. */
const cursorPages = (...pages: [items: object[], nextCursor: string | null][]): Script =>
  inOrder(...pages.map(([items, nextCursor]) => json({ items, nextCursor })));

describe('alert types', () => {
  it('come by vuid from all pages, asked for without a time range', async () => {
    await using server = await scriptedServer(
      cursorPages([[{ vuid: 't-1', name: 'One' }, { name: 'nameless' }], 'x'], [[{ vuid: 't-2' }], null]),
    );
    const client = clientOf(server.origin);
    const types = await client.source.alertTypes(client.call());
    expect([...types]).toEqual([
      ['t-1', { vuid: 't-1', name: 'One' }],
      ['t-2', { vuid: 't-2' }],
    ]);
    expect(server.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/api/v1/alert-types?',
      '/api/v1/alert-types?cursor=x',
    ]);
    expect(client.telemetry.warnings).toEqual([
      {
        event: 'alert-types-without-id',
        message: 'Ignored alert types without a vuid.',
        fields: { count: 1 },
      },
    ]);
  });

  it.each(['offset', 'page'])('come whole from a list that knows no pages, in %s style', async (style) => {
    await using server = await scriptedServer(() => json({ items: [{ vuid: 't-1' }, { vuid: 't-2' }] }));
    const client = clientOf(server.origin, { pagination: { style } });
    expect((await client.source.alertTypes(client.call())).size).toBe(2);
    expect(client.telemetry.warnings).toEqual([]);
  });

  it.each([
    [
      'fields',
      (n: number) => ({ items: [{ vuid: `t-${n}`, list: Array.from({ length: 150_000 }, () => 0) }] }),
    ],
    ['text', (n: number) => ({ items: [{ vuid: `t-${n}`, text: 'x'.repeat(11_000_000) }] })],
  ])('F81 are an error when all pages together hold too much %s', async (_, page) => {
    await using server = await scriptedServer(
      inOrder(json({ ...page(1), nextCursor: 'x' }), json({ ...page(2), nextCursor: null })),
    );
    const client = clientOf(server.origin);
    await expect(client.source.alertTypes(client.call())).rejects.toMatchObject({ code: 'page-too-large' });
  });

  it('F81 are an error when they cannot be had', async () => {
    await using server = await scriptedServer(() => ({ status: 500 }));
    const client = clientOf(server.origin);
    await expect(client.source.alertTypes(client.call())).rejects.toMatchObject({ code: 'source-status' });
  });

  it.each([403, 404, 405])('F93 that Valence refuses with %i are missing, with a warning', async (status) => {
    await using server = await scriptedServer(() => ({ status }));
    const client = clientOf(server.origin);
    expect(await client.source.alertTypes(client.call())).toEqual(new Map());
    expect(client.telemetry.warnings).toMatchObject([
      { event: 'alert-types-not-offered', fields: { status, profileKey: 'alertTypes' } },
    ]);
  });

  it.each([403, 404, 405])('F93 that Valence refuses with %i are missing, with a warning', async (status) => {
    await using server = await scriptedServer(() => ({ status }));
    const client = clientOf(server.origin);
    expect(await client.source.alertTypes(client.call())).toEqual(new Map());
    expect(client.telemetry.warnings).toMatchObject([
      { event: 'alert-types-not-offered', fields: { status, profileKey: 'alertTypes' } },
    ]);
  });
});

it('a slow page is reported with its duration, a quick one is not', async () => {
  await using server = await scriptedServer(
    inOrder(
      { status: 429, headers: { 'retry-after': '7' } },
      json({ items: alerts(PAGE_SIZE), nextCursor: '1' }),
      json({ items: alerts(1), nextCursor: null }),
    ),
  );
  const { pages, telemetry } = clientOf(server.origin, { alerts: { pageSize: PAGE_SIZE } });
  expect(await pages()).toHaveLength(2);
  const slowPages = telemetry.infos.filter(({ event }) => event === 'slow-page');
  expect(slowPages).toEqual([
    expect.objectContaining({ fields: { endpoint: 'alerts', tookMs: 7000, records: PAGE_SIZE } }),
  ]);
});
