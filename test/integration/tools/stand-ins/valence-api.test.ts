import { afterEach, describe, expect, it } from 'vitest';
import { resolveApiProfile } from '../../../../lambda/settings/api-profile.ts';
import { PAGINATION_STYLES } from '../../../../lambda/settings/api-profile-schema.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { Reply } from '../../../../tools/stand-ins/http-server.ts';
import {
  startValenceApi,
  type ValenceApi,
  type ValenceApiOptions,
} from '../../../../tools/stand-ins/valence/api.ts';

const KEY = 'valence-key';
const NOW = 1_767_000_000;
const records = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ vuid: `a-${index}`, creationTimestamp: NOW + index }));

let api: ValenceApi;
afterEach(() => api.close());

const start = async (options: Partial<ValenceApiOptions> = {}) => {
  api = await startValenceApi({ apiKey: KEY, ...options });
  return api;
};
const get = (target: string, key = KEY) =>
  fetch(new URL(target, api.origin), { headers: { authorization: `Bearer ${key}` } });
const vuids = (items: JsonObject[]) => items.map(({ vuid }) => vuid);

/** Reads all pages the way each style asks for it. */
async function readAll(style: (typeof PAGINATION_STYLES)[number]): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  let target: string | undefined = '/api/v1/alerts?limit=4';
  for (let page = 1; target !== undefined; page++) {
    const response: Response = await get(target);
    const body = (await response.json()) as {
      items: JsonObject[];
      nextCursor?: string | null;
      next?: string | null;
    };
    found.push(...body.items);
    const link = /<(.+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    const more = body.items.length > 0;
    target = {
      cursor: body.nextCursor ? `/api/v1/alerts?limit=4&cursor=${body.nextCursor}` : undefined,
      offset: more ? `/api/v1/alerts?limit=4&offset=${found.length}` : undefined,
      page: more ? `/api/v1/alerts?limit=4&page=${page + 1}` : undefined,
      link,
      url: body.next ?? undefined,
      none: undefined,
    }[style];
  }
  return found;
}

