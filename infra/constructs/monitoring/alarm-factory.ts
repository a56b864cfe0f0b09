import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmKind, Stream } from '../../../lambda/contract.ts';

export interface AlarmSpec {
  readonly kind: AlarmKind;
  /** Set for alarms that exist once for each stream. */
  readonly stream?: Stream;
  /** What happened, in one or two sentences for the operator. */
  readonly what: string;
  /** Includes statistic and period. */
  readonly metric: IMetric;
  readonly is: ComparisonOperator;
  readonly threshold: number;
  /** How many consecutive periods. */
  readonly periods: number;
  readonly missing: TreatMissingData;
}

export interface AlarmFactoryProps {
  readonly tenant: string;
  /** Address of the runbook; the alarm's anchor is appended. */
  readonly runbookUrl: string;
  /** Where to look first. */
  readonly consoleUrl: string;
  /** What happens when an alarm is raised, and when it ends. */
  readonly actions: readonly IAlarmAction[];
}

const idOf = ({ kind, stream }: AlarmSpec) =>
  [...kind.split('-'), ...(stream ?? '').split('-')]
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/**
 * Creates alarms with their name, text (what happened, runbook, console) and actions.
 * Names begin with that of the stack, which is unique in account and region.
 */
export const alarmFactory =
  (scope: Construct, { tenant, runbookUrl, consoleUrl, actions }: AlarmFactoryProps) =>
  (spec: AlarmSpec): Alarm => {
    const { kind, stream, what, metric, is, threshold, periods, missing } = spec;
    const alarm = new Alarm(scope, idOf(spec), {
      alarmName: [Stack.of(scope).stackName, tenant, kind, ...(stream ? [stream] : [])].join('-'),
      alarmDescription: `${what}\n\nRunbook: ${runbookUrl}#${kind}\nLog: ${consoleUrl}`,
      metric,
      comparisonOperator: is,
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: missing,
    });
    alarm.addAlarmAction(...actions);
    alarm.addOkAction(...actions);
    return alarm;
  };
