import { once } from 'node:events';
import * as https from 'node:https';
import { type AddressInfo, createServer, type LookupFunction, type Server } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { canUseProxy, type EgressProxy } from '../../lambda/shared/egress-proxy.ts';
import { TLS } from '../../lambda/shared/tls.ts';
import { connectProxy } from '../support/connect-proxy.ts';
import { failureOf, get, PLANTED } from '../support/http-requests.ts';
import { OTHER_NAME, OTHER_NAME_CERTIFICATE } from '../support/other-name-certificate.ts';
import { UNTRUSTED_CERTIFICATE } from '../support/untrusted-certificate.ts';

const toThisMachine: LookupFunction = (_, { all }, done) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

/** Both certificates are trusted here, and every name leads to this machine, as on an edge that many sites share. */
const HERE = { ca: [OTHER_NAME_CERTIFICATE.cert, UNTRUSTED_CERTIFICATE.cert], lookup: toThisMachine };

// Not by replacing the module: other files of the same worker have loaded it before.
beforeAll(() => void Object.assign(TLS, HERE));
afterAll(() => {
  for (const name of Object.keys(HERE)) Reflect.deleteProperty(TLS, name);
});

const VALENCE = 'app.valencesecurity.com';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A site that notes the server name and the key of every request. */
async function startSite(certificate: { cert: string; key: string }) {
  const received: { name: unknown; key: string | undefined }[] = [];
  const server = https.createServer(certificate, ({ socket, headers }, response) => {
    received.push({
      name: socket instanceof TLSSocket && Reflect.get(socket, 'servername'),
      key: headers.authorization,
    });
    response.end('{}');
  });
  server.on('tlsClientError', () => undefined);
  return { received, port: await listen(server) };
}

/** A machine on the path: it notes the first bytes of each connection, and has no certificate at all. */
async function startListener() {
  const seen: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      seen.push(bytes.toString('latin1'));
      socket.destroy();
    });
  });
  return { seen, port: await listen(server) };
}

const withHost = (host: string) => ({ headers: { host, authorization: PLANTED } });

const WAYS: [way: string, isThere: boolean, proxy: () => Promise<EgressProxy | undefined>][] = [
  ['directly', true, async () => undefined],
  [
    'through a proxy',
    canUseProxy(),
    async () => {
      const proxy = await connectProxy(
        () => 200,
        () => '127.0.0.1',
      );
      onTestFinished(() => proxy[Symbol.asyncDispose]());
      return { url: proxy.url, noProxy: [] };
    },
  ],
];

describe.each(WAYS)('F34 a request that goes %s', (_, isThere, proxyOf) => {
  const test = it.skipIf(!isThere);

  test('is sent to no server with a certificate for the name in a Host header', async () => {
    const { received, port } = await startSite(OTHER_NAME_CERTIFICATE);
    const send = axiosTransport(await proxyOf());

    for (const name of ['host', 'Host', 'HOST']) {
      const headers = { [name]: OTHER_NAME, authorization: PLANTED };
      const { message } = await failureOf(get(`https://${VALENCE}:${port}/`, { headers }), send);
      expect(message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    }
    expect(received).toEqual([]);
    // The certificate is good for its own name.
    await send(get(`https://${OTHER_NAME}:${port}/`, withHost(VALENCE)));
    expect(received).toEqual([{ name: OTHER_NAME, key: PLANTED }]);
  });

  test('shows the name of the URL in clear text, and no header', async () => {
    const { seen, port } = await startListener();

    await failureOf(
      get(`https://${VALENCE}:${port}/`, withHost('planted-key')),
      axiosTransport(await proxyOf()),
    );

    expect(seen.join()).toContain(VALENCE);
    expect(seen.join()).not.toContain('planted-key');
  });

  test('to an address asks for no name, and compares the certificate with the address', async () => {
    const own = await startSite(UNTRUSTED_CERTIFICATE);
    const other = await startSite(OTHER_NAME_CERTIFICATE);
    const send = axiosTransport(await proxyOf());

    await send(get(`https://127.0.0.1:${own.port}/`, withHost(OTHER_NAME)));
    expect(own.received).toEqual([{ name: false, key: PLANTED }]);

    const { message } = await failureOf(get(`https://127.0.0.1:${other.port}/`, withHost(OTHER_NAME)), send);
    expect(message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(other.received).toEqual([]);
  });
});
