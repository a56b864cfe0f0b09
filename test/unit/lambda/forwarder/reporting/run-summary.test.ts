import { describe, expect, it } from 'vitest';
import type { LogContext } from '../../../../../lambda/forwarder/core/logs/types.ts';
import type { Sink } from '../../../../../lambda/forwarder/core/ports.ts';
import type { StreamReport } from '../../../../../lambda/forwarder/core/runs/report.ts';
import { resultOf } from '../../../../../lambda/forwarder/core/runs/report.ts';
import {
  type RunSummary,
  runSummary,
  sendRunSummary,
} from '../../../../../lambda/forwarder/reporting/run-summary.ts';
import { LAG_CRITICAL_SECONDS, LAG_WARN_SECONDS } from '../../../../../lambda/limits.ts';
import { lagOf, worstLag } from '../../../../../lambda/shared/lag.ts';
import { fakeSink } from '../../../../support/fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from '../../../../support/outside-world.ts';

const CONTEXT: LogContext = {
  tenant: 'acme',
  version: '1.2.3',
  runId: 'run-1',
  env: 'production',
  tags: ['team:security'],
};

const SETTLE_SECONDS = 120;
const HOUR = 3600;
const PACE = { interval: 300, settle: SETTLE_SECONDS };

const report = (change: Partial<StreamReport> = {}): StreamReport => ({
  fetched: 12,
  forwarded: 10,
  duplicates: 2,
  filtered: 0,
  quarantined: 0,
  watermark: NOW - SETTLE_SECONDS,
  finalWatermark: NOW - 24 * HOUR,
  silentSince: NOW - HOUR,
  hasWorked: true,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
  ...change,
});

const summaryOf = (
  alerts: Partial<StreamReport>,
  auditLogs: Partial<StreamReport> = {},
): RunSummary | undefined =>
  runSummary(resultOf({ alerts: report(alerts), 'audit-logs': report(auditLogs) }), {
    context: CONTEXT,
    now: NOW,
    pace: PACE,
  });

const FAILURE = { code: 'valence-refused-key', message: 'Valence refused the key.', fix: 'Store a new one.' };

describe('how late a stream is', () => {
  it.each([
    [0, 'ok'],
    [LAG_WARN_SECONDS, 'ok'],
    [LAG_WARN_SECONDS + 1, 'warn'],
    [LAG_CRITICAL_SECONDS, 'warn'],
    [LAG_CRITICAL_SECONDS + 1, 'critical'],
  ])('a watermark of an age of %i seconds is %s', (age, lag) => {
    expect(lagOf(age, PACE)).toBe(lag);
  });

  it('the warning comes above one hour and the critical one above twelve', () => {
    expect([LAG_WARN_SECONDS, LAG_CRITICAL_SECONDS]).toEqual([3600, 43_200]);
  });

  it('the settle time is not a delay', () => {
    expect(lagOf(HOUR + 60, { ...PACE, settle: HOUR })).toBe('ok');
  });

  it('a stream of unknown lag may be late', () => {
    expect(lagOf(undefined, PACE)).toBe('warn');
  });

  it('a run is as late as its latest stream', () => {
    expect(worstLag(['ok', 'critical', 'warn'])).toBe('critical');
  });
});

