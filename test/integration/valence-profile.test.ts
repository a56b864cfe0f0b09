import { describe, expect, it } from 'vitest';
import { NOW } from '../support/outside-world.ts';
import { json, type Script, type SeenRequest, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const [FIRST, SECOND, THIRD] = [{ vuid: 'a-1' }, { vuid: 'a-2' }, { vuid: 'a-3' }];

/** What the client asked, what it read, and the error that it ended with, against an API that a profile describes. */
async function read(profile: object, script: Script) {
  await using server = await scriptedServer(script);
  const client = clientOf(server.origin, profile);
  const records = await client.records().catch((error: unknown) => ({ error }));
  return {
    ...(Array.isArray(records) ? { records } : records),
    requests: server.requests,
    queries: server.requests.map(({ query }) => Object.fromEntries(query)),
    bodies: server.requests.map(({ body }) => (body.length > 0 ? JSON.parse(body.toString()) : undefined)),
  };
}

const onePage = () => json({ items: [FIRST], nextCursor: null });

const RANGE = { from: String(NOW - 3601), to: String(NOW + 1) };

describe('the key is sent', () => {
  const headerOf = async (auth: object, header: string) =>
    (await read({ auth }, onePage)).requests[0]?.headers[header];

  it('as a bearer token by default', async () => {
    expect((await read({}, onePage)).requests[0]?.headers.authorization).toBe('Bearer valence-key');
  });

  it('in another header, with another scheme or bare', async () => {
    expect(await headerOf({ header: 'X-Api-Key', scheme: null }, 'x-api-key')).toBe('valence-key');
    expect(await headerOf({ scheme: 'Token' }, 'authorization')).toBe('Token valence-key');
    expect(await headerOf({ header: 'X-Api-Key', scheme: null }, 'authorization')).toBeUndefined();
  });

  it('as a parameter and in no header, with every page', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor') ? onePage() : json({ items: [SECOND], nextCursor: 'x' });
    const { queries, requests } = await read({ auth: { query: 'api_key' } }, script);

    expect(queries.map(({ api_key }) => api_key)).toEqual(['valence-key', 'valence-key']);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('as a parameter that no error shows', async () => {
    const { error } = (await read({ auth: { query: 'api_key' } }, () => ({ status: 404 }))) as {
      error: Error;
    };

    expect(`${error.message} ${error.stack}`).not.toContain('valence-key');
  });
});

describe('a request', () => {
  it('carries the headers and parameters of the profile', async () => {
    const profile = { headers: { 'X-Tenant': 'acme' }, params: { include: 'all', deep: true } };
    const { requests, queries } = await read(profile, onePage);

    expect(requests[0]?.headers['x-tenant']).toBe('acme');
    expect(queries[0]).toEqual({ include: 'all', deep: 'true', ...RANGE, limit: '100' });
  });

  it('has one parameter for the range where the profile says so', async () => {
    const rangeTemplate = { name: 'filter', value: 'time ge {from} and time lt {to}' };
    const { queries } = await read({ rangeTemplate }, onePage);

    expect(queries[0]).toEqual({ filter: `time ge ${NOW - 3601} and time lt ${NOW + 1}`, limit: '100' });
  });

  it.each([
    ['us', String((NOW - 3601) * 1_000_000)],
    ['iso', '2025-12-29T08:19:59.000Z'],
    ['iso-seconds', '2025-12-29T08:19:59Z'],
  ])('writes times as %s', async (timeUnit, from) => {
    expect((await read({ timeUnit }, onePage)).queries[0]?.['from']).toBe(from);
  });

  it('with POST carries its parameters in a JSON body, nested by their dots, numbers as numbers', async () => {
    const profile = {
      method: 'POST',
      fromParam: 'filter.time.from',
      toParam: 'filter.time.to',
      params: { sort: 'asc' },
    };
    const { requests, queries, bodies } = await read(profile, onePage);

    expect(requests[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(queries[0]).toEqual({});
    expect(bodies[0]).toEqual({
      filter: { time: { from: NOW - 3601, to: NOW + 1 } },
      sort: 'asc',
      limit: 100,
    });
  });

  it('with POST turns pages in the body', async () => {
    const script: Script = ({ body }) => {
      const { offset } = JSON.parse(body.toString());
      return json({ items: offset === 0 ? [FIRST] : [] });
    };
    const { bodies, records } = (await read(
      { method: 'POST', pagination: { style: 'offset' } },
      script,
    )) as never as {
      bodies: { offset: number }[];
      records: unknown[];
    };

    expect(records).toEqual([FIRST]);
    expect(bodies.map(({ offset }) => offset)).toEqual([0, 1]);
  });
});

describe('a list', () => {
  it('may hold each record within an element', async () => {
    const script = () => json({ items: [{ node: FIRST }, { node: SECOND }], nextCursor: null });

    expect(await read({ itemPath: 'node' }, script)).toMatchObject({ records: [FIRST, SECOND] });
  });

  it('whose elements do not hold a record where the profile says is an error', async () => {
    const script = () => json({ items: [{ node: FIRST }, { edge: SECOND }], nextCursor: null });

    expect(await read({ itemPath: 'node' }, script)).toHaveProperty('error');
  });

  it.each([404, 410])('may be empty by the status %i', async (status) => {
    expect(await read({ emptyStatuses: [status] }, () => ({ status }))).toMatchObject({ records: [] });
    expect(await read({}, () => ({ status }))).toMatchObject({ error: { code: 'source-status' } });
  });

  it('may be absent when it is empty', async () => {
    expect(await read({ itemsMayBeAbsent: true }, () => json({ count: 0 }))).toMatchObject({ records: [] });
  });

  it.each([
    ['in the body', 'meta.total', json({ items: [FIRST], nextCursor: null, meta: { total: 2 } })],
    ['as text', 'meta.total', json({ items: [FIRST], nextCursor: null, meta: { total: '2' } })],
    [
      'in a header',
      'header:X-Total-Count',
      json({ items: [FIRST], nextCursor: null }, { headers: { 'x-total-count': '2' } }),
    ],
  ])('is cut when the total %s is larger', async (_, totalPath, answer) => {
    expect(await read({ totalPath }, () => answer)).toMatchObject({
      error: { code: 'source-cut', message: expect.stringContaining('2 records, but its pages have 1') },
    });
  });

  it('is whole when its pages show as many records as the total', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND], nextCursor: null, total: 2 })
        : json({ items: [FIRST], nextCursor: 'x', total: 2 });

    expect(await read({ totalPath: 'total' }, script)).toMatchObject({ records: [FIRST, SECOND] });
  });
});

