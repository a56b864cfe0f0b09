import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import axios from 'axios';
import { BodyBytes, LARGE_BODY_BYTES } from './body-bytes.ts';
import { type Mutex, mutex } from './concurrency.ts';
import { type EgressProxy, httpsAgents } from './egress-proxy.ts';
import {
  HttpFailure,
  type HttpFailureReason,
  type HttpRequest,
  placeOf,
  type ResponseHead,
  reusedBytes,
  type Transport,
} from './http.ts';

/**
 * The transport of the shipped function: axios without anything that decides for the caller (redirects, proxies from the
 * environment, status checks, body transforms). One instance keeps its connections alive between requests.
 * @param proxy for https; direct connections without it
 * @returns a {@link Transport}; it throws nothing but {@link HttpFailure}, and what reading the credentials of the proxy throws
 * @throws {ConfigError} when this Node cannot use a proxy
 */
export function axiosTransport(proxy?: EgressProxy): Transport {
  const largeBodies = mutex();
  const httpAgent = new http.Agent({ keepAlive: true });
  const agents = httpsAgents(proxy);

  return async (request) => {
    const connection = watchedConnection({ http: httpAgent, https: await agents.current() });
    const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(request.timeoutMs)));
    let head: ResponseHead | undefined;
    try {
      const response = await axios.request<Readable>({
        adapter: 'http',
        method: request.method,
        url: request.url,
        headers: { 'accept-encoding': 'gzip', ...request.headers },
        data: request.body && Buffer.from(request.body.buffer, request.body.byteOffset, request.body.length),
        transformRequest: (data) => data,
        // Read here: axios's own reading reports a cap and a broken connection with one error code.
        responseType: 'stream',
        validateStatus: () => true,
        maxRedirects: 0,
        proxy: false,
        transport: connection.transport,
        // axios restarts its own timeout in each phase; this one covers connecting, sending and reading.
        signal: request.signal ? AbortSignal.any([timeout, request.signal]) : timeout,
      });
      head = { status: response.status, headers: headerStrings(response.headers) };
      return { ...head, body: await readBody(response.data, request, largeBodies) };
    } catch (error) {
      if (error instanceof HttpFailure) throw new HttpFailure(error.reason, error.message, head);
      const refusal = connection.refusalOfProxy();
      // The next attempt gets what was read. If nothing could be read, it fails with the reason.
      if (refusal === PROXY_AUTHENTICATION_REQUIRED) await agents.renew().catch(() => undefined);
      // The error itself is dropped: axios attaches the whole request to it, keys included.
      throw failureOf(request, {
        aborted: request.signal?.aborted === true,
        timedOut: timeout.aborted,
        sent: connection.mayHaveSent(),
        code: refusal === undefined ? errorCode(error) : `the proxy answered ${refusal}`,
        proxy: proxy && new URL(proxy.url).host,
        head: head ?? connection.statusLine(),
      });
    }
  };
}

const PROXY_AUTHENTICATION_REQUIRED = 407;

/** The status line of a final answer. */
const STATUS_LINE = /^HTTP\/1\.[01] ([2-5]\d\d)\b/;
const STATUS_LINE_BYTES = 'HTTP/1.1 200 '.length;

/**
 * Node's own request, watched for the moment from which the other side may have received it. Nothing is sent before a new
 * connection is established (for https: after its handshake); a connection that was kept alive, or was made through a proxy,
 * sends the request at once. It is also watched for the status line, which Node does not report when the headers after it are cut off or not valid.
 */
