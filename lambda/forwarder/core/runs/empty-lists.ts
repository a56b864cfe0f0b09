import { HOUR_SECONDS } from '../../../limits.ts';
import { SourceError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Page, Range } from '../ports.ts';
import { recordTime } from '../records/time.ts';
import type { LiveRun } from './live-run.ts';

/**
 * Compares the empty lists of a stream that has never shown a record with its list without a range. A wrong unit of time, or wrong
 * names of the range's parameters, give valid empty lists for ever. To be called before the watermark passes an empty range; asks
 * at most once an hour while nothing is wrong.
 * @throws {SourceError} `source-range` when the source has a record that it shows neither in the record's own range nor in any later
 *   one; errors that are not about the list as {@link Source.pages} does
 */
export async function compareEmptyLists({ context, progress }: LiveRun): Promise<void> {
  const { ports, stream, startedAt, deadline, lists, counts, outsiders } = context;
  const hasShownRecords = progress.lastRecordAt > 0 || counts.fetched > 0;
  if (hasShownRecords || startedAt - lists.comparedAt < HOUR_SECONDS || !outsiders) return;
  const call = { deadline, maxAttempts: 1 };
  const page = await ifAnswered(() => ports.source.firstPage?.(stream, call));
  const time = page && someTimeIn(page, outsiders);
  if (time !== undefined) {
    const own = { from: time, to: time + 1 };
    const isEmpty = (range: Range) => ifAnswered(() => isEmptyList(ports.source.pages(stream, range, call)));
    // A source that filters by another time than the record's own shows it in a later range, which a later run reads.
    if ((await isEmpty(own)) === true && (await isEmpty({ from: time, to: startedAt })) !== false)
      throw wrongRange(own);
  }
  lists.comparedAt = startedAt;

  function someTimeIn({ records }: Page, { from, to }: Range): number | undefined {
    return Array.from({ length: records.length }, (_, index) => records.at(index) as JsonObject)
      .map((record) => recordTime(stream, record))
      .find((each) => each !== undefined && each >= from && each < to);
  }
}

async function isEmptyList(pages: AsyncIterable<Page>): Promise<boolean> {
  for await (const { records } of pages) if (records.length > 0) return false;
  return true;
}

/** A source may refuse lists without a range, or any single second. That proves nothing. */
async function ifAnswered<T>(ask: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

const wrongRange = ({ from }: Range) =>
  new SourceError(
    'source-range',
    `Valence shows a record of the second ${from} in a list without a range, but not in the list of that second, or of the time since.`,
    'The profile keys "timeUnit", "fromParam", "toParam" or "timeFilter" may be wrong. Set them in the API profile (VALENCE_API_PROFILE, or valenceApi in the CDK context); "npm run doctor" finds out which.',
  );
