import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, AlarmStatusWidget, Dashboard, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { graph, measured, metricsOf } from './graphs.ts';
import { runbookWidgets } from './runbook-widgets.ts';
import { ageLimits, type Watched } from './watched.ts';

const FULL_WIDTH = 24;
const ALARMS_HEIGHT = 4;
const TEXT_HEIGHT = 2;

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
      ...(runbookUrl ? [] : runbookWidgets(Stack.of(scope), watched.outputPrefix).map((widget) => [widget])),
    ],
  });
}

function ages(watched: Watched): IWidget[] {
  const { streams, maximum } = metricsOf(watched);
  const { late, tooLate } = ageLimits(watched);
  return [
    graph('Watermark age (s)', streams('WatermarkAge', maximum), [
      { value: late, label: 'warning' },
      { value: tooLate, label: 'critical' },
    ]),
    graph('Final watermark age and time since the newest record (s)', [
      ...streams('FinalWatermarkAge', maximum),
      ...streams('SilenceAge', maximum),
    ]),
  ];
}

function volumes(watched: Watched): IWidget[] {
  return watched.config.streams.map((stream) =>
    measured(watched, {
      title: `${stream}: records read (re-reads included), logs forwarded and quarantined`,
      stream,
      values: { RecordsFetched: 'sum', LogsForwarded: 'sum', LogsQuarantined: 'sum' },
    }),
  );
}

function errors(watched: Watched): IWidget[] {
  const { run, sum, maximum } = metricsOf(watched);
  const { function: handler, delivery } = watched;
  return [
    graph('Runs', [
      handler.metricInvocations(sum),
      handler.metricErrors(sum),
      handler.metricThrottles(sum),
      run('Holes', maximum),
      delivery.scheduleGroup.metricDropped(sum),
      delivery.deadLetterQueue.metricNumberOfMessagesSent({ ...sum, label: 'Dead letters' }),
      delivery.failureQueue.metricNumberOfMessagesSent({ ...sum, label: 'Failed events' }),
    ]),
    measured(watched, {
      title: 'Failed requests (each attempt), and streams stopped or skipped',
      values: {
        SourceErrors: 'sum',
        SinkErrors: 'sum',
        Throttled: 'sum',
        CredentialFailures: 'sum',
        LeaseHeld: 'sum',
      },
    }),
  ];
}

function costs(watched: Watched): IWidget[][] {
  const { sum, maximum } = metricsOf(watched);
  const { table, logGroup, timeout } = watched;
  return [
    [
      graph(
        'Duration (ms)',
        [watched.function.metricDuration({ ...maximum, label: 'Lambda, longest' })],
        [{ value: timeout.toMilliseconds(), label: 'timeout' }],
      ),
      measured(watched, {
        title: 'Length of the longest run, and the least time left (ms)',
        values: { RunDuration: 'max', TimeLeft: 'min' },
      }),
    ],
    [
      graph('Cost: Lambda time (ms)', [watched.function.metricDuration({ ...sum, label: 'Lambda, sum' })]),
      measured(watched, {
        title: 'Cost: pages read from Valence, and records that were in the ledger',
        values: { PagesFetched: 'sum', Duplicates: 'sum' },
      }),
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
