import LinkHeader from 'http-link-header';
import type { EndpointProfile } from '../../settings/api-profile.ts';
import { valueAt } from '../../shared/dotted-path.ts';
import type { JsonObject } from '../../shared/json.ts';
import { canonicalForm } from '../core/records/canonical-json.ts';
import { type PageRequest, parameterOf, withParameter } from './page-request.ts';
import { profileMismatch } from './source-errors.ts';

/**
 * The position of a scan is a request, whatever the pagination style: the first one is made from the range, each further one
 * from its predecessor and the answer to it. So every request repeats the range and the page size.
 */

/** What the next page is found by. */
export interface PageAnswer {
  body: unknown;
  /** Header values by lower-case name. */
  headers: Readonly<Record<string, string>>;
  itemCount: number;
  /** The last record of the page, for {@link EndpointProfile.pagination}'s `cursorField`. */
  lastRecord: JsonObject | undefined;
}

/**
 * The request for the page after `current`, or undefined when there is none.
 * @throws {SourceError} when the answer does not name the next page in the way that the profile defines
 */
export function nextPage(
  current: PageRequest,
  answer: PageAnswer,
  profile: EndpointProfile,
): PageRequest | undefined {
  const { hasMorePath } = profile.pagination;
  const hasMore = hasMorePath === null ? undefined : valueAt(answer.body, hasMorePath);
  if (hasMore === false) return undefined;
  const next = pageAfter(current, answer, profile);
  if (hasMore === true && !next) {
    throw mismatch(
      'pagination.hasMorePath',
      'Valence states that there are more pages, but its answer does not name the next one.',
    );
  }
  return next;
}

function pageAfter(
  current: PageRequest,
  answer: PageAnswer,
  profile: EndpointProfile,
): PageRequest | undefined {
  const { style, cursorParam, cursorAlone, offsetParam, pageParam, nextUrlPath } = profile.pagination;
  switch (style) {
    case 'cursor': {
      const cursor = cursorIn(answer, profile);
      if (cursor === undefined) return undefined;
      return withParameter(cursorAlone ? withoutParameters(current) : current, cursorParam, cursor);
    }
    case 'offset':
      return advanced(current, offsetParam, answer.itemCount);
    case 'page':
      return answer.itemCount === 0 ? undefined : advanced(current, pageParam, 1);
    case 'link':
      return linkedPage(current, linkTarget(answer.headers['link']), profile);
    case 'url':
      return linkedPage(current, urlIn(valueAt(answer.body, nextUrlPath)), profile);
    case 'none':
      return undefined;
  }
}

/**
 * The request for a page beyond the end of every list. An API that counts pages returns no records, one that does not know the
 * parameter returns its first page, and one that limits the number returns its last page.
 * @param pages how many pages further on
 * @param itemCount records of the page at hand
 * @returns undefined in a style that does not count
 */
export function pageBeyond(
  current: PageRequest,
  profile: EndpointProfile,
  pages: number,
  itemCount: number,
): PageRequest | undefined {
  const { style, offsetParam, pageParam } = profile.pagination;
  if (style === 'page') return advanced(current, pageParam, pages);
  if (style === 'offset') {
    return advanced(current, offsetParam, pages * Math.max(itemCount, profile.pageSize ?? 1));
  }
  return undefined;
}

const withoutParameters = ({ url, body }: PageRequest): PageRequest => {
  const bare = new URL(url);
  bare.search = '';
  return body ? { url: bare, body: {} } : { url: bare };
};

/** The request with a counting parameter moved on, or undefined when it would stay where it is. */
const advanced = (request: PageRequest, name: string, by: number): PageRequest | undefined =>
  by === 0 ? undefined : withParameter(request, name, Number(parameterOf(request, name)) + by);

/** The value at a place of an answer: `header:NAME`, or a dotted path in the body. */
export function answeredAt({ body, headers }: Pick<PageAnswer, 'body' | 'headers'>, place: string): unknown {
  const [, header] = /^header:(.+)$/.exec(place) ?? [];
  return header === undefined ? valueAt(body, place) : headers[header.toLowerCase()];
}

