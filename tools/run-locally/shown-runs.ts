import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import { DEFAULT_INTERVAL_SECONDS } from '../../lambda/limits.ts';
import { timeSettings } from '../../lambda/settings/function/times.ts';
import { lagOf, type Pace } from '../../lambda/shared/lag.ts';
import type { ShownForwarder, ShownRun, ShownStream } from '../preview/explore/answers.ts';
import type { ReportedRun } from './report.ts';

/** Runs as the page of the forwarder shows them. */

/** A run that ended with a result. @param at epoch seconds */
export const shownRun = (name: string, { status, streams }: PublicResult, at: number): ShownRun => ({
  name,
  at,
  status,
  streams: Object.entries(streams).map(
    ([stream, { fetched, forwarded, duplicates, quarantined, error, skipped }]) => ({
      stream,
      fetched,
      forwarded,
      duplicates,
      quarantined,
      problem: error ? `${error.code}: ${error.message}` : skipped,
    }),
  ),
});

const PACE: Pace = { interval: DEFAULT_INTERVAL_SECONDS, settle: timeSettings.settle.default };

const shownStreams = ({ result: { streams }, sourceTime }: ReportedRun): ShownStream[] =>
  Object.entries(streams).map(([stream, { watermark, finalWatermark, holes }]) => ({
    stream,
    watermark,
    finalWatermark,
    lagSeconds: Math.max(0, sourceTime - watermark),
    lag: lagOf(sourceTime - watermark, PACE),
    holes: holes.map(({ from, to, status }) => ({ from, to, status })),
  }));

/** What the last of several runs left. */
export function lastRuns(runs: readonly [ReportedRun, ...ReportedRun[]]): ShownForwarder {
  const newest = runs.toReversed();
  const last = newest[0] ?? runs[0];
  const quarantined = runs.flatMap(({ result }) =>
    Object.values(result.streams).map((each) => each.quarantined),
  );
  return {
    kind: 'last',
    at: last.sourceTime,
    streams: shownStreams(last),
    runs: newest.map(({ name, result, sourceTime }) => shownRun(name, result, sourceTime)),
    quarantine: { total: quarantined.reduce((sum, count) => sum + count, 0), shown: [] },
  };
}
