import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RUN_METRICS, STREAM_METRICS } from '../../../../../lambda/contract.ts';
import { runTelemetry } from '../../../../../lambda/forwarder/aws/telemetry.ts';
import { ESCAPES, unsafeIn } from '../../../../support/unsafe-text.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  const note = (chunk: string | Uint8Array) => {
    lines.push(String(chunk));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(note);
  vi.spyOn(process.stderr, 'write').mockImplementation(note);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const printed = () => {
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line));
};

describe('metrics', () => {
  it('of the run carry the tenant as their only dimension', () => {
    runTelemetry().publish({ tenant: 'acme', run: { RunDuration: 1234 }, streams: {} });

    const [line, ...others] = printed();
    expect(others).toEqual([]);
    const [directive, ...otherDirectives] = line._aws.CloudWatchMetrics;
    expect(otherDirectives).toEqual([]);
    expect(directive.Namespace).toBe('ValenceForwarder');
    expect(directive.Dimensions).toEqual([['tenant']]);
    expect(directive.Metrics).toContainEqual({ Name: 'RunDuration', Unit: 'Milliseconds' });
    expect(line).toMatchObject({ tenant: 'acme', RunDuration: 1234 });
    expect(line).not.toHaveProperty('service');
  });

  it('of the streams are in one line each, with tenant and stream as dimensions', () => {
    runTelemetry().publish({
      tenant: 'acme',
      run: {},
      streams: {
        alerts: { WatermarkAge: 121, RecordsFetched: 3 },
        'audit-logs': { WatermarkAge: 120, LogsForwarded: 0 },
      },
    });

    const [, alerts, auditLogs, ...others] = printed();
    expect(others).toEqual([]);
    expect(alerts).toMatchObject({ tenant: 'acme', stream: 'alerts', WatermarkAge: 121, RecordsFetched: 3 });
    expect(auditLogs).toMatchObject({ stream: 'audit-logs', WatermarkAge: 120, LogsForwarded: 0 });
    for (const line of [alerts, auditLogs]) {
      expect(line._aws.CloudWatchMetrics[0].Dimensions).toEqual([['tenant', 'stream']]);
      expect(line).not.toHaveProperty('service');
    }
    expect(alerts._aws.CloudWatchMetrics[0].Metrics).toEqual([
      { Name: 'WatermarkAge', Unit: 'Seconds' },
      { Name: 'RecordsFetched', Unit: 'Count' },
    ]);
  });

  it('every metric of the shared file can be published under its own name and unit', () => {
    const all = <Name extends string>(metrics: Record<Name, string>) =>
      Object.fromEntries(Object.keys(metrics).map((name) => [name, 1])) as Record<Name, number>;

    runTelemetry().publish({
      tenant: 'acme',
      run: all(RUN_METRICS),
      streams: { alerts: all(STREAM_METRICS) },
    });

    const [run, stream] = printed();
    const units = (line: typeof run) =>
      Object.fromEntries(
        line._aws.CloudWatchMetrics[0].Metrics.map((metric: { Name: string; Unit: string }) => [
          metric.Name,
          metric.Unit,
        ]),
      );
    expect(units(run)).toEqual(RUN_METRICS);
    expect(units(stream)).toEqual(STREAM_METRICS);
  });

  it('name their run without the cost of a dimension', () => {
    runTelemetry({ run_id: 'run-1', tenant: 'acme' }).publish({
      tenant: 'acme',
      run: { RunDuration: 1 },
      streams: { alerts: { SilenceAge: 5 } },
    });

    const lines = printed();
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line.run_id).toBe('run-1');
      expect(JSON.stringify(line._aws)).not.toContain('run_id');
    }
  });

  it('what was counted over the run is published once, zeros included', () => {
    const telemetry = runTelemetry();
    telemetry.count('PagesFetched');
    telemetry.count('PagesFetched', 4);
    telemetry.count('Throttled');

    telemetry.publish({ tenant: 'acme', run: { Duplicates: 7 }, streams: {} });

    expect(printed()).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      PagesFetched: 5,
      Throttled: 1,
      SourceErrors: 0,
      SinkErrors: 0,
      CredentialFailures: 0,
      Duplicates: 7,
    });
  });

  it('the counters of one run do not reach the next', () => {
    runTelemetry().count('SinkErrors', 9);

    runTelemetry().publish({ tenant: 'acme', run: {}, streams: {} });

    expect(printed()).toMatchObject([{ SinkErrors: 0 }]);
  });
});

describe('logs', () => {
  it('are one JSON line each, with event, level, service, the fields of the run and their own', () => {
    const telemetry = runTelemetry({ run_id: 'run-1' });

    telemetry.info('stream-served', 'Stream served.', { stream: 'alerts', records: 3 });
    telemetry.warn('stream-silent', 'Silence.');
    telemetry.error('stream-failed', 'Stream failed.', { code: 'source-unreachable' });

    expect(printed()).toMatchObject([
      {
        level: 'INFO',
        event: 'stream-served',
        message: 'Stream served.',
        service: 'valence-forwarder',
        run_id: 'run-1',
        stream: 'alerts',
        records: 3,
      },
      { level: 'WARN', event: 'stream-silent', message: 'Silence.', run_id: 'run-1' },
      { level: 'ERROR', event: 'stream-failed', code: 'source-unreachable', run_id: 'run-1' },
    ]);
  });

  it('show what could change how a console shows them, at any depth', () => {
    runTelemetry().warn('stream-silent', ESCAPES, { error: { message: ESCAPES, list: [ESCAPES] } });

    vi.restoreAllMocks();
    const [line = ''] = lines;
    expect(unsafeIn(line.trimEnd())).toEqual([]);
    const { message, error } = JSON.parse(line);
    expect(unsafeIn([message, error.message, ...error.list].join(''))).toEqual([]);
    expect(message).toContain('\\u202e');
  });

  it.each(['DEBUG', 'INFO', 'ERROR'])(
    'below the level are left out, also if Lambda’s own is %s',
    (lambdas) => {
      vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', lambdas);
      const telemetry = runTelemetry({}, 'WARN');

      telemetry.info('stream-served', 'Stream served.');
      telemetry.warn('stream-silent', 'Silence.');

      expect(printed()).toMatchObject([{ message: 'Silence.' }]);
    },
  );
});
