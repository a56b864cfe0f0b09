import type { Stream } from '../../lambda/contract.ts';
import type { Processes } from './processes.ts';
import type { RecordList } from './records.ts';
import type { Figures, SubjectKind } from './subject.ts';

/** Single runs, from which every measurement is made. */

/** Older than the settle time. */
export const YOUNGEST_SECONDS = 600;
/** The longest span that keeps the oldest record within the first run's look-back. */
export const MAX_SPAN_SECONDS = 42_000;

export const PAGE_SIZES: Record<Stream, number> = { alerts: 100, 'audit-logs': 1000 };

/** So many records, spread evenly over a range that has just ended. */
export const listOf = (stream: Stream, total: number, spanSeconds: number): RecordList => ({
  stream,
  total,
  start: Math.floor(Date.now() / 1000) - spanSeconds - YOUNGEST_SECONDS,
  spanSeconds,
});

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
};

export const only = (stream: Stream) => ({
  COLLECT_ALERTS: String(stream === 'alerts'),
  COLLECT_AUDIT_LOGS: String(stream === 'audit-logs'),
});

export interface Run {
  stream: Stream;
  records: number;
  latencies?: { source: number; sink: number };
  environment?: Record<string, string>;
  /** Share of the records that a first, uncounted run in the same process reads. */
  warmUp?: number;
}

/** Runs that must succeed. */
export function succeeded(figures: Figures | undefined): Figures {
  if (!figures) throw new Error('Nothing was measured.');
  if (figures.error !== undefined) throw new Error(figures.error);
  return figures;
}

/** Requests of a run to the state table. */
export function used({ capacity }: Figures): NonNullable<Figures['capacity']> {
  if (!capacity) throw new Error('The function did not log what it has used of the state table.');
  return capacity;
}

/**
 * Lets the forwarder or the naive poller forward so many records, in its own process.
 * @throws {Error} when not all of them arrived
 */
export async function oneRun(processes: Processes, kind: SubjectKind, run: Run): Promise<Figures> {
  const { stream, records, latencies = { source: 0, sink: 0 }, warmUp = 0 } = run;
  async function* environments() {
    for (const total of [Math.floor(records * warmUp), records].filter((each) => each > 0)) {
      const environment = await processes.setUp({
        lists: [listOf(stream, total, processes.spanSeconds)],
        sourceLatencyMs: latencies.source,
        sinkLatencyMs: latencies.sink,
      });
      yield { ...environment, ...only(stream), ...run.environment };
    }
  }
  const figures = succeeded((await processes.measure(kind, environments())).at(-1));
  const { logs } = await processes.counts();
  if (logs !== records) throw new Error(`${kind} forwarded ${logs} of ${records} ${stream}.`);
  return figures;
}
