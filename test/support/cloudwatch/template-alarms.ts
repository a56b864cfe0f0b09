import type { Template } from 'aws-cdk-lib/assertions';
import { type AlarmProperties, type PageProperties, textOf } from '../../infra/monitored.ts';
import { parseRule, type Rule } from './alarm-rule.ts';
import type { MetricAlarm } from './alarm-state.ts';
import type { Statistic } from './metric-store.ts';

/** A composite alarm, as a template describes it. */
export interface CompositeAlarm {
  name: string;
  rule: Rule;
  /** Name of the alarm that suppresses its actions. */
  suppressor: string;
  /** Seconds. */
  wait: number;
  /** Seconds. */
  extension: number;
}

/** The alarms of a template. */
export interface TemplateAlarms {
  metricAlarms: MetricAlarm[];
  composites: CompositeAlarm[];
  /** Names of the alarms that notify. */
  notifying: ReadonlySet<string>;
}

/**
 * Reads the alarms of a template.
 * @param nameOf the name of a simulated alarm, by its name in AWS
 */
export function alarmsIn(template: Template, nameOf: (name: string) => string): TemplateAlarms {
  const metric = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  const composite = Object.entries(template.findResources('AWS::CloudWatch::CompositeAlarm'));
  const names = new Map(
    [...metric, ...composite].map(([id, { Properties }]) => [`<${id}>`, nameOf(Properties.AlarmName)]),
  );
  const named = (text: string) =>
    text.replaceAll(/<\w+>/g, (reference) => {
      const name = names.get(reference);
      if (!name) throw new Error(`There is no alarm ${reference}.`);
      return name;
    });
  return {
    metricAlarms: metric.map(([, { Properties }]) => metricAlarm(Properties as AlarmProperties, nameOf)),
    composites: composite.map(([, { Properties }]) => {
      const properties = Properties as PageProperties;
      return {
        name: nameOf(properties.AlarmName),
        rule: parseRule(named(textOf(properties.AlarmRule))),
        suppressor: named(textOf(properties.ActionsSuppressor)),
        wait: properties.ActionsSuppressorWaitPeriod,
        extension: properties.ActionsSuppressorExtensionPeriod,
      };
    }),
    notifying: new Set(
      [...metric, ...composite]
        .filter(([, { Properties }]) => Properties.AlarmActions?.length > 0)
        .map(([, { Properties }]) => nameOf(Properties.AlarmName)),
    ),
  };
}

const metricAlarm = (alarm: AlarmProperties, nameOf: (name: string) => string): MetricAlarm => ({
  name: nameOf(alarm.AlarmName),
  metric: {
    namespace: alarm.Namespace,
    name: alarm.MetricName,
    dimensions: Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, textOf(Value)])),
  },
  statistic: alarm.Statistic as Statistic,
  period: alarm.Period,
  evaluationPeriods: alarm.EvaluationPeriods,
  datapointsToAlarm: alarm.DatapointsToAlarm,
  comparison: alarm.ComparisonOperator,
  threshold: alarm.Threshold,
  missing: alarm.TreatMissingData,
});
