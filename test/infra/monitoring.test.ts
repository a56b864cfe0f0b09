import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { storedMonth } from '../../infra/cost/month.ts';
import { METRIC_NAMESPACE, RUN_METRICS, STREAM_METRICS } from '../../lambda/contract.ts';
import { billedResources } from './billed-resources.ts';
import { alarmsOf, monitored, monitoredTemplate, pagesOf, textOf } from './monitored.ts';
import { forwarderStack, forwarderTemplate } from './synthesised.ts';

const HOUR = 3600;

const LOG_LINK = /^Log: https:\/\/<AWS::Region>\.\S+#logsV2:log-groups\/log-group\/<Log\w+>$/;

describe('the description of an alarm', () => {
  const template = monitoredTemplate();
  const alarms = [...Object.values(alarmsOf(template)), ...pagesOf(template)].map(
    (alarm) => [alarm.AlarmName, alarm] as const,
  );

  it.each(alarms)(
    '%s has what happened, the first command, where the runbook is and a link to the log',
    (name, alarm) => {
      const [what, first, links, ...more] = textOf(alarm.AlarmDescription).split('\n\n');
      expect(more).toEqual([]);
      expect(what).toMatch(/^[A-Z].{40,}\.$/s);
      expect(first).toMatch(/^First: aws [a-z]+ [a-z-]+ .*--region <AWS::Region>/);
      expect(links?.split('\n')).toEqual([
        expect.stringMatching(
          /^Runbook: "[A-Z][a-z ]+", at the end of https:\/\/<AWS::Region>\.\S+#dashboards\/dashboard\/<\w+>$/,
        ),
        // Two commands leave no room for it.
        ...(name === 'Watched-not-set-up' ? [] : [expect.stringMatching(LOG_LINK)]),
      ]);
    },
  );

  it.each(alarms)('%s fits into CloudWatch’s limits, with the longest names', (name, alarm) => {
    // Source: CloudWatch API, PutMetricAlarm: 255 characters of name, 1024 of description.
    expect(`${'s'.repeat(128)}-${'t'.repeat(80)}-${name}`.length).toBeLessThanOrEqual(255);
    const LENGTHS = {
      Region: 'ap-southeast-2'.length,
      Consoles: 'console.amazonaws-us-gov.com'.length,
      Valence: 130,
      Datadog: 130,
      DeadLetters: 140,
      Failures: 140,
    };
    // What CloudFormation names begins with the names of stack and resource, and 64 characters are the most for a function.
    const text = textOf(alarm.AlarmDescription).replaceAll(/<([^>]+)>/g, (_, id: string) => {
      const known = Object.entries(LENGTHS).find(([part]) => id.includes(part));
      return 'x'.repeat(known ? known[1] : 100);
    });
    expect(text.length).toBeLessThanOrEqual(1024);
  });

  it('names both commands that store the keys, while nothing is set up', () => {
    const text = textOf(alarmsOf(template)['not-set-up']?.AlarmDescription);
    expect(text.match(/aws secretsmanager put-secret-value/g)).toHaveLength(2);
  });

  it('links to the configured runbook', () => {
    const linked = alarmsOf(monitoredTemplate({ runbookUrl: 'https://wiki.example/forwarder' }));
    expect(textOf(linked['errors']?.AlarmDescription)).toContain('https://wiki.example/forwarder#errors');
  });

  it.each([
    ['aws', 'console.aws.amazon.com'],
    ['aws-us-gov', 'console.amazonaws-us-gov.com'],
    ['aws-cn', 'console.amazonaws.cn'],
  ])('the console of partition %s is at %s', (partition, host) => {
    const [consoles] = Object.values(monitoredTemplate().findMappings('*'));
    expect(consoles?.[partition]).toEqual({ host });
  });
});

/** The name of a queue whose ARN is referred to. */
const nameOf = (arn: { 'Fn::GetAtt': [string, 'Arn'] }) => ({
  'Fn::GetAtt': [arn['Fn::GetAtt'][0], 'QueueName'],
});

describe('of the whole forwarder', () => {
  const whole = forwarderTemplate();

  it('scheduler, dead letters and failed events are watched at their real destinations', () => {
    const found = alarmsOf(whole);
    const watchedIn = (name: string) => JSON.stringify(found[name]?.Dimensions[0]?.Value);
    const [group] = Object.values(whole.findResources('AWS::Scheduler::ScheduleGroup'));
    expect(watchedIn('dropped-invocations')).toBe(JSON.stringify(group?.Properties.Name));
    const [schedule] = Object.values(whole.findResources('AWS::Scheduler::Schedule'));
    expect(watchedIn('dead-letters')).toBe(
      JSON.stringify(nameOf(schedule?.Properties.Target.DeadLetterConfig.Arn)),
    );
    const [invocation] = Object.values(whole.findResources('AWS::Lambda::EventInvokeConfig'));
    expect(watchedIn('failed-events')).toBe(
      JSON.stringify(nameOf(invocation?.Properties.DestinationConfig.OnFailure.Destination)),
    );
  });

  it('a stream that is off has no alarm', () => {
    const names = Object.keys(alarmsOf(forwarderTemplate({ collectAlerts: false })));
    expect(names).toContain('watermark-age-critical-audit-logs');
    expect(names.filter((name) => name.endsWith('-alerts'))).toEqual([]);
  });

  it('the schedule depends on every alarm, so nothing runs unwatched', () => {
    const [schedule] = Object.values(whole.findResources('AWS::Scheduler::Schedule'));
    expect(schedule?.DependsOn).toEqual(
      expect.arrayContaining(Object.keys(whole.findResources('AWS::CloudWatch::Alarm'))),
    );
  });

  it('alarms follow the schedule', () => {
    const hourly = alarmsOf(forwarderTemplate({ schedule: 'rate(1 hour)' }));
    expect(hourly['watermark-age-warning-alerts']?.Threshold).toBe(3 * HOUR);
    expect(hourly['errors']).toMatchObject({ Period: HOUR, EvaluationPeriods: 1 });
  });

  it('every metric in the forwarder’s namespace is one that the function writes, with its dimensions', () => {
    const own = Object.values(alarmsOf(whole)).filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    expect(own).toHaveLength(13);
    for (const { MetricName, Dimensions } of own) {
      const names = Dimensions.map(({ Name }) => Name).sort();
      if (MetricName in STREAM_METRICS) expect(names).toEqual(['stream', 'tenant']);
      else {
        expect(Object.keys(RUN_METRICS)).toContain(MetricName);
        expect(names).toEqual(['tenant']);
      }
    }
  });
});

it('a stack has as many alarms and secrets as docs/cost.md prices', () => {
  expect(billedResources(forwarderTemplate())).toEqual(storedMonth().resources);
});

it.each([
  { pack: 'AWS Solutions', checks: new AwsSolutionsChecks() },
  { pack: 'Serverless', checks: new ServerlessChecks() },
])('the $pack rules are met', ({ checks }) => {
  const root = monitored({ alarmEmail: 'oncall@example.com' }).node.root;
  const ours = checks
    .validateScope(root)
    .violations.filter(({ violatingResources }) =>
      violatingResources.some(({ constructPath }) => constructPath?.includes('/Monitoring/')),
    );
  expect(ours).toEqual([]);
});

it('the whole forwarder with mail and topic passes cdk-nag', () => {
  const { root } = forwarderStack({ alarmEmail: 'oncall@example.com' }).node;
  expect(new AwsSolutionsChecks().validateScope(root).violations).toEqual([]);
});
