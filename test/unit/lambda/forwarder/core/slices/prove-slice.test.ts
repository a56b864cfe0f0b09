import { describe, expect, it } from 'vitest';
import type {
  ListEnd,
  ListKnowledge,
  Page,
  Range,
  Source,
} from '../../../../../../lambda/forwarder/core/ports.ts';
import { recordTime } from '../../../../../../lambda/forwarder/core/records/time.ts';
import { noListKnowledge } from '../../../../../../lambda/forwarder/core/slices/completeness.ts';
import { sliceRules } from '../../../../../../lambda/forwarder/core/slices/planner.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;

/** Audit records that all differ, one every `step` seconds, the newest old enough for a run. */
const records = (count: number, step: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) =>
    auditRecord({ details: `record ${n}`, timeEpoch: NOW - 200 - n * step }),
  );

interface Behaviour {
  /** Records that one list shows at most, newest first. */
  cap?: number;
  end?: ListEnd;
  /** Whether the source filters by the range. */
  filters?: boolean;
  /** Seconds before the range that it shows as well. */
  slack?: number;
  /** Seconds between the time in a record and the one by which the source filters. */
  filedLater?: number;
  /** Whether it shows the oldest records instead of the newest. */
  oldestFirst?: boolean;
}

/** A source that shows the newest records of a range in one page. */
function cappedSource(
  all: readonly JsonObject[],
  {
    cap = Infinity,
    end = 'unstated',
    filters = true,
    slack = 0,
    filedLater = 0,
    oldestFirst = false,
  }: Behaviour,
) {
  const ranges: [from: number, to: number][] = [];
  const source: Source = {
    async *pages(stream, { from, to }, { onEnd }): AsyncGenerator<Page> {
      ranges.push([from, to]);
      const shown = all.filter((record) => {
        const time = (recordTime(stream, record) ?? 0) + filedLater;
        return !filters || (time >= from - slack && time < to);
      });
      if (oldestFirst) shown.reverse();
      yield { records: shown.slice(0, cap) };
      onEnd?.(end);
    },
    alertTypes: async () => new Map(),
  };
  return { source, ranges };
}

async function served(all: readonly JsonObject[], behaviour: Behaviour, lists: Partial<ListKnowledge> = {}) {
  const { source, ranges } = cappedSource(all, behaviour);
  const sink = fakeSink();
  const known: ListKnowledge = { ...noListKnowledge(), ...lists };
  const world = streamWorld({ source, sink, lists: { 'audit-logs': known } });
  const report = await world.run('audit-logs', { lookbackSeconds: 0 });
  return {
    report,
    ranges,
    known,
    sent: sink.accepted.length,
    texts: new Set(sink.accepted.map(({ message }) => message)),
  };
}

