import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { OutOfTime } from '../../lambda/shared/errors.ts';
import { NOW } from '../support/outside-world.ts';
import { type Answer, inOrder, json, reset, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const ALERT = { vuid: 'a-1' };
const PAGE = json({ items: [ALERT], nextCursor: null });

/** A port without a listener. */
async function deadOrigin(): Promise<string> {
  await using server = await scriptedServer(() => ({}));
  return server.origin;
}

describe('answers worth another attempt', () => {
  const TOO_MANY: Answer = { status: 429 };
  const broken: Record<string, Answer> = {
    'F05 a 429 without a header': TOO_MANY,
    'F06 a 503': { status: 503 },
    'F07 a reset in the middle of a body': reset((response) =>
      response.writeHead(200, { 'content-length': '500' }).write('{"items":[{"vuid":"half"'),
    ),
    'F08 truncated JSON': { body: '{"items":[{"vuid":"a-1"}' },
    'F09 trailing bytes': { body: '{"items":[]} {' },
    'F10 a maintenance page with 200': { headers: { 'content-type': 'text/html' }, body: '<html></html>' },
    'a 408': { status: 408 },
  };

  it.each(Object.entries(broken))('%s: the page is read again, whole', async (_, answer) => {
    await using server = await scriptedServer(inOrder(answer, answer, PAGE));
    const client = clientOf(server.origin);
    expect(await client.records()).toEqual([ALERT]);
    expect(client.clock.slept).toHaveLength(2);
    expect(client.telemetry.counts).toEqual({
      PagesFetched: 1,
      SourceErrors: 2,
      ...(answer === TOO_MANY && { Throttled: 2 }),
    });
  });

  it('F09 a byte order mark is not an error', async () => {
    await using server = await scriptedServer(inOrder({ body: '\uFEFF{"items":[]}' }));
    expect(await clientOf(server.origin).records()).toEqual([]);
  });

  it('F71 the request after a broken kept-alive connection succeeds', async () => {
    await using server = await scriptedServer(
      inOrder(json({ items: [ALERT], nextCursor: 'x' }), reset(), json({ items: [], nextCursor: null })),
    );
    expect(await clientOf(server.origin).records()).toEqual([ALERT]);
  });

  it.each([
    ['F03 seconds', '7', 7000],
    ['F04 a date', new Date((NOW + 9) * 1000).toUTCString(), 9000],
    ['F04 a date in the past', new Date((NOW - 9) * 1000).toUTCString(), 500],
    ['F04 a negative number', '-5', 500],
    ['F04 garbage', 'soon', 500],
  ])('%s in Retry-After', async (_, retryAfter, waited) => {
    await using server = await scriptedServer(
      inOrder({ status: 429, headers: { 'retry-after': retryAfter } }, PAGE),
    );
    const client = clientOf(server.origin);
    expect(await client.records()).toEqual([ALERT]);
    expect(client.clock.slept).toEqual([waited]);
    expect(client.telemetry.counts.Throttled).toBe(1);
  });

  it('F04 a Retry-After beyond the time left ends the run, without waiting and without a fault', async () => {
    await using server = await scriptedServer(
      inOrder({ status: 429, headers: { 'retry-after': '1000000000' } }),
    );
    const client = clientOf(server.origin);
    expect(await client.failure()).toBeInstanceOf(OutOfTime);
    expect(client.clock.slept).toEqual([]);
  });
});

describe('errors', () => {
  it('F01 a refused connection is tried again, then named with the setting to check', async () => {
    const client = clientOf(await deadOrigin());
    expect(await client.failure()).toMatchObject({
      name: 'SourceError',
      code: 'source-unreachable',
      fix: expect.stringContaining('VALENCE_REGION'),
    });
    expect(client.telemetry.counts.SourceErrors).toBe(6);
  });

  it('F06 a 5xx for ever is an error of the source', async () => {
    await using server = await scriptedServer(() => ({ status: 502 }));
    expect(await clientOf(server.origin).failure()).toMatchObject({ code: 'source-status' });
  });

  it('F07 no record of a broken page is returned', async () => {
    await using server = await scriptedServer((_, index) =>
      index === 0
        ? json({ items: [ALERT], nextCursor: 'x' })
        : reset((response) => response.writeHead(200).write('{"items":[{"vuid":"half"}')),
    );
    const client = clientOf(server.origin);
    const pages = client.source.pages('alerts', { from: 0, to: 1 }, client.call())[Symbol.asyncIterator]();
    const page = (await pages.next()).value;
    expect([...page.records]).toEqual([ALERT]);
    await expect(pages.next()).rejects.toMatchObject({ code: 'source-interrupted' });
  });

  it('F10 a login page for ever is an error, never an empty page', async () => {
    await using server = await scriptedServer(() => ({
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html>Please log in</html>',
    }));
    const error = await clientOf(server.origin).failure();
    expect(error).toMatchObject({ code: 'source-not-json' });
    expect((error as Error).message).toContain('text/html');
    expect((error as Error).message).not.toContain('log in');
  });

  it.each([
    ['{}', 'it has no list at all'],
    ['{"data":[],"total":0}', 'there is one at data.'],
    ['{"result":{"count":0,"rows":[]},"links":[]}', 'there is one at result.rows, links.'],
    ['{"items":{}}', 'no list at "items"'],
    ['[]', 'the body itself is a list'],
    ['"text"', 'it has no list at all'],
    ['{"items":[5,null,[]]}', 'None of the 3 elements'],
    ['{"items":[NaN,{"vuid":tru}]}', 'None of the 2 elements'],
  ])('F11 %s names the profile key that may be wrong', async (body, expected) => {
    await using server = await scriptedServer(inOrder({ body }));
    const error = await clientOf(server.origin).failure();
    expect(error).toMatchObject({ code: 'source-shape', fix: expect.stringContaining('"itemsPath"') });
    expect((error as Error).message).toContain(expected);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [301, 'VALENCE_BASE_URL'],
    [400, 'alerts.path'],
    [404, 'alerts.path'],
    [413, 'alerts.path'],
  ])('a %i stops at once and names %s', async (status, setting) => {
    await using server = await scriptedServer(() => ({ status }));
    const error = await clientOf(server.origin).failure();
    expect(error).toMatchObject({ code: 'source-status', fix: expect.stringContaining(setting) });
    expect((error as Error).message).toContain(`${status} to GET 127.0.0.1`);
    expect(server.requests).toHaveLength(1);
  });

  it('F33 a redirect to another host is refused and the key never sent there', async () => {
    await using other = await scriptedServer(() => PAGE);
    await using server = await scriptedServer(() => ({
      status: 307,
      headers: { location: `http://localhost:${new URL(other.origin).port}/api/v1/alerts?token=x` },
    }));
    const error = await clientOf(server.origin).failure();
    expect((error as Error).message).toContain(`a redirect to localhost:${new URL(other.origin).port}.`);
    expect(other.requests).toEqual([]);
  });

  it('F29 a page beyond 20 MB decoded is an error that a shorter range may cure', async () => {
    const bomb = gzipSync(Buffer.alloc(21_000_000, ' '));
    await using server = await scriptedServer(() => ({
      headers: { 'content-encoding': 'gzip' },
      body: bomb,
    }));
    expect(await clientOf(server.origin).failure()).toMatchObject({ code: 'page-too-large' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('time', () => {
  it('F24 the server gives its own time with each page', async () => {
    const date = new Date((NOW - 300) * 1000).toUTCString();
    await using server = await scriptedServer(inOrder(json({ items: [] }, { headers: { date } })));
    expect(await clientOf(server.origin).pages()).toEqual([{ records: [], serverTime: NOW - 300 }]);
  });

  it('an unreadable Date header is none', async () => {
    await using server = await scriptedServer(inOrder(json({ items: [] }, { headers: { date: 'today' } })));
    expect(await clientOf(server.origin).pages()).toEqual([{ records: [], serverTime: undefined }]);
  });

  it('no request starts once it is used up', async () => {
    await using server = await scriptedServer(() => PAGE);
    const client = clientOf(server.origin);
    expect(await client.failure({ deadline: { left: () => 0 } })).toBeInstanceOf(OutOfTime);
    expect(server.requests).toEqual([]);
  });

  it('a request cut off by our own deadline is not the fault of the source', async () => {
    await using server = await scriptedServer(() => () => {});
    const client = clientOf(server.origin);
    expect(await client.failure({ deadline: deadlineIn(client.clock, 500) })).toBeInstanceOf(OutOfTime);
    expect(client.telemetry.counts).toEqual({});
  });

  it('a request cut off after an error leaves that error standing', async () => {
    await using server = await scriptedServer((_, index) => (index === 0 ? { status: 500 } : () => {}));
    const client = clientOf(server.origin);
    expect(await client.failure({ deadline: deadlineIn(client.clock, 1000) })).toMatchObject({
      code: 'source-status',
    });
  });

  it("the caller's signal cuts a scan off", async () => {
    const abort = new AbortController();
    await using server = await scriptedServer(() => () => abort.abort());
    expect(await clientOf(server.origin).failure({ signal: abort.signal })).toBeInstanceOf(OutOfTime);
  });
});
