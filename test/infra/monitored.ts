import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Monitoring, type MonitoringProps } from '../../infra/constructs/monitoring.ts';
import { STREAMS } from '../../lambda/contract.ts';
import { appWithoutCode } from './synthesised.ts';

const HOUR = 3600;
export const DAY = 24 * HOUR;

/** An alarm as a template holds it. */
export interface AlarmProperties {
  AlarmName: string;
  AlarmDescription: unknown;
  AlarmActions?: unknown[];
  OKActions?: unknown[];
  ActionsEnabled?: boolean;
  ComparisonOperator: string;
  Threshold: number;
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  TreatMissingData: string;
  Period: number;
  Statistic: string;
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
}

/** A composite alarm as a template holds it. */
export interface PageProperties
  extends Pick<AlarmProperties, 'AlarmName' | 'AlarmDescription' | 'AlarmActions' | 'OKActions'> {
  AlarmRule: unknown;
  ActionsSuppressor: unknown;
  ActionsSuppressorWaitPeriod: number;
  ActionsSuppressorExtensionPeriod: number;
}

export type MonitoredProps = Partial<
  Pick<MonitoringProps, 'interval' | 'spacing' | 'delay' | 'timeout' | 'runbookUrl' | 'alarmEmail'>
> & {
  config?: Partial<MonitoringProps['config']>;
  more?: (stack: Stack) => Partial<MonitoringProps>;
};

/** The monitoring of a forwarder of which only the watched parts are there. */
export function monitored({ config, more, ...props }: MonitoredProps = {}): Stack {
  const stack = new Stack(appWithoutCode(), 'Watched');
  new Monitoring(stack, 'Monitoring', {
    config: {
      tenant: 'acme',
      streams: [...STREAMS],
      settleSeconds: 120,
      lookbackSeconds: { alerts: DAY, 'audit-logs': DAY },
      allMetrics: false,
      ...config,
    },
    function: new LambdaFunction(stack, 'Function', {
      code: Code.fromInline('exports.handler = () => {};'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    }),
    timeout: Duration.seconds(240),
    logGroup: new LogGroup(stack, 'Log'),
    table: new TableV2(stack, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } }),
    interval: Duration.minutes(5),
    spacing: props.interval ?? Duration.minutes(5),
    delay: Duration.minutes(0),
    secrets: { valence: new Secret(stack, 'Valence'), datadog: new Secret(stack, 'Datadog') },
    delivery: {
      scheduleGroup: new ScheduleGroup(stack, 'Group'),
      deadLetterQueue: new Queue(stack, 'DeadLetters'),
      failureQueue: new Queue(stack, 'Failures'),
    },
    ...props,
    ...more?.(stack),
  });
  return stack;
}

export const monitoredTemplate = (props?: MonitoredProps): Template => Template.fromStack(monitored(props));

/** The alarms of a template by name, without what comes before the kind: `errors`, `silence-alerts`. */
export function alarmsOf(template: Template): Record<string, AlarmProperties> {
  return Object.fromEntries(
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
      const alarm = Properties as AlarmProperties;
      return [alarm.AlarmName.replace(/^(Watched|ValenceForwarder)-/, ''), alarm];
    }),
  );
}

/** The composite alarms of a template. */
export const pagesOf = (template: Template): PageProperties[] =>
  Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(
    ({ Properties }) => Properties as PageProperties,
  );

/** A text of a template with `<LogicalId>` where a reference stands. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, ...reference } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (join) return join[1].map(textOf).join(join[0]);
  return `<${Object.values(reference).flat()[0]}>`;
}

/** The logical id of the resource that was given an id. */
export const referenceTo = (template: Template, type: string, id: string): string => {
  const found = Object.keys(template.findResources(type)).find((logicalId) => logicalId.startsWith(id));
  if (!found) throw new Error(`There is no ${type} ${id}.`);
  return found;
};
