import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** What the server does with a request: an answer, or whatever a hostile server may do. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; body?: string | Buffer }
  | ((response: ServerResponse) => void);

/** Decides the answer to a request; `index` counts the requests from 0. */
export type Script = (request: SeenRequest, index: number) => Answer;

export interface ScriptedServer extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  origin: string;
  /** Every request so far. */
  requests: SeenRequest[];
}

/** The answers one after the other; a request too many is a 599. */
export const inOrder =
  (...answers: Answer[]): Script =>
  (_, index) =>
    answers[index] ?? { status: 599 };

/** A JSON answer. */
export const json = (
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** Closes the connection with a TCP reset, after `before` was sent. */
export const reset =
  (before?: (response: ServerResponse) => void): Answer =>
  (response) => {
    before?.(response);
    // The bytes must be out before the reset discards what is still buffered.
    setImmediate(() => response.socket?.resetAndDestroy());
  };

/** Starts a server on a free loopback port whose every answer the test decides. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const server = createServer(async (message, response) => {
    const url = new URL(message.url ?? '/', 'http://server');
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const request: SeenRequest = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body: Buffer.concat(chunks),
    };
    const answer = script(request, requests.push(request) - 1);
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
