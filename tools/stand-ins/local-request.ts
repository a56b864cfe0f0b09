import type { IncomingMessage } from 'node:http';

/**
 * Whether a program of this machine sent a request, and addressed it to this server. A web page that a browser shows can send
 * requests to 127.0.0.1, too: those carry an `Origin`, or, after the page's own name was pointed at this machine, that name as
 * `Host`.
 */
export function isLocalRequest({ headers, socket }: IncomingMessage): boolean {
  const own = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`];
  return headers.origin === undefined && own.includes(headers.host ?? '');
}

/** The answer to other requests. */
export const NOT_LOCAL = {
  status: 403,
  headers: { 'content-type': 'text/plain' },
  body: 'This server is for programs of this machine: it takes no request with an Origin, or with the name of another host.\n',
} as const;
