import type { SourceError } from '../../common/errors.ts';
import { placeOf } from '../../common/http.ts';
import type { CallOptions, Page, Range } from '../core/ports.ts';
import type { EndpointName, EndpointProfile } from './api-profile.ts';
import { valueAt } from './dotted-path.ts';
import { digestMarkOf, isUniform, markOf, noRecords, type PageMark } from './items.ts';
import { readPage } from './page-text.ts';
import { firstPage, nextPage } from './pagination.ts';
import { type RequestOptions, readJson } from './request.ts';
import { profileMismatch } from './source-errors.ts';

/** A chain of pages longer than this has no end. A slice ends at 50,000 records, which is far below it. */
const MAX_PAGES = 10_000;

/** From here on a page is worth a line, attempts and waits between them included. */
const SLOW_PAGE_MS = 5_000;

const ONE_SHORT_PAGE =
  'Valence answered the second page with the first again. It is taken for the only one because it is short.';
const LAST_PAGE_AGAIN = 'Valence repeats its last page, which is taken for the end.';
const SLOW_PAGE = 'Valence took long to answer with a page.';
const FULL_LAST_PAGE =
  'The last page is full and its body has no field for a next cursor. If records are missing, the profile is wrong.';

export interface Scan {
  /** Scheme and host. */
  origin: string;
  endpoint: EndpointName;
  profile: EndpointProfile;
  /** Undefined for a list without times. */
  range: Range | undefined;
}

/**
 * All pages of a list, one after the other; the next one is requested when it is asked for. The list ends only where the
 * answers say so: with a page missing at its end, records would be lost without anybody noticing.
 * @throws {SourceError} also when the pages come round in a circle; further as {@link readJson} does
 */
export async function* scan(
  { origin, endpoint, profile, range }: Scan,
  options: RequestOptions,
  call: CallOptions,
): AsyncGenerator<Page> {
  const { telemetry, clock } = options;
  const visited = new Set<string>();
  const { itemsPath } = profile;
  const purpose = {
    profileKey: `${endpoint}.path`,
    doing: `reading ${endpoint} from Valence`,
    read: (body: Buffer, malformed: () => SourceError) =>
      readPage(body, { itemsPath, apart: !isCursorWithin(profile), malformed }),
  };
  let first: PageMark | undefined;
  let previous: PageMark | undefined;
  let firstWasShort = false;

  let url: URL | undefined = firstPage(origin, profile, range);
  while (url) {
    const place = placeOf({ method: 'GET', url: url.href });
    const askedAt = clock.monotonic();
    const { body: page, link, serverTime } = await readJson(url, options, call, purpose);
    const tookMs = Math.round(clock.monotonic() - askedAt);
    const { body, records } = page;
    if (!records) throw noRecords(body, itemsPath, place);
    telemetry.count('PagesFetched');
    if (tookMs >= SLOW_PAGE_MS) telemetry.info(SLOW_PAGE, { endpoint, tookMs, records: records.length });

    const cameBack = visited.has(url.href);
    // Equal pages at a new position prove nothing when all their records are alike.
    const repeats = (earlier: PageMark | undefined) =>
      records.length > 0 && earlier?.isSameAs(records) && (cameBack || !isUniform(records));
    if (visited.size === 0) {
      first = records.length > 0 ? digestMarkOf(records) : undefined;
      firstWasShort = profile.pageSize === null || records.length < profile.pageSize;
    } else if (repeats(first)) {
      if (!firstWasShort) throw pagingIgnored(place, profile);
      // Without a page size the list may simply know no pages.
      if (profile.pageSize !== null)
        telemetry.warn(ONE_SHORT_PAGE, { endpoint, profileKey: pagingKey(profile) });
      return;
    } else if (repeats(previous)) {
      telemetry.warn(LAST_PAGE_AGAIN, { endpoint, profileKey: pagingKey(profile) });
      return;
    } else if (cameBack) {
      throw endless(place, profile, 'come round in a circle');
    }
    visited.add(url.href);
    if (visited.size > MAX_PAGES) throw endless(place, profile, `have no end after ${MAX_PAGES}`);
    if (records.length > 0) previous = markOf(records);

    yield { records, serverTime };
    url = nextPage(url, { body, itemCount: records.length, link }, profile);
    if (!url && records.length === profile.pageSize && lacksCursor(body, profile)) {
      telemetry.warn(FULL_LAST_PAGE, { endpoint, profileKey: 'pagination.nextCursorPath' });
    }
  }
}

/** Whether the next cursor stands in the list itself, so that the rest of the body does not tell it. */
const isCursorWithin = ({ itemsPath, pagination }: EndpointProfile): boolean =>
  pagination.style === 'cursor' && `${pagination.nextCursorPath}.`.startsWith(`${itemsPath}.`);

const lacksCursor = (body: unknown, { pagination }: EndpointProfile): boolean =>
  pagination.style === 'cursor' && valueAt(body, pagination.nextCursorPath) === undefined;

/** The profile key that names the parameter, or else the style, by which pages are asked for. */
function pagingKey({ pagination }: EndpointProfile): string {
  switch (pagination.style) {
    case 'cursor':
      return 'pagination.cursorParam';
    case 'offset':
      return 'pagination.offsetParam';
    case 'page':
      return 'pagination.pageParam';
    default:
      return 'pagination.style';
  }
}

const pagingIgnored = (place: string, profile: EndpointProfile) =>
  profileMismatch(
    'source-paging',
    pagingKey(profile),
    `Valence answered a later page of ${place} with the first one again, as if it did not know the parameter.`,
  );

const endless = (place: string, profile: EndpointProfile, how: string) =>
  profileMismatch('source-paging', pagingKey(profile), `The pages of ${place} ${how}.`);
