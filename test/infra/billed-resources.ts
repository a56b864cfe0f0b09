import type { Template } from 'aws-cdk-lib/assertions';
import type { BilledResources } from '../../infra/cost/month.ts';

/** What AWS bills by the month, whatever the forwarder does. */
export function billedResources(template: Template): BilledResources {
  const all = (type: string) => Object.values(template.findResources(type));
  return {
    // An alarm on an expression is billed for each metric in it.
    alarmMetrics: all('AWS::CloudWatch::Alarm').reduce(
      (sum, { Properties }) => sum + (Properties.Metrics?.length ?? 1),
      0,
    ),
    compositeAlarms: all('AWS::CloudWatch::CompositeAlarm').length,
    secrets: all('AWS::SecretsManager::Secret').length,
    dashboards: all('AWS::CloudWatch::Dashboard').length,
  };
}
