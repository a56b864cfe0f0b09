import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm-factory.ts';
import { runMetric } from './metrics.ts';
import { alarmTiming } from './timing.ts';
import { paceSeconds, type Watched } from './watched.ts';

/**
 * The only alarm of a deployment that has not worked yet. It suppresses the notifications of all others, and ends when the function
 * no longer writes the metric: after the first good run, and also when it does not run at all.
 */
export function setUpAlarm(watched: Watched): AlarmSpec {
  const { step, steps, watchPeriod } = alarmTiming;
  return {
    kind: 'not-set-up',
    what: 'No run has succeeded yet. Store both API keys by the two commands: paste the key, press Enter and Ctrl-D. Until the first good run, no other alarm notifies.',
    metric: runMetric(watched.config.tenant, 'NotSetUp', {
      statistic: Stats.MAXIMUM,
      period: Duration.seconds(step),
    }),
    is: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    // The last run counts until the next one is certain to have ended.
    periods: steps(watchPeriod(...paceSeconds(watched))),
    bad: 1,
    // The function writes the metric only until the first good run.
    missing: TreatMissingData.NOT_BREACHING,
  };
}