describe('F87 a list whose end is not stated', () => {
  it('loses nothing when the source caps it, and sends nothing twice', async () => {
    const { report, sent, texts } = await served(records(700, 60), { cap: 100 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 700 });
    expect(sent).toBe(700);
    expect(texts.size).toBe(700);
  });

  it('is proven by its halves when it is complete', async () => {
    const { report, ranges, known } = await served(records(20, 60), {});

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 20 });
    expect(known.whole).toBe(20);
    const [whole] = ranges.filter(([from, to]) => to > NOW - 1400 && from < NOW - 1400);
    expect(whole).toBeDefined();
  });

  it('loses nothing when the source caps it, and filters by another time', async () => {
    const { report, sent, texts } = await served(records(40, 60), { cap: 10, filedLater: -600 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 40 });
    expect(sent).toBe(40);
    expect(texts.size).toBe(40);
  });

  it('is proven by its halves where the source filters by another time', async () => {
    const { known } = await served(records(40, 60), { filedLater: -600 });

    expect(known.whole).toBe(40);
  });

  it('is not proven by halves that show as many records, but others', async () => {
    const [first, second, third, fourth] = [3000, 1500, 500, 400].map((age) =>
      auditRecord({ details: `record ${age}`, timeEpoch: NOW - age }),
    ) as [JsonObject, JsonObject, JsonObject, JsonObject];
    const isIn = (record: JsonObject, { from, to }: Range) =>
      Number(record['timeEpoch']) >= from && Number(record['timeEpoch']) < to;
    const source: Source = {
      async *pages(_, range, { onEnd }) {
        const length = range.to - range.from;
        const kept =
          length > 3000 ? [first, second] : length > 1000 ? [first, third] : [second, third, fourth];
        yield { records: kept.filter((record) => isIn(record, range)) };
        onEnd?.('unstated');
      },
      alertTypes: async () => new Map(),
    };
    const sink = fakeSink();
    const { run } = streamWorld({ source, sink });

    await run('audit-logs', { initialLookbackSeconds: HOUR, lookbackSeconds: 0, parallelSlices: 1 });

    expect(sink.accepted.map((log) => log['details']).sort()).toEqual([
      'record 1500',
      'record 3000',
      'record 400',
      'record 500',
    ]);
  });

  it('is not proven by a half that shows as much, records of the slack included', async () => {
    const [, secondHalf] = sliceRules.halves({ from: NOW - HOUR, to: NOW - 120 });
    const times = [
      ...Array<number>(6).fill(secondHalf.from - 1),
      ...Array.from({ length: 16 }, (_, n) => secondHalf.from + 60 + n * 60),
    ];
    const all = times.map((timeEpoch, n) => auditRecord({ details: `record ${n}`, timeEpoch })).reverse();
    // The list of the hour and that of its second half both end at the same record.
    const { source } = cappedSource(all, { cap: 20, slack: 1, oldestFirst: true });
    const sink = fakeSink();
    const { run } = streamWorld({ source, sink });

    await run('audit-logs', { initialLookbackSeconds: HOUR, lookbackSeconds: 0, parallelSlices: 1 });

    expect(sink.accepted).toHaveLength(22);
  });

  it('is trusted without a proof below the size of a list that was proven', async () => {
    const proven = await served(records(20, 60), {});
    const trusted = await served(records(20, 60), {}, { whole: 21 });

    expect(trusted.report).toMatchObject({ error: null, forwarded: 20 });
    expect(trusted.ranges.length).toBeLessThan(proven.ranges.length);
  });

  it('is trusted when the source has named pages before and the last one is short', async () => {
    const { ranges, known } = await served(records(20, 60), {}, { hasNamedPages: true, largestPage: 50 });

    expect(known.whole).toBe(0);
    expect(new Set(ranges.map(([from]) => from)).size).toBe(ranges.length);
  });

  it('that holds a full page within one second fails the stream, naming the keys of the profile', async () => {
    const { report } = await served(records(300, 0), { cap: 100 });

    expect(report.error).toMatchObject({
      code: 'source-cut',
      message: expect.stringContaining('100 records for the second'),
      fix: expect.stringContaining('pagination.nextCursorPath'),
    });
    expect(report.watermark).toBeLessThan(NOW - 200);
  });

  it('of a few records within one second is a hole, so that a small tenant is not stopped', async () => {
    const all = [
      ...records(3, 60),
      ...Array.from({ length: 10 }, (_, n) =>
        auditRecord({ details: `one of ten ${n}`, timeEpoch: NOW - 1000 }),
      ),
    ];

    const { report, sent } = await served(all, {});

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 13 });
    expect(sent).toBe(13);
  });

  it('fails the stream when the source ignores the range', async () => {
    const { report } = await served(records(700, 60), { cap: 100, filters: false });

    expect(report.error).toMatchObject({ code: 'source-cut', fix: expect.stringContaining('"fromParam"') });
  });

  it('fails the stream when the range has no upper bound, naming toParam', async () => {
    const { source } = cappedSource(records(700, 60), { cap: 100 });
    const { run } = streamWorld({ source });

    const report = await run('audit-logs', { boundedAbove: false, lookbackSeconds: 0 });

    expect(report.error).toMatchObject({ code: 'source-cut', fix: expect.stringContaining('"toParam"') });
    expect(report.watermark).toBe(NOW - 12 * HOUR);
  });

  it('of records that are filtered is not taken for cut', async () => {
    const alerts = Array.from({ length: 12 }, (_, n) =>
      alertRecord({ vuid: `a-${n}`, creationTimestamp: NOW - 300 - n, alertType: { severity: 'Low' } }),
    );
    const { source, ranges } = cappedSource(alerts, {});
    const { run } = streamWorld({ source });

    const report = await run('alerts', { alertSeverities: new Set(['High']), lookbackSeconds: 0 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 0 });
    expect(ranges.length).toBeLessThan(40);
  });
});

describe('F87 a list whose end is stated', () => {
  it('is not read again', async () => {
    const { report, ranges } = await served(records(20, 60), { end: 'stated' });

    expect(report).toMatchObject({ error: null, forwarded: 20 });
    expect(new Set(ranges.map(([from]) => from)).size).toBe(ranges.length);
  });
});

describe('F107 a list that ends where lists are cut', () => {
  it('is proven by its halves, also where the last page was shorter than others', async () => {
    const known = { hasNamedPages: true, largestPage: 5000 };
    const { report, texts } = await served(records(1500, 1), { cap: 1000, end: 'abrupt' }, known);

    expect(report).toMatchObject({ error: null, forwarded: 1500 });
    expect(texts.size).toBe(1500);
  });

  it('within one second is a hole, and the stream continues', async () => {
    const { report, sent } = await served(records(300, 0), { cap: 100, end: 'abrupt' });

    expect(report).toMatchObject({ error: null, caughtUp: true });
    expect(sent).toBe(100);
  });
});

describe('F107 a list of which the source shows only the beginning', () => {
  it('is divided, however large a list was proven complete before', async () => {
    const { report, texts } = await served(records(700, 60), { cap: 90, end: 'cut' }, { whole: 5000 });

    expect(report.error).toBeNull();
    expect(texts.size).toBe(700);
  });

  it('fails the stream when the range has no upper bound, whatever its size', async () => {
    const { source } = cappedSource(records(700, 60), { cap: 91, end: 'cut' });
    const { run } = streamWorld({ source });

    const report = await run('audit-logs', { boundedAbove: false, lookbackSeconds: 0 });

    expect(report.error).toMatchObject({ code: 'source-cut', fix: expect.stringContaining('"toParam"') });
  });

  it('fails the stream when the source ignores the range, whatever its size', async () => {
    const { report } = await served(records(700, 60), { cap: 91, end: 'cut', filters: false });

    expect(report.error).toMatchObject({ code: 'source-cut', fix: expect.stringContaining('"fromParam"') });
  });
});
