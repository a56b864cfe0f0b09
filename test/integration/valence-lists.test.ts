import { describe, expect, it } from 'vitest';
import type { Unreadable } from '../../lambda/forwarder/core/memory/pages.ts';
import { checkValenceAccess } from '../../lambda/forwarder/valence/access-check.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { NOW } from '../support/outside-world.ts';
import { inOrder, json, type Script, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const ALERT = { vuid: 'a-1' };
const OTHER = { vuid: 'a-2' };

/** Everything that a scan hands out, and the error that it ends with. */
async function scanned(script: Script, profile: object = {}) {
  await using server = await scriptedServer(script);
  const { source, call } = clientOf(server.origin, profile);
  const records: (JsonObject | Unreadable)[] = [];
  let error: unknown;
  try {
    for await (const page of source.pages('alerts', { from: 0, to: 1 }, call()))
      records.push(...page.records);
  } catch (thrown) {
    error = thrown;
  }
  return { records, error, requests: server.requests.length };
}

describe('F85 an empty page', () => {
  it('is an answer 204', async () => {
    expect(await scanned(inOrder({ status: 204 }))).toEqual({ records: [], error: undefined, requests: 1 });
  });

  it.each([
    ['at the root', 'items', { items: null, nextCursor: null }],
    ['below another field', 'data.items', { data: { items: null } }],
  ])('is null in place of the list %s', async (_, itemsPath, body) => {
    expect(await scanned(inOrder(json(body)), { itemsPath })).toMatchObject({
      records: [],
      error: undefined,
    });
  });

  it.each([
    ['a body that is null as a whole', '', null],
    ['null in place of the object that holds the list', 'data.items', { data: null }],
    ['a body without the list', 'items', { nextCursor: null }],
  ])('is not %s', async (_, itemsPath, body) => {
    expect(await scanned(() => json(body), { itemsPath })).toMatchObject({
      error: { code: 'source-shape' },
    });
  });
});

describe('F85 a page whose body reports a failure', () => {
  it.each([
    ['error', 'try later'],
    ['error', { code: 7 }],
    ['errors', ['shard 3 failed']],
    ['success', false],
    ['ok', false],
    ['timed_out', true],
    ['incomplete_results', true],
  ])('in its field %s is handed out, and then the scan fails', async (field, value) => {
    const body = { items: [ALERT], nextCursor: null, [field]: value };

    expect(await scanned(() => json(body))).toMatchObject({
      records: [ALERT],
      error: { code: 'source-reported-failure', message: expect.stringContaining(`"${field}"`) },
    });
  });

  it('is no empty list', async () => {
    expect(await scanned(() => json({ items: [], nextCursor: null, error: 'denied' }))).toMatchObject({
      error: { code: 'source-reported-failure' },
    });
  });

  it('names the failure rather than the missing list', async () => {
    expect(await scanned(() => json({ success: false }))).toMatchObject({
      error: { code: 'source-reported-failure', message: expect.stringContaining('"success"') },
    });
  });

  it.each([
    ['error', null],
    ['error', ''],
    ['errors', []],
    ['success', true],
    ['ok', true],
    ['timed_out', false],
    ['incomplete_results', false],
  ])('does not report one with %s = %j', async (field, value) => {
    const body = { items: [ALERT], nextCursor: null, [field]: value };

    expect(await scanned(() => json(body))).toMatchObject({ records: [ALERT], error: undefined });
  });
});

describe('F85 an answer 206', () => {
  it('does not end a list', async () => {
    const partial = json({ items: [ALERT], nextCursor: null }, { status: 206 });

    expect(await scanned(() => partial)).toMatchObject({
      records: [ALERT],
      error: { code: 'source-partial' },
    });
  });

  it('leads on to the page that it names', async () => {
    const script = inOrder(
      json({ items: [ALERT], nextCursor: 'x' }, { status: 206 }),
      json({ items: [OTHER], nextCursor: null }),
    );

    expect(await scanned(script)).toMatchObject({ records: [ALERT, OTHER], error: undefined });
  });
});

describe('F86 the end of a list', () => {
  const endlessCursors: Script = (_, index) =>
    json({ items: index === 0 ? [ALERT] : [], nextCursor: `c-${index}` });

  it('is an empty page whose next cursor is its own', async () => {
    const script: Script = (_, index) => json({ items: index === 0 ? [ALERT] : [], nextCursor: 'last' });

    expect(await scanned(script)).toEqual({ records: [ALERT], error: undefined, requests: 2 });
  });

  it('is an empty page whose next cursor was used before', async () => {
    const script: Script = ({ query }) => {
      const cursor = query.get('cursor');
      if (cursor === null) return json({ items: [ALERT], nextCursor: 'b' });
      if (cursor === 'b') return json({ items: [OTHER], nextCursor: 'c' });
      return json({ items: [], nextCursor: 'b' });
    };

    expect(await scanned(script)).toEqual({ records: [ALERT, OTHER], error: undefined, requests: 3 });
  });

  it('is the twentieth empty page in a row', async () => {
    expect(await scanned(endlessCursors)).toEqual({ records: [ALERT], error: undefined, requests: 21 });
  });

  it('is not the nineteenth empty page when records follow', async () => {
    const script: Script = (_, index) => {
      if (index === 0) return json({ items: [ALERT], nextCursor: 'c-0' });
      return index < 20
        ? json({ items: [], nextCursor: `c-${index}` })
        : json({ items: [OTHER], nextCursor: null });
    };

    expect(await scanned(script)).toMatchObject({ records: [ALERT, OTHER], requests: 21 });
  });
});

describe('F97 an answer proves nothing later than', () => {
  const pageAt = (headers: Record<string, string>) => json({ items: [], nextCursor: null }, { headers });
  const date = (seconds: number) => new Date(seconds * 1000).toUTCString();

  it.each([
    ['its Date', { date: date(NOW - 30) }, NOW - 30],
    ['its Date, when a cache is younger', { date: date(NOW - 60), age: '10' }, NOW - 60],
    ['its arrival less its Age, when a cache rewrote the Date', { date: date(NOW), age: '45' }, NOW - 45],
    ['its Date, when its Age is none', { date: date(NOW - 5), age: 'old' }, NOW - 5],
  ])('%s', async (_, headers, proven) => {
    await using server = await scriptedServer(() => pageAt(headers));

    expect(await clientOf(server.origin).pages()).toMatchObject([{ serverTime: proven }]);
  });
});

describe('F100 the check of the access', () => {
  it('asks for a second that a run would ask for, too', async () => {
    await using server = await scriptedServer(() => json({ items: [], nextCursor: null }));
    const { source, clock, call } = clientOf(server.origin);

    await checkValenceAccess(source, 'alerts', clock, 120, call());

    const { query } = server.requests[0] ?? {};
    expect([query?.get('from'), query?.get('to')]).toEqual([String(NOW - 122), String(NOW - 119)]);
  });
});
