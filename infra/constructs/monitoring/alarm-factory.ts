import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type ComparisonOperator,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmKind, PageKind, Stream } from '../../../lambda/contract.ts';
import type { FirstCommands } from './first-commands.ts';

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
  /** How many periods are evaluated. */
  readonly periods: number;
  /**
   * How many of them must be bad.
   * @default all of them
   */
  readonly bad?: number;
  readonly missing: TreatMissingData;
}

/** An alarm with what it was made from. */
export interface MadeAlarm {
  readonly spec: AlarmSpec;
  readonly alarm: Alarm;
}

/** An id or name as the id of a construct: `NotRunning`. */
export const idOf = (kind: string, stream = ''): string =>
  [...kind.split('-'), ...stream.split('-')]
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** What the names and texts of all alarms of a forwarder have in common. */
export interface AlarmTexts {
  /** The stack, and the path of the construct in it unless that is called `Forwarder`. */
  readonly label: string;
  /** The line that leads to a section of the runbook. @param section its heading */
  runbook(kind: AlarmKind | PageKind): string;
  /** Address of the function's log. */
  readonly logUrl: string;
  readonly first: FirstCommands;
}

/** Name of an alarm: readable in the subject of a mail, and unique in account and region. */
export const alarmName = ({ label }: Pick<AlarmTexts, 'label'>, kind: string, stream?: Stream): string =>
  [label, kind, ...(stream ? [stream] : [])].join('-');

/** The text of an alarm: what happened, the first command, the runbook and the log. Two commands leave no room for the log. */
export const alarmText = (
  { runbook, logUrl, first }: AlarmTexts,
  kind: AlarmKind | PageKind,
  what: string,
): string =>
  `${what}\n\nFirst: ${first[kind]}\n\n${runbook(kind)}${kind === 'not-set-up' ? '' : `\nLog: ${logUrl}`}`;

/** ARN of an alarm by its name, for what must not depend on the alarm itself. */
export const alarmArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Creates an alarm with its name and text. It has no actions: see {@link pages}. */
export function makeAlarm(scope: Construct, texts: AlarmTexts, spec: AlarmSpec): MadeAlarm {
  const { kind, stream, what, metric, is, threshold, periods, bad = periods, missing } = spec;
  const alarm = new Alarm(scope, idOf(kind, stream), {
    alarmName: alarmName(texts, kind, stream),
    alarmDescription: alarmText(texts, kind, what),
    metric,
    comparisonOperator: is,
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: bad,
    treatMissingData: missing,
  });
  return { spec, alarm };
}
