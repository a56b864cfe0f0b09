import { once } from 'node:events';
import * as https from 'node:https';
import * as net from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { failureOf, get, PLANTED } from '../support/http-requests.ts';
import { inOrder, reset, scriptedServer } from '../support/scripted-server.ts';
import { UNTRUSTED_CERTIFICATE } from '../support/untrusted-certificate.ts';

/** A server that speaks no HTTP: the test handles its sockets. */
async function rawServer(onSocket: (socket: net.Socket) => void) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

async function closedPort(): Promise<number> {
  await using server = await rawServer(() => {});
  return server.port;
}

describe('failures', () => {
  it('F01 a refused connection is unreachable and not ambiguous', async () => {
    const failure = await failureOf(get(`http://127.0.0.1:${await closedPort()}/a`));
    expect(failure).toMatchObject({ reason: 'unreachable', ambiguous: false });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('F01 a name that does not resolve is unreachable', async () => {
    expect((await failureOf(get('http://no-such-host.invalid/a'))).reason).toBe('unreachable');
  });

  it('F02 a body dripping for ever is cut at the total time', async () => {
    let drip: NodeJS.Timeout | undefined;
    await using server = await scriptedServer(() => (response) => {
      drip = setInterval(() => response.write('x'), 5);
    });
    const failure = await failureOf(get(server.origin, { timeoutMs: 500 }));
    clearInterval(drip);
    expect(failure).toMatchObject({ reason: 'timeout', ambiguous: true });
  });

  it('an answer that never starts is cut at the total time', async () => {
    await using server = await scriptedServer(() => () => {});
    expect((await failureOf(get(server.origin, { timeoutMs: 500 }))).reason).toBe('timeout');
  });

  it('F34 a TLS handshake that is never answered counts as not connected', async () => {
    await using server = await rawServer(() => {});
    const failure = await failureOf(get(`https://127.0.0.1:${server.port}/`, { timeoutMs: 500 }));
    expect(failure).toMatchObject({ reason: 'unreachable', ambiguous: false });
  });

  it('F34 a certificate that is not trusted closes the connection before anything is sent', async () => {
    let served = 0;
    const server = https.createServer(UNTRUSTED_CERTIFICATE, (_, response) => {
      served++;
      response.end('ok');
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const failure = await failureOf(get(`https://127.0.0.1:${port}/`));
    server.close();
    expect(failure.reason).toBe('unreachable');
    expect(failure.message).toContain('SELF_SIGNED');
    expect(served).toBe(0);
  });

  it('F34 a server that speaks no TLS is unreachable', async () => {
    await using server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    expect((await failureOf(get(`https://127.0.0.1:${server.port}/`))).reason).toBe('unreachable');
  });

  it('F07 a reset in the middle of a body is interrupted', async () => {
    await using server = await scriptedServer(
      inOrder(reset((response) => response.writeHead(200, { 'content-length': '100' }).write('{"items":['))),
    );
    expect(await failureOf(get(server.origin))).toMatchObject({ reason: 'interrupted', ambiguous: true });
  });

  it('F08 a body shorter than its Content-Length is interrupted', async () => {
    await using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"items":[]}'),
    );
    expect((await failureOf(get(`http://127.0.0.1:${server.port}/`))).reason).toBe('interrupted');
  });

  it('F08 a chunked body without its end is interrupted', async () => {
    await using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n'),
    );
    expect((await failureOf(get(`http://127.0.0.1:${server.port}/`))).reason).toBe('interrupted');
  });

  it('a body that is not the gzip it claims to be is interrupted', async () => {
    await using server = await scriptedServer(
      inOrder({ headers: { 'content-encoding': 'gzip' }, body: 'plain text' }),
    );
    expect((await failureOf(get(server.origin))).reason).toBe('interrupted');
  });

  it('F48 a reset after the whole body was sent is ambiguous', async () => {
    await using server = await scriptedServer(inOrder(reset()));
    const failure = await failureOf(
      get(server.origin, { method: 'POST', body: new Uint8Array(50_000), headers: {} }),
    );
    expect(failure).toMatchObject({ reason: 'interrupted', ambiguous: true });
  });

  it('F71 a kept-alive connection that died in a freeze is ambiguous, and the next request gets a new one', async () => {
    await using server = await scriptedServer(inOrder({ body: 'first' }, reset(), { body: 'third' }));
    const send = axiosTransport();
    await send(get(server.origin));
    const failure = await failureOf(get(server.origin, { method: 'POST', body: new Uint8Array(1) }), send);
    expect(failure).toMatchObject({ reason: 'interrupted', ambiguous: true });
    expect((await send(get(server.origin))).body.toString()).toBe('third');
  });

  it('F29 a gzip bomb is cut at the cap on decoded bytes and its connection is closed', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    let closed: Promise<unknown> | undefined;
    await using server = await scriptedServer(() => (response) => {
      closed = once(response, 'close');
      // Never ended: only the client can close this.
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(bomb);
    });
    const failure = await failureOf(get(server.origin, { maxResponseBytes: 1_000_000 }));
    expect(bomb.length).toBeLessThan(100_000);
    expect(failure.reason).toBe('too-large');
    await closed;
  });

  it('a body of exactly the cap is taken', async () => {
    await using server = await scriptedServer(
      inOrder({ body: 'x'.repeat(1000) }, { body: 'x'.repeat(1001) }),
    );
    const send = axiosTransport();
    expect((await send(get(server.origin, { maxResponseBytes: 1000 }))).body).toHaveLength(1000);
    expect((await failureOf(get(server.origin, { maxResponseBytes: 1000 }), send)).reason).toBe('too-large');
  });

  it("the caller's signal cuts a request off, before it and during it", async () => {
    const abort = new AbortController();
    await using server = await scriptedServer(() => () => abort.abort());
    expect((await failureOf(get(server.origin, { signal: abort.signal }))).reason).toBe('aborted');
    expect((await failureOf(get(server.origin, { signal: abort.signal }))).reason).toBe('aborted');
    expect(server.requests).toHaveLength(1);
  });

  it('no failure carries the key, the query or the body', async () => {
    const port = await closedPort();
    await using resetting = await scriptedServer(() => reset());
    await using silent = await scriptedServer(() => () => {});
    const query = `/path?cursor=${PLANTED}`;
    const post = { method: 'POST', body: Buffer.from(PLANTED) } as const;
    const failures = [
      await failureOf(get(`http://127.0.0.1:${port}${query}`, post)),
      await failureOf(get(resetting.origin + query, post)),
      await failureOf(get(silent.origin + query, { ...post, timeoutMs: 50 })),
      await failureOf(get(silent.origin + query, { headers: { 'x-bad': `${PLANTED}\n` }, timeoutMs: 50 })),
    ];
    for (const failure of failures) {
      expect(failure.message).toMatch(/(GET|POST) 127\.0\.0\.1:\d+\/path/);
      expect(failure.cause).toBeUndefined();
      expect(JSON.stringify(failure) + failure.stack + Object.keys(failure)).not.toContain(PLANTED);
    }
  });
});