/**
 * Longest cursor, or URL of a next page, in characters. Each request of a list repeats it, and servers take far less in a URL; a longer
 * one in the body of a POST is not known of any API.
 */
const MAX_CURSOR_LENGTH = 16_384;

/** Deepest cursor that is no text. What writes it into a request recurses. */
const MAX_CURSOR_LEVELS = 32;

/** The cursor of the next page; undefined when there is none. */
function cursorIn(answer: PageAnswer, { pagination }: EndpointProfile): unknown {
  const { cursorField, nextCursorPath, endCursors } = pagination;
  const cursor =
    cursorField === null ? answeredAt(answer, nextCursorPath) : valueAt(answer.lastRecord, cursorField);
  if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return undefined;
  if (endCursors.some((end) => end === cursor)) return undefined;
  if (!isUsable(cursor)) {
    throw mismatch(
      cursorField === null ? 'pagination.nextCursorPath' : 'pagination.cursorField',
      `Valence returned a cursor of more than ${MAX_CURSOR_LENGTH} characters, or more than ${MAX_CURSOR_LEVELS} levels.`,
    );
  }
  return cursor;
}

function isUsable(cursor: unknown): boolean {
  if (typeof cursor === 'string') return cursor.length <= MAX_CURSOR_LENGTH;
  const { text, levels } = canonicalForm(cursor);
  return text.length <= MAX_CURSOR_LENGTH && levels <= MAX_CURSOR_LEVELS;
}

function urlIn(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  if (typeof value === 'string' && value.length <= MAX_CURSOR_LENGTH) return value;
  if (typeof value === 'string') {
    throw mismatch(
      'pagination.nextUrlPath',
      `Valence returned a URL of the next page of more than ${MAX_CURSOR_LENGTH} characters.`,
    );
  }
  throw mismatch('pagination.nextUrlPath', 'Valence returned a URL of the next page that is not text.');
}

/**
 * The page that a link or a URL in the body leads to. The key goes with every request, so a link to another host is refused.
 * The same host with another scheme or port comes from a proxy that does not rewrite links: its path and query are requested
 * at the configured origin.
 */
function linkedPage(
  current: PageRequest,
  target: string | undefined,
  profile: EndpointProfile,
): PageRequest | undefined {
  if (target === undefined) return undefined;
  const { url } = current;
  if (!URL.canParse(target, url.href)) throw badLink(profile, 'holds a link that is not a URL');
  const link = new URL(target, url);
  if (link.hostname !== url.hostname) throw badLink(profile, `leads to another host, ${link.hostname}`);
  // Nothing but path and query is taken over: credentials in a URL would take the place of the key.
  const next = new URL(url);
  next.pathname = link.pathname;
  next.search = link.search;
  return [profile.fromParam, profile.toParam, profile.pageSizeParam].reduce<PageRequest>(
    (request, name) => {
      const value = name === null ? null : url.searchParams.get(name);
      if (name === null || value === null || request.url.searchParams.has(name)) return request;
      return withParameter(request, name, value);
    },
    { url: next },
  );
}

/** Room for several links with long cursors. The parser takes time by the square of the length. */
const MAX_LINK_HEADER_LENGTH = 4_096;

function linkTarget(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (link.length > MAX_LINK_HEADER_LENGTH) {
    throw mismatch(
      'pagination.style',
      `The Link header of Valence's answer is longer than ${MAX_LINK_HEADER_LENGTH} characters.`,
    );
  }
  try {
    return LinkHeader.parse(link).rel('next')[0]?.uri;
  } catch {
    throw mismatch('pagination.style', "The Link header of Valence's answer cannot be read.");
  }
}

const badLink = ({ pagination }: EndpointProfile, what: string) =>
  pagination.style === 'url'
    ? mismatch('pagination.nextUrlPath', `The URL of the next page in Valence's answer ${what}.`)
    : mismatch('pagination.style', `The Link header of Valence's answer ${what}.`);

const mismatch = (profileKey: string, what: string) => profileMismatch('source-paging', profileKey, what);
