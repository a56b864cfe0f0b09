import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, it } from 'vitest';
import { hasSummerTime, runGaps } from '../../infra/run-gaps.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { WITHOUT_CODE } from './synthesised.ts';

const DAYTIME = 'cron(0/15 7-20 * * ? *)';

const gapsOf = (cron: string, minutes: number, zone?: string) =>
  runGaps({
    interval: Duration.minutes(minutes),
    schedule: ScheduleExpression.expression(cron, zone === undefined ? TimeZone.ETC_UTC : TimeZone.of(zone)),
  });

it.each([
  [DAYTIME, 615, 15, 615],
  ['cron(0/15 7-20 ? * * *)', 30, 15, 615],
  ['cron(0/20 * * * ? *)', 20, 20, 20],
  ['cron(5,50 * * * ? *)', 45, 15, 45],
  ['cron(0 6,18 * * ? *)', 720, 720, 720],
])(
  '%s with an interval of %d minutes has runs from %d to %d minutes apart',
  (cron, given, shortest, longest) => {
    const gaps = gapsOf(cron, given);
    expect(gaps.shortest.toMinutes()).toBe(shortest);
    expect(gaps.longest.toMinutes()).toBe(longest);
  },
);

it('a rate is as long as its interval, which is five minutes by default', () => {
  expect(runGaps({}).longest.toMinutes()).toBe(5);
  expect(runGaps({ interval: Duration.hours(2) }).shortest.toMinutes()).toBe(120);
});

it('an interval that is shorter than the gap is a warning that names the gap and what to set', () => {
  expect(gapsOf(DAYTIME, 15).warnings).toEqual([
    expect.stringMatching(
      /gap of 10 hours 15 minutes, from \w+ 20:45 to \w+ 07:00.*Set the interval to 615 minutes/,
    ),
  ]);
  expect(gapsOf(DAYTIME, 615).warnings).toEqual([]);
});

describe('in a time zone with summer time', () => {
  it('alarms wait for the hour that is skipped, where runs are an hour apart anyway', () => {
    const { delay, warnings } = gapsOf(DAYTIME, 615, 'Europe/Berlin');
    expect(delay.toMinutes()).toBe(60);
    expect(warnings).toEqual([]);
  });

  it('frequent runs are a warning that advises UTC', () => {
    const { delay, warnings } = gapsOf('cron(0/10 * * * ? *)', 10, 'Europe/Berlin');
    expect(delay.toMinutes()).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('in UTC there is no such hour')]);
  });

  it.each([
    ['Europe/Berlin', true],
    ['Australia/Lord_Howe', true],
    ['Asia/Tokyo', false],
    ['Etc/UTC', false],
  ])('%s: %s', (zone, expected) => {
    expect(hasSummerTime(zone)).toBe(expected);
  });
});

describe('two forwarders in one stack', () => {
  const stack = new Stack(new App({ context: WITHOUT_CODE }), 'Platform');
  new ValenceForwarder(stack, 'Forwarder', { tenant: 'acme' });
  new ValenceForwarder(stack, 'Second', {
    tenant: 'other',
    interval: Duration.minutes(15),
    schedule: ScheduleExpression.expression(DAYTIME),
  });
  const template = Template.fromStack(stack);
  const names = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties.AlarmName as string),
  );

  it('have alarms of different names, by the path of the construct', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'Platform-stopped',
        'Platform-silence-alerts',
        'Platform-Second-stopped',
        'Platform-Second-silence-alerts',
      ]),
    );
    const queries = Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(
      ({ Properties }) => Properties.Name,
    );
    expect(new Set(queries).size).toBe(queries.length);
  });

  it('warn at the synthesis, each by itself', () => {
    Annotations.fromStack(stack).hasWarning(
      '/Platform/Second',
      Match.stringLikeRegexp('leaves a gap of 10 hours'),
    );
    expect(Annotations.fromStack(stack).findWarning('/Platform/Forwarder', Match.anyValue())).toEqual([]);
  });
});
