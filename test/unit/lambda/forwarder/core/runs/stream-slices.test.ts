import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../../../../lambda/shared/errors.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { type FakeSource, fakeSource, memoryStore } from '../../../../../support/fake-ports.ts';
import { isMarked } from '../../../../../support/logs.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS as HOURS, SETTLE_SECONDS as SETTLE } from '../../../../../support/stream-settings.ts';
import { recentAuditRecords, streamWorld } from '../../../../../support/stream-world.ts';

describe('concurrent slices', () => {
  const settings = { parallelSlices: 4, lookbackSeconds: 0, initialLookbackSeconds: 4 * HOURS + SETTLE };

  it('read each hour of the ledger once, and know what each of them has forwarded', async () => {
    const store = memoryStore();
    const hours: number[] = [];
    const { run, source, sink } = streamWorld({
      store: {
        ...store,
        loadLedger(stream, hour, lastHour) {
          hours.push(hour);
          return store.loadLedger(stream, hour, lastHour);
        },
      },
    });
    source.records['audit-logs'] = recentAuditRecords(200);

    await run('audit-logs', settings);

    expect(sink.accepted).toHaveLength(200);
    expect(hours).toHaveLength(new Set(hours).size);
  });

  it('never regard as done what one of them has seen and not delivered', async () => {
    const alert = alertRecord({ creationTimestamp: NOW - SETTLE - 600 });
    const source = fakeSource({ alerts: [alert] });
    const failingAtFirst: FakeSource = {
      ...source,
      async *pages(stream, range, options) {
        yield* source.pages(stream, range, options);
        if (range.to - range.from > HOURS / 2) throw new SourceError('page-too-large', 'Too large.', 'None.');
      },
    };
    const { run, sink } = streamWorld({ source: failingAtFirst });

    const report = await run('alerts', { ...settings, parallelSlices: 1 });

    expect(report).toMatchObject({ error: null, forwarded: 1 });
    expect(sink.accepted).toHaveLength(1);
  });

  it('F62 mark only what belongs to an hour of which a chunk cannot be read', async () => {
    const { run, source, sink, store, telemetry } = streamWorld();
    const hour = Math.floor((NOW - SETTLE - 1) / HOURS) - 1;
    await store.appendLedger(
      'audit-logs',
      { hour, fence: 1, sequence: 0, entries: Uint8Array.of(99) },
      Number.POSITIVE_INFINITY,
    );
    source.records['audit-logs'] = recentAuditRecords(200);

    await run('audit-logs', settings);

    const marked = sink.accepted.filter(isMarked);
    expect(marked).toHaveLength(60);
    expect(marked.every(({ timeEpoch }) => Math.floor(Number(timeEpoch) / HOURS) === hour)).toBe(true);
    expect(
      telemetry.warnings.filter(({ fields }) => fields?.['code'] === 'ledger-chunk-corrupt'),
    ).toHaveLength(1);
  });
});

describe('records without a usable time', () => {
  it.each([
    ['without a time', null],
    ['in the year 2100', 4_102_444_800],
  ])('F25 are forwarded once when they are %s and every slice shows them', async (_, time) => {
    const shown = {
      'audit-logs': [auditRecord({ timeEpoch: time }), auditRecord({ timeEpoch: time })],
      alerts: [alertRecord({ creationTimestamp: time })],
    };
    const source: FakeSource = {
      ...fakeSource(shown),
      async *pages(stream) {
        yield { records: shown[stream] };
      },
    };
    const { run, sink, clock } = streamWorld({ source });
    const services = () => sink.accepted.map(({ service }) => service);

    await Promise.all([run('alerts'), run('audit-logs')]);
    await clock.sleep(2 * HOURS * 1000);
    await Promise.all([run('alerts'), run('audit-logs')]);

    expect(services().sort()).toEqual(['alerts', 'audit-logs', 'audit-logs']);
    expect(JSON.stringify(sink.accepted)).not.toContain('possible_duplicate');
  });
});

describe('F29 pages that are too large however short the slice', () => {
  /** A source whose pages can be taken once their size was halved so often. */
  const dense = (needed: number, halvings: (number | undefined)[]): FakeSource => {
    const source = fakeSource({ 'audit-logs': [auditRecord({ timeEpoch: NOW - 600 })] });
    const { pages } = source;
    source.pages = async function* (stream, range, options) {
      halvings.push(options.pageHalvings);
      const holdsIt = range.from <= NOW - 600 && range.to > NOW - 600;
      if (holdsIt && (options.pageHalvings ?? 0) < needed) {
        throw new SourceError('page-too-large', 'Too large.', 'None.');
      }
      yield* pages(stream, range, options);
    };
    return source;
  };

  it('are asked for with fewer records, in the same run, once no slice can be shorter', async () => {
    const halvings: (number | undefined)[] = [];
    const { run, sink } = streamWorld({ source: dense(3, halvings) });

    const report = await run('audit-logs', { pageHalvings: 9, parallelSlices: 1 });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 1, watermark: NOW - SETTLE });
    expect(sink.accepted).toHaveLength(1);
    expect(Math.max(...halvings.map((times) => times ?? 0))).toBe(3);
  });

  it('are asked for with fewer records at once where no slice shortens the fetch', async () => {
    const halvings: (number | undefined)[] = [];
    const { run } = streamWorld({ source: dense(2, halvings) });

    const report = await run('audit-logs', {
      pageHalvings: 9,
      boundedAbove: false,
      lookbackSeconds: 0,
      holdBackSeconds: SETTLE,
    });

    expect(report).toMatchObject({ error: null, caughtUp: true, forwarded: 1 });
    expect(halvings).toEqual([0, 1, 2]);
  });

  it('fail the run when a page of one record is still too large', async () => {
    const halvings: (number | undefined)[] = [];
    const { run } = streamWorld({ source: dense(9, halvings) });

    const report = await run('audit-logs', { pageHalvings: 3 });

    expect(report.error).toMatchObject({ code: 'page-too-large' });
    expect(report.watermark).toBeLessThanOrEqual(NOW - 600);
  });
});