describe('pages by cursor', () => {
  /** Three pages; the cursor of each next one is what `cursors` says. */
  const pages =
    (cursors: readonly unknown[], of: (request: SeenRequest) => string | null): Script =>
    (request) => {
      const cursor = of(request);
      const page = cursor === null ? 0 : cursors.findIndex((known) => textOf(known) === cursor) + 1;
      return json({ items: [[FIRST, SECOND, THIRD][page]], nextCursor: cursors[page] ?? null });
    };
  const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

  it.each([
    ['numbers', [17, 18]],
    ['true and an object', [true, { after: [1, 'x'] }]],
    ['lists', [[1], [2]]],
  ])('go on with cursors that are %s, as they came', async (_, cursors) => {
    const script = pages(cursors, ({ query }) => query.get('cursor'));

    expect(await read({}, script)).toMatchObject({ records: [FIRST, SECOND, THIRD] });
  });

  it('go on with a cursor of any type in a body', async () => {
    const script: Script = ({ body }) => {
      const { cursor } = JSON.parse(body.toString());
      return cursor
        ? json({ items: [SECOND], nextCursor: null, echo: cursor })
        : json({ items: [FIRST], nextCursor: { b: 1, a: [true] } });
    };
    const { bodies, ...rest } = await read({ method: 'POST' }, script);

    expect(rest).toMatchObject({ records: [FIRST, SECOND] });
    expect(bodies[1]).toMatchObject({ cursor: { b: 1, a: [true] } });
  });

  it('find the cursor in a header', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND] })
        : json({ items: [FIRST] }, { headers: { 'x-next-cursor': 'two' } });
    const profile = { pagination: { nextCursorPath: 'header:X-Next-Cursor' } };

    expect(await read(profile, script)).toMatchObject({ records: [FIRST, SECOND] });
  });

  it('take a field of the last record for the cursor', async () => {
    const script: Script = ({ query }) => {
      const after = query.get('cursor');
      return json({ items: after === null ? [FIRST, SECOND] : after === 'a-2' ? [THIRD] : [] });
    };

    expect(await read({ pagination: { cursorField: 'vuid' } }, script)).toMatchObject({
      records: [FIRST, SECOND, THIRD],
      queries: [{}, { cursor: 'a-2' }, { cursor: 'a-3' }],
    });
  });

  it('end at a cursor that the profile names', async () => {
    const script = () => json({ items: [FIRST], nextCursor: 'END' });

    expect(await read({ pagination: { endCursors: ['END'] } }, script)).toMatchObject({
      records: [FIRST],
      queries: [{}],
    });
  });

  it('end where the answer says that there is no more, whatever its cursor', async () => {
    const script = () => json({ items: [FIRST], nextCursor: 'x', page: { more: false } });

    expect(await read({ pagination: { hasMorePath: 'page.more' } }, script)).toMatchObject({
      records: [FIRST],
      queries: [{}],
    });
  });

  it('fail where the answer says that there is more without a cursor', async () => {
    const script = () => json({ items: [FIRST], nextCursor: null, more: true });

    expect(await read({ pagination: { hasMorePath: 'more' } }, script)).toMatchObject({
      error: { code: 'source-paging', fix: expect.stringContaining('pagination.hasMorePath') },
    });
  });

  it('carry the cursor alone where the profile says so', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND], nextCursor: null })
        : json({ items: [FIRST], nextCursor: 'x' });
    const { queries } = await read(
      { auth: { query: 'key' }, params: { v: 2 }, pagination: { cursorAlone: true } },
      script,
    );

    expect(queries[1]).toEqual({ cursor: 'x', key: 'valence-key' });
  });
});

