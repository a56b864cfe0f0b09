import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { UNTRUSTED_CERTIFICATE } from './untrusted-certificate.ts';

/** One connection that a proxy was asked for. */
export interface Tunnel {
  /** Host and port. */
  target: string;
  headers: IncomingHttpHeaders;
  /** Everything that the client sent through it. */
  sent: Buffer[];
}

export interface ConnectProxy extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Every request so far, refused ones included. */
  tunnels: Tunnel[];
  /** Requests that were not for a tunnel: with these the proxy would see everything. */
  inClearText: string[];
}

/** Keeps what a server has open, so that it can be closed at once. */
function tracked() {
  const open = new Set<Socket>();
  return {
    add: (socket: Socket) => {
      open.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
    },
    destroy: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * A proxy as networks have it: it connects where it is asked to, and passes bytes on.
 * @param answer the status of its answer to a request, 200 to connect
 * @param hostFor where it connects instead of a host
 */
export async function connectProxy(
  answer: (tunnel: Tunnel) => number = () => 200,
  hostFor: (host: string) => string = (host) => host,
): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const inClearText: string[] = [];
  const sockets = tracked();
  const server = createServer((request, response) => {
    inClearText.push(`${request.method} ${request.url}`);
    response.end();
  });
  server.on('connection', sockets.add);
  server.on('connect', (request, client: Socket) => {
    const tunnel: Tunnel = { target: request.url ?? '', headers: request.headers, sent: [] };
    tunnels.push(tunnel);
    const status = answer(tunnel);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${tunnel.target}`);
    const other = connect(Number(port), hostFor(hostname), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.on('data', (bytes: Buffer) => tunnel.sent.push(bytes));
      client.pipe(other).pipe(client);
    });
    sockets.add(other);
    client.on('close', () => other.destroy());
    other.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    inClearText,
    async [Symbol.asyncDispose]() {
      server.close();
      sockets.destroy();
    },
  };
}

/** A server of TLS, with {@link UNTRUSTED_CERTIFICATE}, in front of one without. */
export async function tlsInFrontOf(
  origin: string,
): Promise<{ origin: string; host: string } & AsyncDisposable> {
  const sockets = tracked();
  const server = createTlsServer(UNTRUSTED_CERTIFICATE, (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const inner = httpRequest(`${origin}${url}`, {
      method,
      headers: { ...headers, host: new URL(origin).host },
    });
    inner.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    inner.on('error', () => response.destroy());
    request.pipe(inner);
  });
  server.on('connection', sockets.add);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `https://${host}`,
    host,
    async [Symbol.asyncDispose]() {
      server.close();
      sockets.destroy();
    },
  };
}

/** The URL of a port on which nothing listens. */
export async function closedPort(): Promise<string> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