describe('the summary of a run', () => {
  it('reports counts and watermark of each stream, and the tenant', () => {
    expect(summaryOf({ forwarded: 3 }, { watermark: NOW - 300 })).toEqual({
      ddsource: 'valence-forwarder',
      service: 'forwarder',
      ddtags: 'tenant:acme,forwarder_version:1.2.3,env:production,team:security',
      message: 'Run ok, lag ok. Forwarded: alerts 3, audit-logs 10.',
      lag: 'ok',
      quarantined: 'no',
      run_status: 'ok',
      tenant: 'acme',
      run_id: 'run-1',
      version: '1.2.3',
      errors: [],
      streams: {
        alerts: expect.objectContaining({ fetched: 12, forwarded: 3, watermark_age: 120, lag: 'ok' }),
        'audit-logs': {
          fetched: 12,
          forwarded: 10,
          duplicates: 2,
          filtered: 0,
          quarantined: 0,
          watermark: NOW - 300,
          final_watermark: NOW - 24 * HOUR,
          watermark_age: 300,
          lag: 'ok',
          caught_up: true,
          skipped: null,
        },
      },
    });
  });

  it('of a partial run says so', () => {
    expect(summaryOf({ caughtUp: false, watermark: NOW - 2 * HOUR })).toMatchObject({
      run_status: 'partial',
      lag: 'warn',
      streams: { alerts: { caught_up: false, lag: 'warn' }, 'audit-logs': { lag: 'ok' } },
    });
  });

  it('of a failed run names the codes of its errors, and not their texts', () => {
    const summary = summaryOf({ error: FAILURE, caughtUp: false });
    expect(summary).toMatchObject({ run_status: 'failed', errors: ['valence-refused-key'] });
    expect(JSON.stringify(summary)).not.toContain(FAILURE.message);
  });

  it('says in words that a record was put into quarantine', () => {
    expect(summaryOf({}, { quarantined: 2 })).toMatchObject({ quarantined: 'yes' });
  });

  it('gives no age where no watermark is known', () => {
    const summary = summaryOf({ watermark: 0, error: FAILURE });
    expect(summary?.streams.alerts).not.toHaveProperty('watermark_age');
    expect(summary?.lag).toBe('warn');
  });

  it('is left to the run that holds the lease, when that holds all of them', () => {
    expect(summaryOf({ skipped: 'lease-held' }, { skipped: 'lease-held' })).toBeUndefined();
  });

  it('reports one stream while another run serves the other', () => {
    expect(summaryOf({ skipped: 'lease-held' })?.streams.alerts).toMatchObject({ skipped: 'lease-held' });
  });

  it('holds no root attribute that Datadog takes for the status, the host or the date of the log', () => {
    const reserved = ['status', 'severity', 'level', 'host', 'hostname', 'timestamp', 'date', 'eventTime'];
    expect(Object.keys(summaryOf({}) ?? {}).filter((key) => reserved.includes(key))).toEqual([]);
  });
});

describe('posting it', () => {
  const SUMMARY = summaryOf({}) as RunSummary;

  async function post(sink: Sink, remainingMs = 60_000) {
    const telemetry = recordingTelemetry();
    await sendRunSummary(SUMMARY, { sink, clock: stubClock(), telemetry, remainingMs });
    return telemetry.warnings;
  }

  it('takes one post of one log', async () => {
    const sink = fakeSink();
    expect(await post(sink)).toEqual([]);
    expect(sink.bodies.map((body) => JSON.parse(body))).toEqual([[SUMMARY]]);
  });

  it.each([
    ['a refusal', fakeSink(() => ({ outcome: 'credential', reason: 'Datadog answered 403.' })), '403'],
    [
      'an answer to try again later',
      fakeSink(() => ({
        outcome: 'retry',
        ambiguous: false,
        throttled: true,
        reason: 'Datadog answered 429.',
      })),
      '429',
    ],
    ['no answer in time', fakeSink(() => ({ outcome: 'deadline-exceeded' })), 'in time'],
  ])('%s is a warning and nothing more', async (_, sink, problem) => {
    expect(await post(sink)).toMatchObject([{ fields: { problem: expect.stringContaining(problem) } }]);
    expect(sink.bodies).toHaveLength(1);
  });

  it('an error is a warning that does not show its text', async () => {
    const broken: Sink = { post: () => Promise.reject(new Error('planted-secret')) };
    const warnings = await post(broken);
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings)).not.toContain('planted-secret');
  });

  it.each([
    ['gets a few seconds of a long invocation', 200_000, 3_000],
    ['gets what is left of a short one, less a second', 2_500, 1_500],
  ])('%s', async (_, remainingMs, most) => {
    const left: number[] = [];
    const sink: Sink = {
      async post(_body, { deadline }) {
        left.push(deadline.left());
        return { outcome: 'success' };
      },
    };
    await post(sink, remainingMs);
    expect(left).toEqual([most]);
  });

  it('is not tried when nothing is left', async () => {
    const sink = fakeSink();
    expect(await post(sink, 900)).toHaveLength(1);
    expect(sink.bodies).toEqual([]);
  });
});
