import { firstRequest, signed } from '../../lambda/forwarder/valence/page-request.ts';
import type { AuthProfile, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { withoutEndSlashes } from '../../lambda/shared/origin.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { visibleText } from '../../lambda/shared/visible-text.ts';

/** Requests to Valence as an operator reads and names them, one line each. */

/** What replaces the key in a request that is shown. */
const KEY = '{key}';

/** Times of a range differ from run to run; the requests that are shown are those for the beginning of time. */
const SHOWN_RANGE = { from: 0, to: 0 };

const HEADERS_OF_EVERY_REQUEST: Readonly<Record<string, string>> = {
  accept: 'application/json',
  authorization: `Bearer ${KEY}`,
};

/** Whether two values are the same as JSON. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const lineOf = (method: string, url: string, rest: object): string =>
  visibleText([method, url, ...(Object.keys(rest).length > 0 ? [JSON.stringify(rest)] : [])].join(' '));

/**
 * The request that exchanges the key for a token: method, URL as it is sent, and as JSON everything else that is known of it.
 * @param origin scheme and host, and the prefix of all paths when there is one
 */
export function exchangeLine(origin: string, exchange: NonNullable<AuthProfile['exchange']>): string {
  const { path, ...sent } = exchange;
  return lineOf('POST', new URL(withoutEndSlashes(origin) + path).href, sent);
}

/**
 * The request for a list, with all that a profile determines of it: method and URL, then as JSON what deviates from the default in
 * headers and paging, and the body.
 * @param origin scheme and host, and the prefix of all paths when there is one
 * @param usual the default profile of the endpoint
 */
export function listLine(origin: string, profile: EndpointProfile, usual: EndpointProfile): string {
  const request = signed(firstRequest(origin, profile, SHOWN_RANGE), profile, KEY);
  const headers = Object.entries(request.headers).filter(
    ([name, value]) => HEADERS_OF_EVERY_REQUEST[name] !== value,
  );
  return lineOf(request.method, request.url, {
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(request.body && { body: Buffer.from(request.body).toString() }),
    ...(!isSame(profile.pagination, usual.pagination) && { pagination: profile.pagination }),
  });
}

/** The option by which an operator allows a destination or a request, as a part of a command. */
export const optionFor = (destination: string): string => `--send-keys-to ${shellWord(destination)}`;