describe('the Valence API stand-in', () => {
  it.each(PAGINATION_STYLES.filter((style) => style !== 'none'))(
    'shows every record once, page by page, in the style %s',
    async (style) => {
      const all = records(10);
      (await start({ profile: resolveApiProfile({ pagination: { style } }) })).alerts.add(all);

      const found = await readAll(style);

      expect(found).toEqual(all);
    },
  );

  it('cuts the answer at the page size when there is no pagination', async () => {
    (await start({ profile: resolveApiProfile({ pagination: { style: 'none' } }) })).alerts.add(records(10));

    expect(await readAll('none')).toHaveLength(4);
  });

  it('serves the paths, parameters, time unit and list of the given profile', async () => {
    const profile = resolveApiProfile({
      alerts: { path: '/v9/findings', itemsPath: 'data.list' },
      fromParam: 'since',
      toParam: 'until',
      timeUnit: 'iso',
      pagination: { nextCursorPath: 'data.next' },
    });
    (await start({ profile })).alerts.add(records(10));
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

    const response = await get(`/v9/findings?since=${iso(NOW + 2)}&until=${iso(NOW + 4)}`);

    const { data } = (await response.json()) as { data: { list: JsonObject[]; next: string | null } };
    expect(vuids(data.list)).toEqual(['a-2', 'a-3', 'a-4']);
    expect(data.next).toBeNull();
  });

  it('answers with a bare list when the profile says that the body is the list', async () => {
    const profile = resolveApiProfile({ itemsPath: '', pagination: { style: 'offset' } });
    (await start({ profile })).alerts.add(records(2));

    expect(await (await get('/api/v1/alerts')).json()).toHaveLength(2);
  });

  it.each([
    ['[)', ['a-1', 'a-2']],
    ['[]', ['a-1', 'a-2', 'a-3']],
    ['(]', ['a-2', 'a-3']],
    ['()', ['a-2']],
  ] as const)('keeps to the bounds %s', async (bounds, expected) => {
    (await start({ bounds })).alerts.add(records(10));

    const response = await get(`/api/v1/alerts?from=${NOW + 1}&to=${NOW + 3}`);

    expect(vuids(((await response.json()) as { items: JsonObject[] }).items)).toEqual(expected);
  });

  it('shows records in descending and in one fixed shuffled order', async () => {
    (await start({ order: 'descending' })).alerts.add(records(3));
    expect(vuids(await readAll('cursor'))).toEqual(['a-2', 'a-1', 'a-0']);
    await api.close();

    const all = records(20);
    (await start({ order: 'shuffled' })).alerts.add(all);
    const [first, second] = [vuids(await readAll('cursor')), vuids(await readAll('cursor'))];
    expect(first).toEqual(second);
    expect(first).not.toEqual(vuids(all));
    expect(first.toSorted()).toEqual(vuids(all).toSorted());
  });

  it('caps a page whatever was asked for', async () => {
    (await start({ maxPageSize: 3 })).alerts.add(records(10));

    const body = (await (await get('/api/v1/alerts?limit=1000')).json()) as { items: JsonObject[] };

    expect(body.items).toHaveLength(3);
  });

  it('refuses a wrong key with 401 and takes a rotated one', async () => {
    await start();
    expect((await get('/api/v1/alerts', 'wrong')).status).toBe(401);

    api.apiKey = 'rotated';

    expect((await get('/api/v1/alerts')).status).toBe(401);
    expect((await get('/api/v1/alerts', 'rotated')).status).toBe(200);
  });

  it('sends its own time, or none', async () => {
    await start();
    api.clock = () => NOW * 1000;
    expect(Date.parse((await get('/api/v1/alerts')).headers.get('date') ?? '')).toBe(NOW * 1000);

    api.clock = () => null;
    expect((await get('/api/v1/alerts')).headers.has('date')).toBe(false);
  });

  it('shows records that were added, and no longer those taken away, while it runs', async () => {
    (await start()).alerts.add(records(2));
    api.alerts.add([{ vuid: 'late' }], NOW);
    api.alerts.add([{ vuid: 'undated' }]);

    const removed = api.alerts.remove(({ vuid }) => vuid === 'a-1');

    expect(removed).toBe(1);
    expect(vuids(await readAll('cursor')).toSorted()).toEqual(['a-0', 'late', 'undated']);
  });

  it('lists alert types whatever range is asked for', async () => {
    (await start()).alertTypes.add([{ vuid: 't-1', name: 'Risky app' }]);

    const body = await (await get('/api/v1/alert-types?from=1&to=2')).json();

    expect(body).toMatchObject({ items: [{ vuid: 't-1' }] });
  });

  it('lets a test answer in its place, break a body and cut a connection', async () => {
    (await start()).alerts.add(records(1));
    api.intercept = ({ path }) => (path === '/api/v1/alerts' ? { status: 503 } : undefined);
    expect((await get('/api/v1/alerts')).status).toBe(503);
    expect((await get('/api/v1/audit-logs')).status).toBe(200);

    api.intercept = () => ({
      status: 200,
      body: (async function* () {
        yield '{"items":';
        throw new Error('cut');
      })(),
    });
    const broken = await get('/api/v1/alerts');
    await expect(broken.text()).rejects.toThrow();

    api.intercept = async (_, answer): Promise<Reply> => {
      await answer();
      return 'reset';
    };
    await expect(get('/api/v1/alerts')).rejects.toThrow();
    expect(api.requests.map(({ path }) => path)).toHaveLength(4);
  });

  it('refuses a query that makes no sense', async () => {
    await start();

    expect((await get('/api/v1/alerts?from=yesterday')).status).toBe(400);
    expect((await get('/api/v1/alerts?cursor=bogus')).status).toBe(400);
    expect((await get('/nowhere')).status).toBe(404);
  });
});
