import { TYPICAL_LIST_CAP } from '../../limits.ts';
import type { EndpointProfile } from '../../settings/api-profile.ts';
import { valueAt } from '../../shared/dotted-path.ts';
import type { ListEnd } from '../core/ports.ts';
import { type PageRequest, parameterOf } from './page-request.ts';
import { answeredAt, type PageAnswer } from './pagination.ts';

/** How a list ends, and whether it may go on where the API answers no further. */

/** What a scan has seen of a list. */
export interface SeenList {
  /** Records of all its pages. */
  shown: number;
  /** Records of its largest page. */
  largestPage: number;
  /** Records of the last page that has any. */
  lastPage: number;
  /** How many records the range holds by the API's own statement; undefined where it makes none. */
  total: number | undefined;
}

/**
 * Adds a page to what a scan has seen.
 * @param total what the answer states as the number of all records of the range
 */
export function addPage(seen: SeenList, records: number, total: number | undefined): void {
  seen.shown += records;
  seen.largestPage = Math.max(seen.largestPage, records);
  seen.lastPage = records || seen.lastPage;
  seen.total = total ?? seen.total;
}

/** Sizes at which services are known to cut lists without a word, even where they state the end. */
const SUSPICIOUS_SIZES: ReadonlySet<number> = new Set([1000, 2000, 5000, 10_000]);

/** Whether the last answer itself says that there is no further page. */
function isStated(answer: PageAnswer, { pagination }: EndpointProfile): boolean {
  const { style, hasMorePath, cursorField, nextCursorPath, nextUrlPath } = pagination;
  if (hasMorePath !== null && valueAt(answer.body, hasMorePath) === false) return true;
  if (style === 'url') return valueAt(answer.body, nextUrlPath) !== undefined;
  if (style !== 'cursor') return false;
  return cursorField === null ? answeredAt(answer, nextCursorPath) !== undefined : answer.itemCount === 0;
}

/**
 * Whether a list of counted pages may have ended because the API answers no deeper offsets: it then shows an empty page, or its
 * last one again. Such an end comes after a full page, or at a round size. With `maxOffset` no page is asked for so deep.
 */
const mayGoDeeper = ({ pagination }: EndpointProfile, { shown, largestPage, lastPage }: SeenList): boolean =>
  pagination.maxOffset === null &&
  shown > 0 &&
  (shown % TYPICAL_LIST_CAP === 0 || (lastPage === largestPage && shown > largestPage));

/**
 * How a list ends after whose last answer no further page is asked for.
 * @param answer the last one, if it names no further page; undefined where it does, or had come before
 * @param leadsBack whether it is an empty page that names one that was there before
 */
export function endOf(
  answer: PageAnswer | undefined,
  profile: EndpointProfile,
  seen: SeenList,
  leadsBack = false,
): ListEnd {
  const { shown, total } = seen;
  const isCounted = profile.pagination.style === 'offset' || profile.pagination.style === 'page';
  const isAbrupt = SUSPICIOUS_SIZES.has(shown) || (isCounted && mayGoDeeper(profile, seen));
  if (total !== undefined && shown < total) return isAbrupt ? 'cut' : 'unstated';
  if (total !== undefined || leadsBack || (answer && isStated(answer, profile))) {
    return SUSPICIOUS_SIZES.has(shown) ? 'abrupt' : 'stated';
  }
  if (!isCounted) return 'unstated';
  if (isAbrupt) return 'abrupt';
  // Counted pages end with an empty one.
  return answer ? 'stated' : 'unstated';
}

/**
 * Whether a page lies deeper than the API answers by the profile.
 * @param request for the page
 */
export function isBeyondReach(
  request: PageRequest,
  { pageSize, pageSizeParam, pagination }: EndpointProfile,
  { largestPage }: SeenList,
): boolean {
  const { style, maxOffset, offsetParam, pageParam, firstPage } = pagination;
  if (maxOffset === null) return false;
  const size = pageSizeParam === null ? largestPage : (pageSize ?? largestPage);
  switch (style) {
    case 'offset':
      return Number(parameterOf(request, offsetParam)) + size > maxOffset;
    case 'page':
      return (Number(parameterOf(request, pageParam)) - firstPage + 1) * size > maxOffset;
    default:
      return false;
  }
}
