import { describe, expect, it } from 'vitest';
import type { IsExcluded } from '../../../../../../lambda/forwarder/core/logs/exclude.ts';
import type { Page, Source } from '../../../../../../lambda/forwarder/core/ports.ts';
import type { JsonObject } from '../../../../../../lambda/shared/json.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { fakeSink } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { streamWorld } from '../../../../../support/stream-world.ts';

const HOUR = 3600;
const MINUTE_MS = 60_000;

const audits = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) =>
    auditRecord({ details: `record ${n}`, timeEpoch: NOW - 4 * HOUR + n * 60 }),
  );

function worldOf(records: JsonObject[], time: string) {
  const shown = { records };
  const source: Source = {
    async *pages(_stream, { from, to }, { onEnd }): AsyncGenerator<Page> {
      yield {
        records: shown.records.filter((record) => Number(record[time]) >= from && Number(record[time]) < to),
      };
      onEnd?.('stated');
    },
    alertTypes: async () => new Map(),
  };
  const sink = fakeSink();
  const world = streamWorld({ source, sink });
  return { ...world, shown, sink, marks: () => sink.accepted.map(isMarked) };
}

describe('F102 a range that was read before and looks new', () => {
  it('a field that appears in old records repeats them once, marked, with a warning', async () => {
    const { run, clock, shown, marks, telemetry } = worldOf(audits(40), 'timeEpoch');
    await run();
    shown.records = shown.records.map((record) => ({ ...record, riskScore: 3 }));
    await clock.sleep(60 * MINUTE_MS);

    await run();
    await clock.sleep(60 * MINUTE_MS);
    await run();

    expect(marks()).toEqual([...Array(40).fill(false), ...Array(40).fill(true)]);
    expect(telemetry.warnings.map(({ event }) => event)).toContain('records-changed');
  });

  it('is never held whole, where its records are so large that they would fill the memory', async () => {
    const nested = Array.from({ length: 240_000 }, () => 0);
    const large: JsonObject[] = audits(20).map((record) => ({ ...record, nested }));
    const { run, clock, shown, sink } = worldOf([], 'timeEpoch');
    const read = new Set<number>();
    const readAtPosts: number[] = [];
    const post = sink.post.bind(sink);
    sink.post = async (...args) => {
      readAtPosts.push(read.size);
      return post(...args);
    };
    await run();
    shown.records = large.map((record, n) => ({
      ...record,
      get details() {
        read.add(n);
        return record['details'];
      },
    }));
    await clock.sleep(60 * MINUTE_MS);
    await run();

    expect(sink.accepted).toHaveLength(20);
    expect(readAtPosts[0]).toBeLessThan(20);
  });

  it('a few records that appear late are not marked', async () => {
    const late = audits(5).map((record, n) => ({
      ...record,
      details: `late ${n}`,
      timeEpoch: NOW - 4 * HOUR + n * 7,
    }));
    const { run, clock, shown, marks } = worldOf(audits(40), 'timeEpoch');
    await run();
    shown.records = [...shown.records, ...late];
    await clock.sleep(60 * MINUTE_MS);

    await run();

    expect(marks()).toEqual(Array(45).fill(false));
  });

  it('late records of an hour without ledger entries are not marked', async () => {
    const { run, clock, shown, marks } = worldOf([], 'timeEpoch');
    await run();
    shown.records = audits(20);
    await clock.sleep(60 * MINUTE_MS);

    await run();

    expect(marks()).toEqual(Array(20).fill(false));
  });

  it('versions of alerts are marked in the same way', async () => {
    const all = Array.from({ length: 10 }, (_, n) =>
      alertRecord({ vuid: `alert-${n}`, creationTimestamp: NOW - 4 * HOUR + n * 60 }),
    );
    const { run, clock, shown, marks } = worldOf(all, 'creationTimestamp');
    await run('alerts', { alertUpdates: true });
    shown.records = all.map((record) => ({ ...record, riskScore: 3 }));
    await clock.sleep(60 * MINUTE_MS);

    await run('alerts', { alertUpdates: true });

    expect(marks()).toEqual([...Array(10).fill(false), ...Array(10).fill(true)]);
  });

  it('what is left out is new whenever it is read, and says nothing', async () => {
    const { run, clock, shown, marks, telemetry } = worldOf(audits(40), 'timeEpoch');
    const isExcluded: IsExcluded = (attributeOf) => !String(attributeOf('details')).endsWith('0');
    await run('audit-logs', { isExcluded });
    shown.records = [...shown.records, auditRecord({ details: 'late 0', timeEpoch: NOW - 4 * HOUR + 7 })];
    await clock.sleep(60 * MINUTE_MS);

    const report = await run('audit-logs', { isExcluded });

    expect(report).toMatchObject({ forwarded: 1, filtered: 36 });
    expect(marks()).toEqual(Array(5).fill(false));
    expect(telemetry.warnings.map(({ event }) => event)).not.toContain('records-changed');
  });

  it('alerts of an unwanted severity neither', async () => {
    const all = Array.from({ length: 20 }, (_, n) =>
      alertRecord({
        vuid: `alert-${n}`,
        creationTimestamp: NOW - 4 * HOUR + n * 60,
        alertType: { severity: n % 4 === 0 ? 'High' : 'Low' },
      }),
    );
    const { run, clock, marks, telemetry } = worldOf(all, 'creationTimestamp');
    await run('alerts', { alertSeverities: new Set(['High']) });
    await clock.sleep(60 * MINUTE_MS);

    await run('alerts', { alertSeverities: new Set(['High']) });

    expect(marks()).toEqual(Array(5).fill(false));
    expect(telemetry.warnings.map(({ event }) => event)).not.toContain('records-changed');
  });
});
