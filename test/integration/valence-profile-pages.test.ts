import { describe, expect, it } from 'vitest';
import { NOW } from '../support/outside-world.ts';
import { json, type Script, type SeenRequest } from '../support/scripted-server.ts';
import { readAs } from '../support/valence-client.ts';

const [FIRST, SECOND, THIRD] = [{ vuid: 'a-1' }, { vuid: 'a-2' }, { vuid: 'a-3' }];

const RANGE = { from: String(NOW - 3601), to: String(NOW + 1) };

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

    expect(await readAs({}, script)).toMatchObject({ records: [FIRST, SECOND, THIRD] });
  });

  it('go on with a cursor of any type in a body', async () => {
    const script: Script = ({ body }) => {
      const { cursor } = JSON.parse(body.toString());
      return cursor
        ? json({ items: [SECOND], nextCursor: null, echo: cursor })
        : json({ items: [FIRST], nextCursor: { b: 1, a: [true] } });
    };
    const { bodies, ...rest } = await readAs({ method: 'POST' }, script);

    expect(rest).toMatchObject({ records: [FIRST, SECOND] });
    expect(bodies[1]).toMatchObject({ cursor: { b: 1, a: [true] } });
  });

  it('find the cursor in a header', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND] })
        : json({ items: [FIRST] }, { headers: { 'x-next-cursor': 'two' } });
    const profile = { pagination: { nextCursorPath: 'header:X-Next-Cursor' } };

    expect(await readAs(profile, script)).toMatchObject({ records: [FIRST, SECOND] });
  });

  it('use a field of the last record as the cursor', async () => {
    const script: Script = ({ query }) => {
      const after = query.get('cursor');
      return json({ items: after === null ? [FIRST, SECOND] : after === 'a-2' ? [THIRD] : [] });
    };

    expect(await readAs({ pagination: { cursorField: 'vuid' } }, script)).toMatchObject({
      records: [FIRST, SECOND, THIRD],
      queries: [{}, { cursor: 'a-2' }, { cursor: 'a-3' }],
    });
  });

  it('end at a cursor that the profile names', async () => {
    const script = () => json({ items: [FIRST], nextCursor: 'END' });

    expect(await readAs({ pagination: { endCursors: ['END'] } }, script)).toMatchObject({
      records: [FIRST],
      queries: [{}],
    });
  });

  it('end where the answer says that there is no more, whatever its cursor', async () => {
    const script = () => json({ items: [FIRST], nextCursor: 'x', page: { more: false } });

    expect(await readAs({ pagination: { hasMorePath: 'page.more' } }, script)).toMatchObject({
      records: [FIRST],
      queries: [{}],
    });
  });

  it('fail where the answer says that there is more without a cursor', async () => {
    const script = () => json({ items: [FIRST], nextCursor: null, more: true });

    expect(await readAs({ pagination: { hasMorePath: 'more' } }, script)).toMatchObject({
      error: { code: 'source-paging', fix: expect.stringContaining('pagination.hasMorePath') },
    });
  });

  it('carry only the cursor if the profile says so', async () => {
    const script: Script = ({ query }) =>
      query.has('cursor')
        ? json({ items: [SECOND], nextCursor: null })
        : json({ items: [FIRST], nextCursor: 'x' });
    const { queries } = await readAs(
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
    const { requests, queries, ...rest } = await readAs(profile, pagesTo(target));

    expect(rest).toMatchObject({ records: [FIRST, SECOND] });
    expect(requests[1]?.path).toBe('/api/v1/alerts');
    expect(queries[1]).toEqual({ page: '2', ...RANGE, limit: '100' });
  });

  it('send the key to no other host', async () => {
    expect(
      await readAs(
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
      await readAs(
        profile,
        pagesTo(() => 7),
      ),
    ).toMatchObject({
      error: { code: 'source-paging', fix: expect.stringContaining('pagination.nextUrlPath') },
    });
  });
});
