import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLocalRequest, NOT_LOCAL } from './local-request.ts';

/** One request, read whole. */
export interface StandInRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** An answer. */
export interface StandInResponse {
  status: number;
  /** They replace what Node adds by itself; `date: undefined` for an answer without a `Date` header. */
  headers?: Record<string, string | undefined>;
  /**
   * Text, bytes, or chunks as they come: an iterable that waits makes a slow body, one that throws resets the connection
   * in the middle of it.
   */
  body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/** What comes back to the client: an answer, or `reset`, which destroys the connection instead. */
export type Reply = StandInResponse | 'reset';

/**
 * Intercepts the requests of a stand-in, to inject faults.
 * @param request the request, its body read whole
 * @param answer gives the stand-in's own answer, and takes effect only when called: call it and return `reset` for a
 *   request that was carried out while its answer was lost
 * @returns what the client gets, or undefined for the stand-in's own answer
 */
export type Intercept = (
  request: StandInRequest,
  answer: () => Promise<Reply>,
) => Reply | undefined | Promise<Reply | undefined>;

/** What a test may ask afterwards. */
export type LoggedRequest = Pick<StandInRequest, 'method' | 'path' | 'query'>;

export interface StandInOptions {
  /** May be replaced at any time through {@link StandIn.intercept}. */
  intercept?: Intercept;
  /** Wait before each answer, in milliseconds. */
  latencyMs?: number;
  /**
   * Decides by its head whether a request is read at all.
   * @returns the answer to a request that is refused
   */
  refuse?: (request: IncomingMessage) => Promise<StandInResponse | undefined>;
}

/** A server on a free port of 127.0.0.1. */
export interface StandIn {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Every request that was read whole, in order. */
  readonly requests: LoggedRequest[];
  /** The fault injector in force; assign it to change it, undefined for none. */
  intercept: Intercept | undefined;
  /** Stops listening and cuts every open connection. */
  close(): Promise<void>;
}

/** An answer in JSON. */
export const json = (
  status: number,
  value: unknown,
  headers: StandInResponse['headers'] = {},
): StandInResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply === 'reset') {
    response.destroy();
    return;
  }
  const { status, headers = {}, body = '' } = reply;
  response.sendDate = !('date' in headers);
  response.writeHead(
    status,
    Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
  );
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  for await (const chunk of body) response.write(chunk);
  response.end();
}

/**
 * Serves `handle` to programs of this machine until it is closed.
 * @param handle the stand-in's own answer to a request
 */
export async function serve(
  handle: (request: StandInRequest) => Reply | Promise<Reply>,
  { intercept, latencyMs = 0, refuse }: StandInOptions = {},
): Promise<StandIn> {
  const answerTo = async (incoming: IncomingMessage): Promise<Reply> => {
    const refusal = isLocalRequest(incoming) ? await refuse?.(incoming) : NOT_LOCAL;
    if (refusal) return refusal;
    const url = new URL(incoming.url ?? '/', 'http://stand-in');
    const request: StandInRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await readBody(incoming),
    };
    standIn.requests.push({ method: request.method, path: request.path, query: request.query });
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    let own: Promise<Reply> | undefined;
    const answer = () => {
      own ??= Promise.resolve(handle(request));
      return own;
    };
    return (await standIn.intercept?.(request, answer)) ?? (await answer());
  };

  const server = createServer((incoming, response) => {
    // A client that goes away, and a body made to fail, end the same way: with the connection.
    answerTo(incoming)
      .then((reply) => send(response, reply))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const standIn: StandIn = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    intercept,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}
