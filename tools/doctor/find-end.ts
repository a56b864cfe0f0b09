import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { answeredAt } from '../../lambda/forwarder/valence/pagination.ts';
import type { EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { SourceError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { parseJsonText, UNBOUNDED } from '../../lambda/shared/json-text.ts';
import { counted } from '../cli/format.ts';
import { type EndpointPatch, type Probe, withPatch } from './probe.ts';
import { type ReadList, readList, showsAll, within } from './read-list.ts';
import { countsIn, flagsIn } from './response-body.ts';

const pagesRead = (pages: number): string => `${counted(pages, 'page')} ${pages === 1 ? 'was' : 'were'} read`;

/** How a list ends: what its last page says, and what comes after it. */

/** A cursor that means the end is a word, no place in a list. */
const LONGEST_END_CURSOR = 20;

interface ListToRead {
  range: Range | undefined;
  /** Records that it certainly holds. */
  expected: readonly JsonObject[];
}

/** An answer of a list, read again from what came over the wire. */
interface SeenPage {
  body: unknown;
  headers: Readonly<Record<string, string>>;
}

function pagesOf({ exchanges }: ReadList): SeenPage[] {
  return exchanges.flatMap(({ response }) => {
    if (!response || response.status < 200 || response.status > 299) return [];
    try {
      return [{ body: parseJsonText(response.body.toString(), UNBOUNDED), headers: response.headers }];
    } catch {
      return [];
    }
  });
}

/** Booleans that are true while there are more pages, and false on the last one. */
function* hasMoreWays(pages: readonly SeenPage[]): Generator<EndpointPatch> {
  const [first] = pages;
  for (const [hasMorePath, value] of flagsIn(first?.body)) {
    const turnsFalse = pages.some(({ body }) => flagsIn(body).get(hasMorePath) === false);
    if (value && turnsFalse) yield { pagination: { hasMorePath } };
  }
}

/** Cursors that the last page names, although there are no further ones. */
function* endCursorWays(
  pages: readonly SeenPage[],
  { pagination }: EndpointProfile,
): Generator<EndpointPatch> {
  if (pagination.style !== 'cursor' || pagination.cursorField !== null) return;
  const last = pages.at(-1);
  const cursor = last && answeredAt(last, pagination.nextCursorPath);
  const isWord = typeof cursor === 'string' && cursor.length > 0 && cursor.length <= LONGEST_END_CURSOR;
  if (isWord || typeof cursor === 'number') yield { pagination: { endCursors: [cursor] } };
}

/** Statuses with which the page after the last one is answered. */
function* emptyStatusWays({ error }: ReadList): Generator<EndpointPatch> {
  if (error instanceof SourceError && (error.status === 404 || error.status === 410)) {
    yield { emptyStatuses: [error.status] };
  }
}

/** Numbers that are as large as the list is long, and larger than a page. */
function* totalWays(pages: readonly SeenPage[], count: number): Generator<EndpointPatch> {
  const [first, ...others] = pages;
  if (!first || others.length === 0) return;
  for (const [totalPath, value] of countsIn(first.body, first.headers)) {
    if (value === count) yield { totalPath };
  }
}

const isGood = (probe: Probe, { error, records }: ReadList, expected: readonly JsonObject[]): boolean =>
  error === undefined && showsAll(probe, records, expected);

/** Reads the list in other ways, until one is good and says where it ends. */
async function betterWay(
  probe: Probe,
  profile: EndpointProfile,
  { range, expected }: ListToRead,
  plain: ReadList,
): Promise<EndpointPatch | undefined> {
  const pages = pagesOf(plain);
  const isRead = isGood(probe, plain, expected);
  const ways = isRead
    ? [...hasMoreWays(pages), ...totalWays(pages, plain.records.length)]
    : [...hasMoreWays(pages), ...emptyStatusWays(plain), ...endCursorWays(pages, profile)];
  for (const way of ways) {
    if (probe.ask.left() < 1) return undefined;
    const read = await readList(probe, withPatch(profile, way), range, 'finding');
    if (isGood(probe, read, expected) && (!isRead || read.end === 'stated')) return way;
  }
  return undefined;
}

/**
 * Reads a short list to its end, and finds out how the API says that it has ended.
 * @param small the profile with a page size that makes several pages of it
 */
export async function findEnd(
  probe: Probe,
  small: EndpointProfile,
  { range, expected }: ListToRead,
): Promise<void> {
  const known = within(probe, expected, range);
  const plain = await readList(probe, small, range, 'finding');
  const name = 'pagination.end';
  const isRead = isGood(probe, plain, known);
  if (isRead && plain.end === 'stated') {
    probe.matched(name, `${pagesRead(plain.pages)} to the end, which the API states`);
    return;
  }
  const way = await betterWay(probe, small, { range, expected: known }, plain);
  if (way) {
    const { pagination, ...others } = way;
    const names = [
      ...Object.keys(others),
      ...Object.keys(pagination ?? {}).map((key) => `pagination.${key}`),
    ];
    probe.corrected(name, `the API states the end of a list in another way: ${names.join(', ')}`, way);
    return;
  }
  if (isRead) {
    probe.noted(
      name,
      `${pagesRead(plain.pages)} to the end, which the API does not state`,
      'Nothing to do: the forwarder proves such lists by reading their halves.',
    );
    return;
  }
  probe.differs(
    name,
    plain.error
      ? `the pages cannot be read to their end: ${plain.error.message}`
      : 'the pages do not show all records',
    'Ask Valence how the last page is marked, and set pagination in valenceApi.',
  );
}
