import { describe, expect, it } from 'vitest';
import type { PublicResult } from '../../../../lambda/forwarder/reporting/result.ts';
import { compareArrivals } from '../../../../tools/run-locally/arrivals.ts';
import { dropSummary, runTable, sampleLog } from '../../../../tools/run-locally/report.ts';
import { sumOf } from '../../../../tools/run-locally/run-sum.ts';

const report = {
  fetched: 5,
  forwarded: 4,
  duplicates: 1,
  filtered: 0,
  quarantined: 0,
  watermark: 1_767_000_000,
  finalWatermark: 1_766_990_000,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
};
const result: PublicResult = { status: 'ok', streams: { alerts: report, 'audit-logs': report } };

const audit = (details: string, timeEpoch = 1_767_000_000) => ({
  actor: 'ben@example.com',
  action: 'User signed in',
  success: true,
  ipAddress: '192.0.2.1',
  details,
  timeEpoch,
});
const auditLog = (details: string) => ({ service: 'audit-logs', ddtags: 'tenant:t', ...audit(details) });
const alertLog = (vuid: string) => ({ service: 'alerts', alert: { vuid } });

describe('what arrived', () => {
  it('is exact when every record has one log, copy for copy', () => {
    const given = { alerts: [{ vuid: 'a' }], auditLogs: [audit('x'), audit('x'), audit('y')] };

    const arrivals = compareArrivals(given, [alertLog('a'), auditLog('x'), auditLog('y'), auditLog('x')]);

    expect(arrivals).toEqual({ expected: 4, missing: 0, excess: 0 });
  });

  it('reports a lost copy, a repeated log and an unknown one', () => {
    const given = { alerts: [{ vuid: 'a' }], auditLogs: [audit('x'), audit('x')] };

    expect(compareArrivals(given, [alertLog('a'), alertLog('a'), alertLog('b'), auditLog('x')])).toEqual({
      expected: 3,
      missing: 1,
      excess: 2,
    });
  });
});

describe('the sum of runs', () => {
  it('adds up counts and shows the progress of the last run', () => {
    const later: PublicResult = {
      status: 'partial',
      streams: { alerts: { ...report, watermark: 1_767_000_300, caughtUp: false } },
    };

    const sum = sumOf([result, later]);

    expect(sum.status).toBe('partial');
    expect(sum.streams.alerts).toEqual({
      ...report,
      fetched: 10,
      forwarded: 8,
      duplicates: 2,
      watermark: 1_767_000_300,
      caughtUp: false,
    });
    expect(sum.streams['audit-logs']).toEqual(report);
  });
});

describe('the report', () => {
  it('shows runs and streams in columns, the watermark as a time and its lag', () => {
    const lines = runTable([{ name: 'first fill', result, sourceTime: 1_767_000_125 }]).split('\n');

    expect(lines[0]).toBe(
      'run         stream      fetched  forwarded  duplicates  quarantined  watermark             lag',
    );
    expect(lines[2]).toBe(
      'first fill  audit-logs        5          4           1            0  2025-12-29T09:20:00Z  2 min 5 s',
    );
  });

  it('shows why a stream was skipped instead of its progress', () => {
    const skipped: PublicResult = { status: 'ok', streams: { alerts: { ...report, skipped: 'lease-held' } } };

    expect(runTable([{ name: 'live', result: skipped, sourceTime: 0 }])).toContain('skipped: lease-held');
  });

  it('names what Datadog would have dropped, and how much', () => {
    const none = { outdated: 0, predated: 0, tooLarge: 0, tooManyAttributes: 0, keyTooLong: 0, tooDeep: 0 };

    expect(dropSummary(none)).toBe('0');
    expect(dropSummary({ ...none, outdated: 2, tooDeep: 1 })).toBe('2 outdated, 1 tooDeep');
  });

  it('shows a telling log', () => {
    const logs = [auditLog('x'), { ...auditLog('y'), action: 'User created' }];

    expect(JSON.parse(sampleLog(logs))).toMatchObject({ action: 'User created' });
  });
});
