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
  /** For an alarm that there is once for each stream. */
  readonly stream?: Stream;
  /** What happened, in a sentence or two for an operator who reads it at night. */
  readonly what: string;
  /** Carries statistic and period. */
  readonly metric: IMetric;
  readonly is: ComparisonOperator;
  readonly threshold: number;
  /** How many periods in a row. */
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
 * Gives every alarm its name, its text (what happened, runbook, console) and its actions.
 * Names begin with the stack's, which is unlike any other of the account and region.
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
