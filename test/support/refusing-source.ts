import type { Page, Range, Source } from '../../lambda/forwarder/core/ports.ts';
import { recordTime } from '../../lambda/forwarder/core/records/time.ts';
import { SourceError } from '../../lambda/shared/errors.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { auditRecord } from './core-records.ts';
import { fakeSink } from './fake-ports.ts';
import { NOW } from './outside-world.ts';
import { streamWorld } from './stream-world.ts';

const MINUTE_MS = 60_000;
/** The newest settled second of a run at NOW. */
export const TARGET = NOW - 120;

/** Audit records that all differ, one every 10 minutes of the 12 hours before the newest settled second. */
export const RECORDS: readonly JsonObject[] = Array.from({ length: 72 }, (_, n) =>
  auditRecord({ details: `record ${n}`, timeEpoch: TARGET - 1 - n * 600 }),
);

/** The error of a source that refuses a range. */
export const refused = (status = 400) =>
  new SourceError('source-status', `Valence answered ${status}.`, 'Ask Valence.', status);

/** A source over {@link RECORDS} that refuses ranges, and counts what it is asked for. */
export function refusingSource(
  refusal: { of: (range: Range) => Error | undefined; serverTime?: () => number },
  records = RECORDS,
) {
  const asked: Range[] = [];
  const source: Source = {
    async *pages(stream, range, { onEnd }): AsyncGenerator<Page> {
      asked.push(range);
      const error = refusal.of(range);
      if (error) throw error;
      yield {
        records: records.filter((record) => {
          const time = recordTime(stream, record) ?? 0;
          return time >= range.from && time < range.to;
        }),
        serverTime: refusal.serverTime?.(),
      };
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
  return { source, asked };
}

/**
 * A stream over such a source.
 * @param of the error for a range; undefined when the source answers
 */
export function worldOf(of: (range: Range) => Error | undefined, records = RECORDS) {
  const refusal: Parameters<typeof refusingSource>[0] = { of };
  const shown = [...records];
  const { source, asked } = refusingSource(refusal, shown);
  const sink = fakeSink();
  const world = streamWorld({ source, sink });
  return {
    ...world,
    sink,
    refusal,
    shown,
    asked,
    sent: () => sink.accepted.map((log) => log['details']).sort(),
    state: () => world.store.read('audit-logs'),
    later: (minutes: number) => world.clock.sleep(minutes * MINUTE_MS),
  };
}

export const details = (records: readonly JsonObject[]) => records.map((record) => record['details']).sort();
export const covers = ({ from, to }: Range, second: number) => from <= second && second < to;
