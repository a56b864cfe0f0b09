import { describe, expect, it } from 'vitest';
import { OutOfTime } from '../../../../../../lambda/shared/errors.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { brokenSource } from '../../../../../support/fake-ports.ts';
import { NOW } from '../../../../../support/outside-world.ts';
import { HOUR_SECONDS as HOURS, SETTLE_SECONDS as SETTLE } from '../../../../../support/stream-settings.ts';
import { recentAuditRecords, streamWorld } from '../../../../../support/stream-world.ts';

describe('the first run of a stream', () => {
  it('F60 forwards everything from the first start point on, and reports a first run', async () => {
    const { run, source, sink, telemetry } = streamWorld();
    source.records['audit-logs'] = recentAuditRecords(100);

    const report = await run();

    expect(report).toMatchObject({
      fetched: 100,
      forwarded: 100,
      duplicates: 0,
      quarantined: 0,
      watermark: NOW - SETTLE,
      caughtUp: true,
      skipped: null,
      error: null,
    });
    expect(sink.accepted).toHaveLength(100);
    expect(telemetry.warnings).toContainEqual({
      event: 'first-run',
      message: expect.stringContaining('First run'),
      fields: { stream: 'audit-logs', start: NOW - 12 * HOURS },
    });
  });

  it('tags as backfill what lies before its own start, and nothing later', async () => {
    const { run, source, sink, clock } = streamWorld();
    source.records['audit-logs'] = recentAuditRecords(1);
    await run();
    await clock.sleep(600_000);
    source.records['audit-logs'].push(auditRecord({ timeEpoch: NOW + 60 }));

    await run();

    expect(sink.accepted.map(({ ddtags }) => String(ddtags).includes('backfill:true'))).toEqual([
      true,
      false,
    ]);
  });

  it('holds the newest seconds back if it is set to', async () => {
    const { run, source, sink, clock } = streamWorld({}, { holdBackSeconds: SETTLE });
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW - SETTLE })];

    const first = await run();
    await clock.sleep(300_000);
    await run();

    expect(first.forwarded).toBe(0);
    expect(sink.accepted).toHaveLength(1);
  });
});

describe('a later run', () => {
  it('forwards only what is new', async () => {
    const { run, source, sink, clock } = streamWorld();
    source.records['audit-logs'] = recentAuditRecords(10);
    await run();
    await clock.sleep(300_000);
    source.records['audit-logs'].push(auditRecord({ actor: 'new', timeEpoch: NOW }));

    const report = await run();

    expect(report).toMatchObject({ forwarded: 1, watermark: NOW + 300 - SETTLE, error: null });
    expect(sink.accepted).toHaveLength(11);
    expect(JSON.stringify(sink.accepted)).not.toContain('possible_duplicate');
  });

  it('F22 finds within the look-back what appears late', async () => {
    const { run, source, sink, clock } = streamWorld();
    await run();
    await clock.sleep(2 * HOURS * 1000);
    source.records['audit-logs'] = [auditRecord({ timeEpoch: NOW - HOURS })];

    await run();
    await clock.sleep(2 * HOURS * 1000);
    await run();

    expect(sink.accepted).toHaveLength(1);
  });

  it('F40 sends a changed alert again only when asked to', async () => {
    const histories = await Promise.all(
      [true, false].map(async (alertUpdates) => {
        const { run, source, sink, clock } = streamWorld();
        for (const status of ['Open', 'Resolved', 'Open']) {
          source.records.alerts = [
            alertRecord({ status, creationTimestamp: NOW - HOURS, alertType: { name: 'A' } }),
          ];
          await run('alerts', { alertUpdates });
          await clock.sleep(2 * HOURS * 1000);
        }
        return sink.accepted.map((log) => [
          Reflect.get(log['alert'] as object, 'status'),
          Reflect.get(log['valence_forwarder'] as object, 'update') ?? false,
        ]);
      }),
    );

    expect(histories).toEqual([
      [
        ['Open', false],
        ['Resolved', true],
        ['Open', true],
      ],
      [['Open', false]],
    ]);
  });

  it('sends alerts of the configured severities and of unknown type', async () => {
    const { run, source, sink } = streamWorld();
    const time = { creationTimestamp: NOW - HOURS };
    source.types.set('low', { severity: 'Low' }).set('high', { severity: 'High' });
    source.records.alerts = ['low', 'high', 'unknown'].map((type) =>
      alertRecord({ ...time, vuid: type, alertTypeVuid: type }),
    );

    const report = await run('alerts', { alertSeverities: new Set(['High']) });

    expect(report).toMatchObject({ forwarded: 2, filtered: 1 });
    expect(sink.accepted.map((log) => Reflect.get(log['alert'] as object, 'vuid'))).toEqual([
      'high',
      'unknown',
    ]);
    expect(source.asked.filter((what) => what === 'alert-types')).toHaveLength(1);
  });

  it('F26 gives identical alerts without an id fingerprints of their own', async () => {
    const { run, source, sink } = streamWorld();
    const twin = alertRecord({ vuid: undefined, creationTimestamp: NOW - HOURS, alertType: { name: 'A' } });
    source.records.alerts = [twin, { ...twin }];

    await run('alerts');

    const fingerprints = sink.accepted.map((log) =>
      Reflect.get(log['valence_forwarder'] as object, 'fingerprint'),
    );
    expect(new Set(fingerprints).size).toBe(2);
  });
});

