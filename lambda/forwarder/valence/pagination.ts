import LinkHeader from 'http-link-header';
import { isLosslessNumber } from 'lossless-json';
import type { EndpointProfile } from '../../settings/api-profile.ts';
import type { Range } from '../core/ports.ts';
import { valueAt } from './dotted-path.ts';
import { profileMismatch } from './source-errors.ts';

/**
 * Where a scan stands is a URL, whatever the pagination style: the first one is made from the range, each further one
 * from its predecessor and the answer to it. So every page request repeats the range and the page size.
 */

/** Whether a bound counts is not known, so a second more is asked for on each side; the caller filters. */
const SLACK_SECONDS = 1;

/** What the next page is found by. */
export interface PageAnswer {
  body: unknown;
  itemCount: number;
  /** The `Link` header. */
  link: string | undefined;
}

function timeText(seconds: number, unit: EndpointProfile['timeUnit']): string {
  switch (unit) {
    case 's':
      return String(seconds);
    case 'ms':
      return String(seconds * 1000);
    case 'iso':
      return new Date(seconds * 1000).toISOString();
  }
}

/**
 * The request for the first page.
 * @param origin scheme and host, and the prefix of all paths when there is one
 * @param range undefined for a list that has no times
 */
export function firstPage(origin: string, profile: EndpointProfile, range: Range | undefined): URL {
  const { fromParam, toParam, timeUnit, pageSizeParam, pageSize, pagination } = profile;
  const url = new URL(origin.replace(/\/+$/, '') + profile.path);
  const set = (name: string | null, value: string | number) => name && url.searchParams.set(name, `${value}`);
  if (range) {
    set(fromParam, timeText(Math.max(0, range.from - SLACK_SECONDS), timeUnit));
    set(toParam, timeText(range.to + SLACK_SECONDS, timeUnit));
  }
  if (pageSize !== null) set(pageSizeParam, pageSize);
  if (pagination.style === 'offset') set(pagination.offsetParam, 0);
  if (pagination.style === 'page') set(pagination.pageParam, pagination.firstPage);
  return url;
}

/**
 * The request for the page after `current`, or undefined when there is explicitly none.
 * @throws {SourceError} when the answer does not say in the profile's way where to go on
 */
export function nextPage(current: URL, answer: PageAnswer, profile: EndpointProfile): URL | undefined {
  const { style, nextCursorPath, cursorParam, offsetParam, pageParam } = profile.pagination;
  switch (style) {
    case 'cursor': {
      const cursor = cursorText(valueAt(answer.body, nextCursorPath));
      return cursor === undefined ? undefined : withParameter(current, cursorParam, cursor);
    }
    case 'offset':
      return advanced(current, offsetParam, answer.itemCount);
    case 'page':
      return answer.itemCount === 0 ? undefined : advanced(current, pageParam, 1);
    case 'link':
      return linkedPage(current, answer.link, profile);
    case 'none':
      if (answer.itemCount !== profile.pageSize) return undefined;
      throw profileMismatch(
        'source-paging',
        'pagination.style',
        `Valence returned exactly the ${profile.pageSize} records asked for, so there may be more, but the profile does not define how to request them.`,
      );
  }
}

/**
 * The request for a page that lies beyond the end of every list: an API that counts answers it with nothing, one that does
 * not know the parameter with its first page, and one that bounds the number with its last page.
 * @param pages how many pages further on
 * @param itemCount records of the page at hand
 * @returns undefined in a style that does not count
 */
export function pageBeyond(
  current: URL,
  profile: EndpointProfile,
  pages: number,
  itemCount: number,
): URL | undefined {
  const { style, offsetParam, pageParam } = profile.pagination;
  if (style === 'page') return advanced(current, pageParam, pages);
  if (style === 'offset') {
    return advanced(current, offsetParam, pages * Math.max(itemCount, profile.pageSize ?? 1));
  }
  return undefined;
}

function withParameter(url: URL, name: string, value: string): URL {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next;
}

/** The URL with a counting parameter moved on, or undefined when it would stay where it is. */
const advanced = (url: URL, name: string, by: number): URL | undefined =>
  by === 0 ? undefined : withParameter(url, name, String(Number(url.searchParams.get(name)) + by));

function cursorText(cursor: unknown): string | undefined {
  if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return undefined;
  if (typeof cursor === 'string' || typeof cursor === 'number') return String(cursor);
  if (isLosslessNumber(cursor)) return cursor.value;
  throw profileMismatch(
    'source-paging',
    'pagination.nextCursorPath',
    'Valence returned a next cursor that is neither text nor a number.',
  );
}

/** RFC 8288. The key goes with every request, so a link to another origin is refused. */
function linkedPage(current: URL, link: string | undefined, profile: EndpointProfile): URL | undefined {
  if (link === undefined) return undefined;
  const target = linkTarget(link);
  if (target === undefined) return undefined;
  if (!URL.canParse(target, current.href)) throw badLink('holds a link that is not a URL');
  const next = new URL(target, current);
  if (next.origin !== current.origin) throw badLink(`leads to another origin, ${next.origin}`);
  // Credentials in a URL would take the place of the key.
  next.username = '';
  next.password = '';
  for (const name of [profile.fromParam, profile.toParam, profile.pageSizeParam]) {
    const value = name && current.searchParams.get(name);
    if (name && value && !next.searchParams.has(name)) next.searchParams.set(name, value);
  }
  return next;
}

function linkTarget(link: string): string | undefined {
  try {
    return LinkHeader.parse(link).rel('next')[0]?.uri;
  } catch {
    throw badLink('cannot be read');
  }
}

const badLink = (what: string) =>
  profileMismatch('source-paging', 'pagination.style', `The Link header of Valence's answer ${what}.`);
