import { describe, expect, it } from 'vitest';
import { NOW } from '../support/outside-world.ts';
import { json, type Script, scriptedServer } from '../support/scripted-server.ts';
import { clientOf, readAs } from '../support/valence-client.ts';

const [FIRST, SECOND] = [{ vuid: 'a-1' }, { vuid: 'a-2' }];

const onePage = () => json({ items: [FIRST], nextCursor: null });

const RANGE = { from: String(NOW - 3601), to: String(NOW + 1) };

describe('the key is sent', () => {
  const headerOf = async (auth: object, header: string) =>
    (await readAs({ auth }, onePage)).requests[0]?.headers[header];

  it('as a bearer token by default', async () => {
    expect((await readAs({}, onePage)).requests[0]?.headers.authorization).toBe('Bearer valence-key');
  });

  it('in another header, with another scheme or bare', async () => {
    expect(await headerOf({ header: 'X-Api-Key', scheme: null }, 'x-api-key')).toBe('valence-key');
    expect(await headerOf({ scheme: 'Token' }, 'authorization')).toBe('Token valence-key');
    expect(await headerOf({ header: 'X-Api-Key', scheme: null }, 'authorization')).toBeUndefined();
  });

  it('as a parameter and in no header, with every page', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor') ? onePage() : json({ items: [SECOND], nextCursor: 'x' });
    const { queries, requests } = await readAs({ auth: { query: 'api_key' } }, script);

    expect(queries.map(({ api_key }) => api_key)).toEqual(['valence-key', 'valence-key']);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  it('as a parameter that no error shows', async () => {
    const { error } = (await readAs({ auth: { query: 'api_key' } }, () => ({ status: 404 }))) as {
      error: Error;
    };

    expect(`${error.message} ${error.stack}`).not.toContain('valence-key');
  });
});

describe('a request', () => {
  it('carries the headers and parameters of the profile', async () => {
    const profile = { headers: { 'X-Tenant': 'acme' }, params: { include: 'all', deep: true } };
    const { requests, queries } = await readAs(profile, onePage);

    expect(requests[0]?.headers['x-tenant']).toBe('acme');
    expect(queries[0]).toEqual({ include: 'all', deep: 'true', ...RANGE, limit: '100' });
  });

  it('has one parameter for the range where the profile says so', async () => {
    const rangeTemplate = { name: 'filter', value: 'time ge {from} and time lt {to}' };
    const { queries } = await readAs({ rangeTemplate }, onePage);

    expect(queries[0]).toEqual({ filter: `time ge ${NOW - 3601} and time lt ${NOW + 1}`, limit: '100' });
  });

  it.each([
    ['us', String((NOW - 3601) * 1_000_000)],
    ['iso', '2025-12-29T08:19:59.000Z'],
    ['iso-seconds', '2025-12-29T08:19:59Z'],
  ])('writes times as %s', async (timeUnit, from) => {
    expect((await readAs({ timeUnit }, onePage)).queries[0]?.['from']).toBe(from);
  });

  it('with POST carries its parameters in a JSON body, nested by their dots, numbers as numbers', async () => {
    const profile = {
      method: 'POST',
      fromParam: 'filter.time.from',
      toParam: 'filter.time.to',
      params: { sort: 'asc' },
    };
    const { requests, queries, bodies } = await readAs(profile, onePage);

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
    const { bodies, records } = (await readAs(
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

    expect(await readAs({ itemPath: 'node' }, script)).toMatchObject({ records: [FIRST, SECOND] });
  });

  it('whose elements do not hold a record where the profile says is an error', async () => {
    const script = () => json({ items: [{ edge: FIRST }, { edge: SECOND }], nextCursor: null });

    expect(await readAs({ itemPath: 'node' }, script)).toMatchObject({
      error: { code: 'source-shape', fix: expect.stringContaining('"itemPath"') },
    });
  });

  it.each([404, 410])('may be empty by the status %i', async (status) => {
    expect(await readAs({ emptyStatuses: [status] }, () => ({ status }))).toMatchObject({ records: [] });
    expect(await readAs({}, () => ({ status }))).toMatchObject({ error: { code: 'source-status' } });
  });

  it('may be absent when it is empty', async () => {
    expect(await readAs({ itemsMayBeAbsent: true }, () => json({ count: 0 }))).toMatchObject({ records: [] });
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
    expect(await readAs({ totalPath }, () => answer)).toMatchObject({
      error: { code: 'source-cut', message: expect.stringContaining('2 records, but its pages have 1') },
    });
  });

  it('is whole when its pages show as many records as the total', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND], nextCursor: null, total: 2 })
        : json({ items: [FIRST], nextCursor: 'x', total: 2 });

    expect(await readAs({ totalPath: 'total' }, script)).toMatchObject({ records: [FIRST, SECOND] });
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
