import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkValenceAccess } from '../../lambda/forwarder/valence/access-check.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { CredentialError, ForwarderError, OutOfTime, SourceError } from '../../lambda/shared/errors.ts';
import { NOW } from '../support/outside-world.ts';
import { type Answer, inOrder, json, reset, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const ALERT = { vuid: 'a-1' };
const PAGE = json({ items: [ALERT], nextCursor: null });

/** A port that nobody listens on. */
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
    'an empty 204': { status: 204 },
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

  it('F09 a byte order mark is no fault', async () => {
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

  it('F07 nothing of a broken page is offered', async () => {
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
    ['{}', 'it holds none at all'],
    ['{"data":[],"total":0}', 'there is one at data.'],
    ['{"result":{"count":0,"rows":[]},"links":[]}', 'there is one at result.rows, links.'],
    ['{"items":null}', 'no list at "items"'],
    ['{"items":{}}', 'no list at "items"'],
    ['[]', 'the body itself is a list'],
    ['"text"', 'it holds none at all'],
    ['{"items":[{"vuid":"a"},null]}', 'not an object'],
    ['{"items":[[]]}', 'not an object'],
    ['{"items":[12345678901234567890]}', 'not an object'],
  ])('F11 %s names the profile key that may be wrong', async (body, told) => {
    await using server = await scriptedServer(inOrder({ body }));
    const error = await clientOf(server.origin).failure();
    expect(error).toMatchObject({ code: 'source-shape', fix: expect.stringContaining('"itemsPath"') });
    expect((error as Error).message).toContain(told);
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
      headers: { location: `${other.origin}/api/v1/alerts?token=x` },
    }));
    const error = await clientOf(server.origin).failure();
    expect((error as Error).message).toContain(`a redirect to ${new URL(other.origin).host},`);
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
  it('F24 the server tells its own with each page', async () => {
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

describe('keys', () => {
  const onlyWith =
    (key: string) =>
    ({ headers }: { headers: { authorization?: string } }): Answer =>
      headers.authorization === `Bearer ${key}` ? PAGE : { status: 401 };

  it('F35 a refused key is read again once and then stops the scan, naming the fix', async () => {
    await using server = await scriptedServer(() => ({ status: 403 }));
    const client = clientOf(server.origin);
    const error = await client.failure();
    expect(error).toBeInstanceOf(CredentialError);
    expect(error).toMatchObject({ code: 'source-refused-key', fix: 'Store the right key.' });
    expect(client.apiKey.renewals).toEqual(['valence-key']);
    expect(server.requests).toHaveLength(1);
  });

  it('F35 two new keys in a row that are refused do not loop', async () => {
    await using server = await scriptedServer(() => ({ status: 401 }));
    const client = clientOf(server.origin, {}, ['old', 'new', 'newer', 'newest']);
    expect(await client.failure()).toBeInstanceOf(CredentialError);
    expect(server.requests).toHaveLength(2);
  });

  it('F36 a key rotated between runs is taken up without an error', async () => {
    await using server = await scriptedServer(onlyWith('new'));
    const client = clientOf(server.origin, {}, ['old', 'new']);
    expect(await client.records()).toEqual([ALERT]);
    expect(client.clock.slept).toEqual([]);
  });

  it('F36 a key rotated between two pages goes on where it was', async () => {
    await using server = await scriptedServer(({ headers, query }) =>
      query.has('cursor')
        ? onlyWith('new')({ headers })
        : json({ items: [{ vuid: 'a-0' }], nextCursor: 'x' }),
    );
    const client = clientOf(server.origin, {}, ['old', 'new']);
    expect(await client.records()).toEqual([{ vuid: 'a-0' }, ALERT]);
  });

  it('no error and no message ever holds a key, a query or a record', async () => {
    const planted = ['planted-key-1', 'planted-key-2'];
    const secret = 'planted-record';
    const answers: Answer[] = [
      { status: 401 },
      { status: 500, body: secret },
      { status: 404, body: secret },
      { status: 302, headers: { location: `https://elsewhere.example/?${secret}` } },
      { body: `<html>${secret}` },
      { body: `{"items":"${secret}"}` },
      { body: `{"${secret} x":1}` },
      { body: `{"items":["${secret}"]}` },
      { body: `{"items":[{"vuid":"${secret}"}],"nextCursor":{"${secret}":1}}` },
      { body: `{"items":[{"vuid":"${secret}"}],"nextCursor":"${secret}"}` },
      reset((response) => response.writeHead(200).write(secret)),
    ];
    for (const answer of answers) {
      await using server = await scriptedServer(() => answer);
      const client = clientOf(server.origin, { alerts: { pageSize: 1 } }, planted);
      const error = (await client.failure()) as ForwarderError;
      expect(error).toBeInstanceOf(ForwarderError);
      const told = [
        error.message,
        error.fix,
        error.stack,
        JSON.stringify(error),
        client.telemetry.text(),
      ].join();
      expect(error.cause).toBeUndefined();
      expect(told).not.toContain('planted');
      expect(told).not.toContain('1766996399');
    }
  });
});

describe('the access check', () => {
  it('asks for one second and reads one page', async () => {
    await using server = await scriptedServer(() => json({ items: [ALERT], nextCursor: 'x' }));
    const { source, clock, call } = clientOf(server.origin);
    expect(await checkValenceAccess(source, 'alerts', clock, call())).toMatchObject({ records: [ALERT] });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.query.get('from')).toBe(String(NOW - 2));
  });

  it('fails as a scan does', async () => {
    await using server = await scriptedServer(() => json({}));
    const { source, clock, call } = clientOf(server.origin);
    await expect(checkValenceAccess(source, 'alerts', clock, call())).rejects.toBeInstanceOf(SourceError);
  });
});
