import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLocalRequest, NOT_LOCAL } from '../../stand-ins/local-request.ts';

/** Who gets in, and what a browser may do with what it gets. */

/** An answer, whole. */
export interface Reply {
  status: number;
  type: string;
  body: string | Uint8Array;
}

export const text = (status: number, body: string): Reply => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});

/**
 * Headers of every answer. Records are foreign text: should any of it ever become part of the page, no script of it runs, and nothing can
 * be sent away. Style attributes are what the charts set on their texts; they run nothing.
 */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/**
 * The path that a request asks for within the page.
 * @param token that the address of the page begins with, which only who started the server knows
 * @returns without the token and its slash; or the answer to a request that is refused
 */
export function admitted(request: IncomingMessage, token: string): URL | Reply {
  if (!isLocalRequest(request)) {
    return { status: NOT_LOCAL.status, type: NOT_LOCAL.headers['content-type'], body: NOT_LOCAL.body };
  }
  if (request.method !== 'GET') return text(405, 'Only GET is answered here.');
  const [, given = '', ...path] = (request.url ?? '').split('/');
  // Another address is not said to be wrong in its token only.
  if (!isSame(given, token))
    return text(404, 'There is no page at this address. Use the address that the command printed.');
  return new URL(path.join('/'), 'http://page/');
}

const isSame = (given: string, token: string): boolean =>
  given.length === token.length &&
  timingSafeEqual(Buffer.from(given.slice(0, token.length)), Buffer.from(token));
