import type { Stream } from '../../lambda/forwarder/core/ports.ts';
import type { Processes } from './processes.ts';
import type { RecordList } from './records.ts';
import type { Figures } from './subject.ts';

/** Single runs, of which every measurement is made. */

const SPAN_SECONDS = 42_000;
/** Older than the settle time, younger than the first run's look-back. */
const AGE_SECONDS = SPAN_SECONDS + 600;
export const PAGE_SIZES: Record<Stream, number> = { alerts: 100, 'audit-logs': 1000 };

export const listOf = (stream: Stream, total: number): RecordList => ({
  stream,
  total,
  start: Math.floor(Date.now() / 1000) - AGE_SECONDS,
  spanSeconds: SPAN_SECONDS,
});

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
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

/** Work that ought to go well. */
export function succeeded(figures: Figures | undefined): Figures {
  if (!figures) throw new Error('Nothing was measured.');
  if (figures.error !== undefined) throw new Error(figures.error);
  return figures;
}

/** What a run of the forwarder has asked the state table for. */
export function used({ capacity }: Figures): NonNullable<Figures['capacity']> {
  if (!capacity) throw new Error('The function did not log what it has used of the state table.');
  return capacity;
}

/**
 * Has the forwarder or the naive poller read so many records, in a process of its own.
 * @throws {Error} when not all of them arrived
 */
export async function oneRun(processes: Processes, kind: 'forwarder' | 'naive', run: Run): Promise<Figures> {
  const { stream, records, latencies = { source: 0, sink: 0 }, warmUp = 0 } = run;
  async function* environments() {
    for (const total of [Math.floor(records * warmUp), records].filter((each) => each > 0)) {
      const environment = await processes.setUp({
        lists: [listOf(stream, total)],
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
