import type { Stream } from '../lambda/forwarder/core/ports.ts';
import { type RunResult, resultOf } from '../lambda/forwarder/core/run.ts';
import type { StreamReport } from '../lambda/forwarder/core/stream.ts';

/** Counts are added up; where the stream stands is what the later run says. */
const add = (earlier: StreamReport | undefined, later: StreamReport): StreamReport => ({
  ...later,
  fetched: (earlier?.fetched ?? 0) + later.fetched,
  forwarded: (earlier?.forwarded ?? 0) + later.forwarded,
  duplicates: (earlier?.duplicates ?? 0) + later.duplicates,
  filtered: (earlier?.filtered ?? 0) + later.filtered,
  quarantined: (earlier?.quarantined ?? 0) + later.quarantined,
});

/** What runs in a row come to, in the shape of one run's result. */
export function sumOf(results: readonly RunResult[]): RunResult {
  const streams: RunResult['streams'] = {};
  for (const result of results) {
    for (const [stream, report] of Object.entries(result.streams) as [Stream, StreamReport][]) {
      streams[stream] = add(streams[stream], report);
    }
  }
  return resultOf(streams);
}