describe('a run that ends early', () => {
  it('is no failure: it says that it has not caught up', async () => {
    const { run, store } = streamWorld({ source: brokenSource(new OutOfTime('reading')) });

    const report = await run();

    expect(report).toMatchObject({ error: null, caughtUp: false, watermark: NOW - 12 * HOURS });
    expect(await store.read('audit-logs')).toMatchObject({ leaseUntil: 0, slice: 1800 });
  });

  it('starts nothing when there is no time', async () => {
    const { run, source } = streamWorld();

    const report = await run('audit-logs', {}, 0);

    expect(report).toMatchObject({ error: null, caughtUp: false });
    expect(source.asked).toEqual([]);
  });
});

describe('a source without an upper time bound', () => {
  it('is read again by each run, which only delivers what the last one could not', async () => {
    const PAGE = 1000;
    const { run, clock, source, sink } = streamWorld();
    const { post } = sink;
    sink.post = async (...call) => {
      await clock.sleep(40_000);
      return post(...call);
    };
    source.pages = async function* (_stream, _range, { onEnd }) {
      for (let page = 0; page < 5; page++) {
        await clock.sleep(20_000);
        yield {
          records: Array.from({ length: PAGE }, (_, n) =>
            auditRecord({ actor: `user-${page * PAGE + n}`, timeEpoch: NOW - 6 * HOURS }),
          ),
        };
      }
      onEnd?.('stated');
    };
    const settings = { boundedAbove: false, lookbackSeconds: 0, holdBackSeconds: SETTLE };

    const first = await run('audit-logs', settings);
    const second = await run('audit-logs', settings);

    expect(first).toMatchObject({ error: null, caughtUp: false, watermark: NOW - 12 * HOURS });
    expect(second).toMatchObject({ error: null, caughtUp: true, duplicates: first.forwarded });
    expect(first.forwarded).toBeGreaterThan(0);
    expect(sink.accepted).toHaveLength(5 * PAGE);
  });
});

describe('silence', () => {
  it('of a stream that has never shown a record is reported, with the keys to check', async () => {
    const { run, telemetry } = streamWorld();

    await run();

    expect(telemetry.text()).toContain('check timeUnit and itemsPath');
  });

  it('is not reported for a stream with records', async () => {
    const { run, source, telemetry } = streamWorld();
    source.records['audit-logs'] = recentAuditRecords(1);

    await run();

    expect(telemetry.text()).not.toContain('No record was seen');
  });
});
