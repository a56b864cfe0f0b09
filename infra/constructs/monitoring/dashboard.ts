import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  type MetricOptions,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { RunMetric, StreamMetric } from '../../../lambda/contract.ts';
import { criticalAge, warningAge } from '../../../lambda/shared/lag.ts';
import { runMetric, streamMetric } from './metrics.ts';
import { runbookWidgets } from './runbook-widgets.ts';
import { alarmTiming } from './timing.ts';
import type { Watched } from './watched.ts';

const FULL_WIDTH = 24;
const HALF_WIDTH = 12;
const GRAPH_HEIGHT = 6;
const ALARMS_HEIGHT = 4;
const TEXT_HEIGHT = 2;

const graph = (title: string, left: IMetric[], leftAnnotations: HorizontalAnnotation[] = []) =>
  new GraphWidget({ title, left, leftAnnotations, width: HALF_WIDTH, height: GRAPH_HEIGHT });

/**
 * A dashboard with alarms, lag, volume, errors, duration and cost, and the runbook where that has no address of its own. It has a generated name, because the names of dashboards are
 * shared by all regions of an account.
 */
export function forwarderDashboard(
  scope: Construct,
  watched: Watched,
  { alarmArns, runbookUrl }: { alarmArns: readonly string[]; runbookUrl: string | undefined },
): Dashboard {
  const { tenant } = watched.config;
  const head = new TextWidget({
    markdown: `# Valence forwarder: ${tenant}\nEvery ${watched.interval.toHumanString()} from Valence to Datadog. If an alarm is raised, ${runbookUrl ? `see the [runbook](${runbookUrl})` : 'the runbook below has a section for it'}.`,
    width: FULL_WIDTH,
    height: TEXT_HEIGHT,
  });
  const alarms = alarmArns.map((arn, index) => Alarm.fromAlarmArn(scope, `Shown${index}`, arn));
  const status = new AlarmStatusWidget({ title: 'Alarms', alarms, width: FULL_WIDTH, height: ALARMS_HEIGHT });
  return new Dashboard(scope, 'Dashboard', {
    defaultInterval: Duration.days(1),
    widgets: [
      [head],
      [status],
      ages(watched),
      volumes(watched),
      errors(watched),
      ...costs(watched),
      ...(runbookUrl ? [] : runbookWidgets(Stack.of(scope)).map((widget) => [widget])),
    ],
  });
}

/** Metrics of each stream, with the period of the alarms. */
function metricsOf({ config, interval }: Watched) {
  const period = Duration.seconds(alarmTiming.runPeriod(interval.toSeconds()));
  const sum: MetricOptions = { statistic: Stats.SUM, period };
  const maximum: MetricOptions = { statistic: Stats.MAXIMUM, period };
  return {
    sum,
    maximum,
    run: (name: RunMetric, options: MetricOptions) =>
      runMetric(config.tenant, name, { ...options, label: name }),
    streams: (name: StreamMetric, options: MetricOptions) =>
      config.streams.map((stream) =>
        streamMetric(config.tenant, stream, name, { ...options, label: `${name} ${stream}` }),
      ),
  };
}

function ages(watched: Watched): IWidget[] {
  const { streams, maximum } = metricsOf(watched);
  const { interval, config } = watched;
  const pace = { interval: interval.toSeconds(), settle: config.settleSeconds };
  return [
    graph('Watermark age (s)', streams('WatermarkAge', maximum), [
      { value: warningAge(pace), label: 'warning' },
      { value: criticalAge(pace), label: 'critical' },
    ]),
    graph('Final watermark age and time since the newest record (s)', [
      ...streams('FinalWatermarkAge', maximum),
      ...streams('SilenceAge', maximum),
    ]),
  ];
}

function volumes(watched: Watched): IWidget[] {
  const { streams, run, sum } = metricsOf(watched);
  return [
    graph('Logs forwarded and quarantined', [
      ...streams('LogsForwarded', sum),
      ...streams('LogsQuarantined', sum),
    ]),
    graph('Records read (re-reads included) and duplicates', [
      ...streams('RecordsFetched', sum),
      run('Duplicates', sum),
    ]),
  ];
}

function errors(watched: Watched): IWidget[] {
  const { run, sum, maximum } = metricsOf(watched);
  const { function: handler, delivery } = watched;
  return [
    graph('Runs', [
      handler.metricInvocations(sum),
      handler.metricErrors(sum),
      handler.metricThrottles(sum),
      run('LeaseHeld', sum),
      run('Holes', maximum),
      delivery.scheduleGroup.metricDropped(sum),
      delivery.deadLetterQueue.metricNumberOfMessagesSent({ ...sum, label: 'Dead letters' }),
      delivery.failureQueue.metricNumberOfMessagesSent({ ...sum, label: 'Failed events' }),
    ]),
    graph('Failed requests (each attempt)', [
      run('SourceErrors', sum),
      run('SinkErrors', sum),
      run('Throttled', sum),
      run('CredentialFailures', sum),
    ]),
  ];
}

function costs(watched: Watched): IWidget[][] {
  const { run, sum, maximum } = metricsOf(watched);
  const { table, logGroup, timeout } = watched;
  return [
    [
      graph(
        'Duration (ms)',
        [
          watched.function.metricDuration({ ...maximum, label: 'Lambda, longest' }),
          run('RunDuration', maximum),
          run('TimeLeft', { ...maximum, statistic: Stats.MINIMUM }),
        ],
        [{ value: timeout.toMilliseconds(), label: 'timeout' }],
      ),
      graph('Cost: Lambda time (ms) and pages read from Valence', [
        watched.function.metricDuration({ ...sum, label: 'Lambda, sum' }),
        run('PagesFetched', sum),
      ]),
    ],
    [
      graph('Cost: state table (capacity units)', [
        table.metricConsumedReadCapacityUnits(sum),
        table.metricConsumedWriteCapacityUnits(sum),
      ]),
      graph('Cost: log (bytes)', [logGroup.metricIncomingBytes(sum)]),
    ],
  ];
}