describe('pages by URL', () => {
  const pagesTo =
    (target: (request: SeenRequest) => unknown): Script =>
    (request) =>
      request.query.has('page')
        ? json({ items: [SECOND], next: null })
        : json({ items: [FIRST], next: target(request) });
  const profile = { pagination: { style: 'url' } };

  it.each([
    ['a relative one', () => '?page=2'],
    ['one from the root', () => '/api/v1/alerts?page=2'],
    ['an absolute one', ({ headers }: SeenRequest) => `http://${headers.host}/api/v1/alerts?page=2`],
    ['one of the same host behind a proxy', () => 'https://127.0.0.1:8443/api/v1/alerts?page=2'],
  ])('follow %s to our own address', async (_, target) => {
    const { requests, queries, ...rest } = await read(profile, pagesTo(target));

    expect(rest).toMatchObject({ records: [FIRST, SECOND] });
    expect(requests[1]?.path).toBe('/api/v1/alerts');
    expect(queries[1]).toEqual({ page: '2', ...RANGE, limit: '100' });
  });

  it('send the key to no other host', async () => {
    expect(
      await read(
        profile,
        pagesTo(() => 'https://evil.example/?page=2'),
      ),
    ).toMatchObject({
      error: { code: 'source-paging', message: expect.stringContaining('evil.example') },
      queries: [{}],
    });
  });

  it('fail at a URL that is no text', async () => {
    expect(
      await read(
        profile,
        pagesTo(() => 7),
      ),
    ).toMatchObject({
      error: { code: 'source-paging', fix: expect.stringContaining('pagination.nextUrlPath') },
    });
  });
});

describe('the list of alert types', () => {
  it('is not asked for when the API has none', async () => {
    await using server = await scriptedServer(onePage);
    const { source, call } = clientOf(server.origin, { alertTypes: null });

    expect(await source.alertTypes(call())).toEqual(new Map());
    expect(server.requests).toEqual([]);
  });
});
