import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { reusedBytes } from '../../lambda/shared/http.ts';
import { failureOf, get } from '../support/http-requests.ts';
import { inOrder, scriptedServer } from '../support/scripted-server.ts';

describe('answers', () => {
  it('come with status, lower-case header names and the body as it was sent', async () => {
    await using server = await scriptedServer(
      inOrder({ status: 503, headers: { 'Retry-After': '7', 'X-Thing': 'a' }, body: '\uFEFF{"a":1} ' }),
    );
    const answer = await axiosTransport()(get(server.origin));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '7', 'x-thing': 'a' } });
    expect(answer.body.toString()).toBe('\uFEFF{"a":1} ');
  });

  it('are decompressed', async () => {
    await using server = await scriptedServer(
      inOrder({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('é'.repeat(1000)) }),
    );
    expect((await axiosTransport()(get(server.origin))).body.toString()).toBe('é'.repeat(1000));
  });

  it('take turns in the same bytes when the caller gives some, which grow to the largest', async () => {
    const bodies = ['x'.repeat(300_000), 'y'.repeat(1000), 'z'.repeat(300_000)];
    await using server = await scriptedServer(inOrder(...bodies.map((body) => ({ body }))));
    const into = reusedBytes();
    const send = axiosTransport();
    const places: unknown[] = [];
    for (const body of bodies) {
      const answer = await send(get(server.origin, { into, maxResponseBytes: 300_000 }));
      expect(answer.body.toString()).toBe(body);
      places.push(answer.body.buffer);
    }
    expect(new Set(places)).toEqual(new Set([into.bytes.buffer]));
  });

  it('that was aborted writes nothing more into memory that the next request may use', async () => {
    const into = reusedBytes();
    const abort = new AbortController();
    const events = new EventEmitter();
    const closed = once(events, 'closed');
    await using server = await scriptedServer(() => (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(50_000)), 1);
      response.once('close', () => {
        clearInterval(timer);
        events.emit('closed');
      });
    });

    const failed = failureOf(
      get(server.origin, { into, signal: abort.signal, maxResponseBytes: 100_000_000 }),
      axiosTransport(),
    );
    while (into.bytes.length === 0) await delay(5);
    abort.abort();
    const { reason } = await failed;
    into.bytes.fill('-');
    await closed;
    await delay(20);

    expect(reason).toBe('aborted');
    expect(into.bytes.includes('x')).toBe(false);
  });

  it('of many megabytes that wait for another one can be cut off, and the next one continues', async () => {
    const large = Buffer.alloc(8_000_000, ' ');
    await using server = await scriptedServer(({ path }) =>
      path === '/hangs' ? (response) => void response.writeHead(200).write(large) : { body: large },
    );
    const send = axiosTransport();
    const cut = new AbortController();
    const hanging = new AbortController();
    const limits = { maxResponseBytes: 20_000_000 };

    const first = failureOf(get(`${server.origin}/hangs`, { ...limits, signal: hanging.signal }), send);
    await delay(100);
    const second = failureOf(get(`${server.origin}/whole`, { ...limits, signal: cut.signal }), send);
    const third = send(get(`${server.origin}/whole`, limits));
    await delay(100);
    cut.abort();

    expect((await second).reason).toBe('aborted');
    hanging.abort();
    expect((await first).reason).toBe('aborted');
    expect((await third).body).toHaveLength(large.length);
  });

  it('of many megabytes arrive whole when several arrive at once, also next to one that is too large', async () => {
    // No part of a body is like another, so that none can be missing or out of place.
    const bodies = [600_000, 1_200_000, 700_000].map((count) =>
      Array.from({ length: count }, (_, index) => `${count + index}`).join(),
    );
    await using server = await scriptedServer(inOrder(...bodies.map((body) => ({ body }))));
    const send = axiosTransport();
    const answers = await Promise.allSettled(
      bodies.map(() => send(get(server.origin, { maxResponseBytes: 8_000_000 }))),
    );
    const whole = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value.body.toString()] : [],
    );
    expect(whole.sort().map((body) => bodies.indexOf(body))).toEqual([0, 2]);
  });

  it('F33 a redirect is an answer and is not followed', async () => {
    await using other = await scriptedServer(inOrder({ body: 'stolen' }));
    await using server = await scriptedServer(inOrder({ status: 302, headers: { location: other.origin } }));
    expect((await axiosTransport()(get(server.origin))).status).toBe(302);
    expect(other.requests).toEqual([]);
  });

  it('a proxy named by the environment is not used', async () => {
    await using proxy = await scriptedServer(inOrder({ body: 'proxied' }));
    await using server = await scriptedServer(inOrder({ body: 'direct' }));
    process.env['http_proxy'] = proxy.origin;
    try {
      expect((await axiosTransport()(get(server.origin))).body.toString()).toBe('direct');
    } finally {
      delete process.env['http_proxy'];
    }
  });
});

describe('requests', () => {
  it('a post sends the given bytes and nothing of the buffer around them', async () => {
    await using server = await scriptedServer(inOrder({ status: 202 }));
    const around = Uint8Array.from([9, 9, 1, 0, 255, 9]);
    const body = around.subarray(2, 5);
    await axiosTransport()(
      get(server.origin, { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    );
    expect([...(server.requests[0]?.body ?? [])]).toEqual([1, 0, 255]);
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('one connection serves several requests', async () => {
    const ports = new Set<number | undefined>();
    await using server = await scriptedServer(() => (response) => {
      ports.add(response.socket?.remotePort);
      response.end('ok');
    });
    const send = axiosTransport();
    await send(get(server.origin));
    await send(get(server.origin));
    expect(server.requests).toHaveLength(2);
    expect(ports.size).toBe(1);
  });
});
