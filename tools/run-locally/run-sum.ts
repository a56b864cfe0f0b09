import type { Stream } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';

type Report = NonNullable<PublicResult['streams'][Stream]>;

/** Counts are added up; the watermarks are those of the later run. */
const add = (earlier: Report | undefined, later: Report): Report => ({
  ...later,
  fetched: (earlier?.fetched ?? 0) + later.fetched,
  forwarded: (earlier?.forwarded ?? 0) + later.forwarded,
  duplicates: (earlier?.duplicates ?? 0) + later.duplicates,
  filtered: (earlier?.filtered ?? 0) + later.filtered,
  quarantined: (earlier?.quarantined ?? 0) + later.quarantined,
});

/** The sum of consecutive runs, in the shape of one run's result. */
export function sumOf(results: readonly [PublicResult, ...PublicResult[]]): PublicResult {
  return results.reduce((sum, { status, streams }) => ({
    status,
    streams: {
      ...sum.streams,
      ...Object.fromEntries(
        Object.entries(streams).map(([stream, report]) => [
          stream,
          add(sum.streams[stream as Stream], report),
        ]),
      ),
    },
  }));
}