function watchedConnection(agents: { http: http.Agent; https: https.Agent }) {
  let sent = false;
  let status: string | undefined;
  let refusal: number | undefined;
  const transport = {
    request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
      const secure = options.protocol === 'https:';
      // Not by way of axios: with its own proxies off, it replaces an agent that goes through one.
      const request = secure
        ? https.request(
            { ...options, agent: agents.https, servername: serverName(options.hostname) },
            onResponse,
          )
        : http.request({ ...options, agent: agents.http }, onResponse);
      request.once('socket', (socket) => {
        socket.once('data', (bytes: Buffer) => {
          status = STATUS_LINE.exec(bytes.toString('latin1', 0, STATUS_LINE_BYTES))?.[1];
        });
        if (request.reusedSocket || isEstablished(socket)) sent = true;
        else socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true));
      });
      request.once('error', (error: NodeJS.ErrnoException & { statusCode?: number }) => {
        if (error.code === 'ERR_PROXY_TUNNEL') refusal = error.statusCode;
      });
      return request;
    },
  };
  return {
    transport,
    mayHaveSent: () => sent,
    /** The status with which a proxy refused to connect to the other side. */
    refusalOfProxy: (): number | undefined => refusal,
    /** The status, once it has arrived. */
    statusLine: (): ResponseHead | undefined =>
      status === undefined ? undefined : { status: Number(status), headers: {} },
  };
}

/**
 * The name that the certificate has to be for: that of the URL. Left to itself, Node takes it from a `Host` header. An address is no name;
 * for one, Node compares the certificate with the address.
 */
const serverName = (hostname: string | null | undefined): string =>
  !hostname || isIP(hostname) ? '' : hostname;

/** Whether a request on the socket is sent at once. */
const isEstablished = (socket: Socket): boolean =>
  !socket.destroyed &&
  !socket.connecting &&
  !(socket instanceof TLSSocket && Reflect.get(socket, 'secureConnecting') === true);

/**
 * The decoded body. The cap counts decoded bytes, so a small compressed body cannot fill the memory.
 * @throws {HttpFailure} `too-large`; further whatever the stream throws
 */
async function readBody(stream: Readable, request: HttpRequest, largeBodies: Mutex): Promise<Buffer> {
  const { maxResponseBytes, into = reusedBytes() } = request;
  const body = new BodyBytes(into);
  let length = 0;
  let release: (() => void) | undefined;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > maxResponseBytes) {
        throw new HttpFailure(
          'too-large',
          `The answer to ${placeOf(request)} is larger than ${maxResponseBytes} bytes.`,
        );
      }
      if (length > LARGE_BODY_BYTES) release ??= await lockWhileOpen(stream, largeBodies);
      body.add(piece);
    }
    return body.whole();
  } finally {
    release?.();
  }
}

/**
 * Waits for a lock for as long as a stream is open. If the stream closes first, the lock is released as soon as it is
 * granted.
 * @returns the function that releases the lock
 * @throws whatever closed the stream
 */
async function lockWhileOpen(stream: Readable, lock: Mutex): Promise<() => void> {
  const granted = lock();
  const closed = once(stream, 'close').then(() => {
    throw new Error('The stream was closed.');
  });
  try {
    return await Promise.race([granted, closed]);
  } catch (error) {
    void granted.then((release) => release());
    throw error;
  }
}

const headerStrings = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

/** Node's code of an error (`ECONNREFUSED`), never its message, which may quote what was sent. */
function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w+$/.test(code) ? code : 'unknown error';
}

interface Circumstances {
  aborted: boolean;
  timedOut: boolean;
  sent: boolean;
  code: string;
  /** Host and port of the proxy, if there is one. */
  proxy: string | undefined;
  head: ResponseHead | undefined;
}

function failureOf(
  request: HttpRequest,
  { aborted, timedOut, sent, code, proxy, head }: Circumstances,
): HttpFailure {
  const place = placeOf(request);
  const seconds = `${request.timeoutMs / 1000} s`;
  const failure = (reason: HttpFailureReason, message: string) => new HttpFailure(reason, message, head);
  if (aborted) return failure('aborted', `${place} was aborted.`);
  if (!sent) {
    const through = proxy === undefined ? '' : `, httpsProxy ${proxy}`;
    return failure('unreachable', `No connection for ${place} (${timedOut ? seconds : code}${through}).`);
  }
  if (timedOut) return failure('timeout', `No complete answer to ${place} within ${seconds}.`);
  return failure('interrupted', `The connection broke during ${place} (${code}).`);
}
