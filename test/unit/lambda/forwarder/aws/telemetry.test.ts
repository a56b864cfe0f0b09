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

const ALL = { allMetrics: true };

/** So much for each of the metrics. */
const all = <Name extends string>(metrics: Record<Name, string>, value: number) =>
  Object.fromEntries(Object.keys(metrics).map((name) => [name, value])) as Record<Name, number>;

/** What CloudWatch makes metrics of, with their units. */
const unitsOf = (line: { _aws: { CloudWatchMetrics: [{ Metrics: { Name: string; Unit: string }[] }] } }) =>
  Object.fromEntries(line._aws.CloudWatchMetrics[0].Metrics.map(({ Name, Unit }) => [Name, Unit]));

describe('metrics', () => {
  it('of the run carry the tenant as their only dimension', () => {
    runTelemetry({}, ALL).publish({ tenant: 'acme', run: { RunDuration: 1234 }, streams: {} });

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
    runTelemetry({}, ALL).publish({
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
    runTelemetry({}, ALL).publish({
      tenant: 'acme',
      run: all(RUN_METRICS, 1),
      streams: { alerts: all(STREAM_METRICS, 1) },
    });

    const [run, stream] = printed();
    expect(unitsOf(run)).toEqual(RUN_METRICS);
    expect(unitsOf(stream)).toEqual(STREAM_METRICS);
  });

  it('are only those of the alarms by default, and every other value is in the line alone', () => {
    const run = { ...all(RUN_METRICS, 3), Holes: 0 };
    runTelemetry().publish({ tenant: 'acme', run, streams: { alerts: all(STREAM_METRICS, 2) } });

    const [ofRun, ofStream] = printed();
    expect(Object.keys(unitsOf(ofRun))).toEqual(['CredentialFailures', 'Holes', 'NotSetUp']);
    expect(ofRun).toMatchObject(run);
    expect(Object.keys(unitsOf(ofStream))).toEqual([
      'WatermarkAge',
      'FinalWatermarkAge',
      'SilenceAge',
      'LogsQuarantined',
    ]);
    expect(ofStream).toMatchObject(all(STREAM_METRICS, 2));
  });

  it('of events are not sent when they are zero, and a line without any is an ordinary line', () => {
    runTelemetry().publish({
      tenant: 'acme',
      run: { CredentialFailures: 0, Holes: 0 },
      streams: { alerts: { RecordsFetched: 0, LogsQuarantined: 0 } },
    });

    const [ofRun, ofStream] = printed();
    expect(unitsOf(ofRun)).toEqual({ Holes: 'Count' });
    expect(ofRun).toMatchObject({ CredentialFailures: 0, PagesFetched: 0 });
    expect(ofStream).toEqual({ tenant: 'acme', stream: 'alerts', RecordsFetched: 0, LogsQuarantined: 0 });
  });

  it('are written whatever the level of the logs is', () => {
    runTelemetry({}, { level: 'ERROR' }).publish({ tenant: 'acme', run: { RunDuration: 7 }, streams: {} });

    expect(printed()).toMatchObject([{ RunDuration: 7, PagesFetched: 0 }]);
  });

  it('name their run without the cost of a dimension', () => {
    runTelemetry({ run_id: 'run-1', tenant: 'acme' }, ALL).publish({
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
      const telemetry = runTelemetry({}, { level: 'WARN' });

      telemetry.info('stream-served', 'Stream served.');
      telemetry.warn('stream-silent', 'Silence.');

      expect(printed()).toMatchObject([{ message: 'Silence.' }]);
    },
  );
});
