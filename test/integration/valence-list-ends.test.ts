import { describe, expect, it } from 'vitest';
import { alerts, pagingServer } from '../support/paging-server.ts';
import { inOrder, json, type Script, type SeenRequest, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

/** Pages by the order of the requests. */
const cursorPages = (...pages: [items: object[], nextCursor: string | null][]): Script =>
  inOrder(...pages.map(([items, nextCursor]) => json({ items, nextCursor })));

describe('the end of a list', () => {
  const [a, b, c, d, e, f] = alerts(6) as [object, object, object, object, object, object];
  const twoAPage = { alerts: { pageSize: 2 } };

  it('F12 is not an empty page in the middle that has a next cursor', async () => {
    await using server = await scriptedServer(cursorPages([[a], 'x'], [[], 'y'], [[], 'z'], [[b], null]));
    expect(await clientOf(server.origin).records()).toEqual([a, b]);
  });

  it.each([
    ['cursor', 'pagination.cursorParam'],
    ['offset', 'pagination.offsetParam'],
    ['page', 'pagination.pageParam'],
  ])('F14 is not the first page again in %s style: the error names %s', async (style, key) => {
    let cursor = 0;
    await using server = await scriptedServer(() => json({ items: [a, b], nextCursor: `c${cursor++}` }));
    const client = clientOf(server.origin, { ...twoAPage, pagination: { style } });
    expect(await client.failure()).toMatchObject({
      name: 'SourceError',
      code: 'source-paging',
      fix: expect.stringContaining(`"${key}"`),
    });
  });

  it('F14 is the first page again when that page was short', async () => {
    await using server = await scriptedServer(() => json({ items: [a, b] }));
    const client = clientOf(server.origin, { pagination: { style: 'offset' } });
    expect(await client.records()).toEqual([a, b]);
    expect(client.telemetry.warnings).toHaveLength(1);
  });

  it('F15 is not a cursor that comes round with new content', async () => {
    await using server = await scriptedServer(
      cursorPages([[a, b], 'x'], [[c, d], 'y'], [[e, f], 'x'], [[e, a], 'y'], [[a, c], 'x']),
    );
    expect(await clientOf(server.origin, twoAPage).failure()).toMatchObject({ code: 'source-paging' });
    expect(server.requests).toHaveLength(4);
  });

  it('F16 is a last page that is repeated for ever, with a warning', async () => {
    await using server = await scriptedServer((_, index) =>
      json(index === 0 ? { items: [a, b], nextCursor: 'x' } : { items: [c, d], nextCursor: 'x' }),
    );
    const client = clientOf(server.origin, twoAPage);
    expect(await client.records()).toEqual([a, b, c, d]);
    expect(client.telemetry.warnings).toHaveLength(1);
  });

  it('F16 is a last page repeated to every later offset', async () => {
    const clamped = ({ query }: SeenRequest) =>
      json({ items: [[a, b], [c]][Math.min(1, Math.floor(Number(query.get('offset')) / 2))] });
    await using server = await scriptedServer(clamped);
    const client = clientOf(server.origin, { ...twoAPage, pagination: { style: 'offset' } });
    expect(await client.records()).toEqual([a, b, c]);
  });

  it('F16 is a last page that comes again at ever new cursors, with a warning', async () => {
    await using server = await scriptedServer((_, index) =>
      json({ items: index === 0 ? [a, b] : [c, d], nextCursor: `x${index}` }),
    );
    const client = clientOf(server.origin, twoAPage);
    expect(await client.records()).toEqual([a, b, c, d]);
    expect(client.telemetry.warnings).toHaveLength(1);
  });

  // Two sign-ins in turn fill page after page; behind them stands a record that they would hide.
  const twins = (pages: number) => [...Array.from({ length: pages }, () => [a, b]).flat(), c];

  it.each(['cursor', 'link', 'offset', 'page'])(
    'F21 is not a page like the one before, in %s style',
    async (style) => {
      await using server = await scriptedServer(pagingServer(style, () => twins(4)));
      const client = clientOf(server.origin, { ...twoAPage, pagination: { style } });
      expect(await client.records()).toEqual(twins(4));
      expect(client.telemetry.warnings).toEqual([]);
    },
  );

  it('F21 is not a last page like the one before it', async () => {
    await using server = await scriptedServer(cursorPages([[a, b], 'x'], [[a, b], null]));
    expect(await clientOf(server.origin, twoAPage).records()).toEqual([a, b, a, b]);
  });

  it('F21 is not a page like the one before when the API refuses pages beyond the end', async () => {
    await using server = await scriptedServer(({ query }) => {
      const offset = Number(query.get('offset'));
      return offset > 100 ? { status: 400 } : json({ items: twins(2).slice(offset, offset + 2) });
    });
    const client = clientOf(server.origin, { ...twoAPage, pagination: { style: 'offset' } });
    expect(await client.records()).toEqual(twins(2));
  });

  it('F21 is not a page equal to the one before when all its records are alike', async () => {
    const same = { action: 'User signed in', timeEpoch: 1 };
    await using server = await scriptedServer(
      cursorPages([[same, same], 'x'], [[same, same], 'y'], [[same, same], 'z'], [[same], null]),
    );
    const client = clientOf(server.origin, { auditLogs: { pageSize: 2 } });
    expect(await client.records('audit-logs')).toHaveLength(7);
  });

  it('is not the fifty-first like page in a row when another one follows', async () => {
    const group = (name: string) => [{ vuid: `${name}1` }, { vuid: `${name}2` }];
    const pages = [group('x'), ...Array.from({ length: 51 }, () => group('p')), group('q'), group('r')];
    await using server = await scriptedServer(({ query }) => {
      const page = Number(query.get('cursor') ?? 0);
      return json({ items: pages[page], nextCursor: page + 1 < pages.length ? String(page + 1) : null });
    });
    const records = await clientOf(server.origin, twoAPage).records();
    expect(records.slice(-4)).toEqual([...group('q'), ...group('r')]);
  });

  it('is given by a record of the page itself, where the profile says so', async () => {
    const list = [0, 1, 2, 3, 4].map((index) => ({ vuid: `a-${index}`, next: String(index + 1) }));
    await using server = await scriptedServer(({ query }) => {
      const start = Number(query.get('cursor') ?? 0);
      return json({ items: list.slice(start, start + 2) });
    });
    const pagination = { style: 'cursor', nextCursorPath: 'items.1.next' };
    expect(await clientOf(server.origin, { ...twoAPage, pagination }).records()).toEqual(list);
  });

  it('is warned about when the last page is full and there is no field for a cursor', async () => {
    await using server = await scriptedServer(inOrder(json({ items: [a, b], next: 'x' })));
    const client = clientOf(server.origin, twoAPage);
    await client.records();
    expect(client.telemetry.warnings[0]?.fields).toMatchObject({ profileKey: 'pagination.nextCursorPath' });
  });

  it.each([
    ['offset', 'cut', 6, ['0', '2', '4']],
    ['offset', 'cut', 7, ['0', '2', '4']],
    ['page', 'cut', 4, ['1', '2']],
    // The seventh record is alone on its page, and an empty one follows.
    ['offset', 'stated', 20, ['0', '2', '4', '6', '7']],
  ])('F107 in %s style is %s with maxOffset %i', async (style, expected, maxOffset, asked) => {
    await using server = await scriptedServer(pagingServer(style, () => alerts(7)));
    const pagination = { style, maxOffset };
    const profile = { alertTypes: null, auditLogs: { pageSize: 2 }, ...twoAPage, pagination };
    const { source, call } = clientOf(server.origin, profile);
    const ends: string[] = [];
    const options = { ...call(), onEnd: (end: string) => ends.push(end) };
    for await (const _page of source.pages('alerts', { from: 0, to: 1 }, options));
    expect(ends).toEqual([expected]);
    expect(server.requests.map(({ query }) => query.get(style))).toEqual(asked);
  });

  it.each([
    ['unstated in none style', { style: 'none' }, { items: [a, b] }, 'unstated'],
    ['unstated when a body names no cursor', {}, { items: [a] }, 'unstated'],
    ['stated when the cursor is null', {}, { items: [a], nextCursor: null }, 'stated'],
  ])('F87 is %s', async (_, pagination, body, expected) => {
    await using server = await scriptedServer(inOrder(json(body)));
    const { source, call } = clientOf(server.origin, { ...twoAPage, pagination });
    const ends: string[] = [];
    const options = { ...call(), onEnd: (end: string) => ends.push(end) };
    for await (const _page of source.pages('alerts', { from: 0, to: 1 }, options));
    expect(ends).toEqual([expected]);
  });

  it.each([
    ['to another host is an error', 'http://localhost:PORT/api', { code: 'source-paging' }],
    [
      'to another port of the same host is asked for at our own address',
      'http://127.0.0.1:PORT/api',
      undefined,
    ],
  ])('F33 a link %s: the key never goes there', async (_, link, error) => {
    await using other = await scriptedServer(() => json({ items: [] }));
    const target = link.replace('PORT', new URL(other.origin).port);
    await using server = await scriptedServer(
      inOrder(json({ items: [a] }, { headers: { link: `<${target}>; rel="next"` } }), json({ items: [] })),
    );
    const client = clientOf(server.origin, { pagination: { style: 'link' } });
    const thrown = await client.records().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error) expect(thrown).toMatchObject(error);
    else expect(thrown).toBeUndefined();
    expect(other.requests).toEqual([]);
  });
});
