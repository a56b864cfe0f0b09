import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { spreadWindow } from '../../infra/run-timeout.ts';
import { problemsOf, settingsOf } from './configured.ts';

it('nothing needs to be set', () => {
  expect(readConfig({})).toMatchObject([
    {
      tenant: undefined,
      neighbours: 0,
      region: 'us',
      datadogSite: 'datadoghq.com',
      datadogTags: [],
      collectAlerts: true,
      collectAuditLogs: true,
      alertUpdates: false,
      initialLookbackHours: 12,
      lookbackHours: 24,
      settleSeconds: 120,
      parallelSlices: 4,
      runSummaryLogs: true,
      schedule: { interval: Duration.minutes(5) },
      memorySize: 512,
      backfillConcurrency: 4,
      logLevel: 'INFO',
      logRetentionDays: 90,
      removalPolicy: 'retain',
      quarantineRetentionDays: 365,
      resourceTags: {},
    },
  ]);
});

const isOf = (seconds: number) => (duration: Duration) => duration.toSeconds() === seconds;

describe('the schedule', () => {
  it.each([
    ['rate(1 minute)', 60],
    ['rate(90 minutes)', 5400],
    ['rate(1 hour)', 3600],
    ['rate(6 hours)', 21_600],
    ['rate(12 hours)', 43_200],
  ])('%s is read as %d seconds', (schedule, seconds) => {
    expect(settingsOf({ schedule }).schedule).toEqual({ interval: expect.toSatisfy(isOf(seconds)) });
  });

  it.each([
    'rate(0 minutes)',
    'rate(721 minutes)',
    'rate(13 hours)',
    'rate(1 day)',
    'rate(90 seconds)',
    '5',
    5,
  ])('%s is refused, naming the limits', (schedule) => {
    expect(problemsOf({ schedule }).join()).toContain('from 1 minute to 12 hours');
  });

  const cron = 'cron(0/15 6-22 ? * MON-SUN *)';

  it('may be a cron expression with an interval and a time zone', () => {
    const settings = settingsOf({
      schedule: cron,
      scheduleIntervalMinutes: '15',
      scheduleTimezone: 'Europe/Berlin',
    });
    expect(settings).toMatchObject({
      schedule: { cron },
      scheduleIntervalMinutes: 15,
      scheduleTimezone: 'Europe/Berlin',
    });
  });

  it.each([
    [{ schedule: cron }, /^scheduleIntervalMinutes: is not set, but schedule is a cron/],
    [{ schedule: 'cron(0/5 * * * *)', scheduleIntervalMinutes: 5 }, /six fields/],
    [{ schedule: 'cron(0/5 * * * * *)', scheduleIntervalMinutes: 5 }, /must have \? as its day/],
    [{ schedule: 'cron(0/5 * ? * ? *)', scheduleIntervalMinutes: 5 }, /must have \? as its day/],
    [{ schedule: 'cron(60 * * * ? *)', scheduleIntervalMinutes: 5 }, /"60" as its minutes, .* from 0 to 59/],
    [{ schedule: 'cron(0 8-24 * * ? *)', scheduleIntervalMinutes: 5 }, /"8-24" as its hours/],
    [{ schedule: 'cron(0 0 32 * ? *)', scheduleIntervalMinutes: 5 }, /"32" as its day of month/],
    [{ schedule: 'cron(0 0 1 JAN,FEV ? *)', scheduleIntervalMinutes: 5 }, /"JAN,FEV" as its month/],
    [{ schedule: 'cron(0 0 ? * 0 *)', scheduleIntervalMinutes: 5 }, /"0" as its day of week/],
    [{ schedule: 'cron(0 0 ? * 2 1969)', scheduleIntervalMinutes: 5 }, /"1969" as its year/],
    [{ schedule: 'rate(5 minutes)', scheduleIntervalMinutes: 5 }, /^scheduleIntervalMinutes = 5: .* rate/],
    [{ scheduleTimezone: 'Europe/Berlin' }, /^scheduleTimezone = "Europe\/Berlin": .* rate/],
    [{ schedule: cron, scheduleIntervalMinutes: 721 }, /from 1 to 720/],
    [{ schedule: cron, scheduleIntervalMinutes: 15, scheduleTimezone: 'Berlin' }, /not the name of a time/],
    [{ schedule: cron, scheduleIntervalMinutes: 15, scheduleTimezone: '+01:00' }, /not the name of a time/],
  ])('F78 %j is refused', (context, says) => {
    const problems = problemsOf(context);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
  });
});

describe('identifiers of existing resources', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

  it('are accepted', () => {
    const given = {
      kmsKeyArn: KEY,
      existingValenceSecret: 'security/valence',
      existingDatadogSecret: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:security/datadog-AbC123',
      existingSecretsKmsKeyArn: KEY,
      alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
      permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary',
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0a1b2c3d'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    };
    expect(settingsOf(given)).toMatchObject(given);
    expect(settingsOf({ ...given, subnetIds: given.subnetIds.join() })).toMatchObject(given);
  });

  it('are accepted in every partition of AWS', () => {
    const given = {
      awsRegion: 'us-gov-west-1',
      existingDatadogSecret:
        'arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:security/datadog-AbC123',
    };
    expect(settingsOf(given)).toMatchObject(given);
  });

  it.each([
    [{ kmsKeyArn: 'alias/mine' }, 'kmsKeyArn = "alias/mine": is not the ARN of a KMS key'],
    [{ existingValenceSecret: 'two words' }, 'existingValenceSecret: is not the name of a secret'],
    [
      { existingDatadogSecret: '0123456789abcdef'.repeat(2) },
      'existingDatadogSecret: looks like the key itself',
    ],
    [
      { existingDatadogSecret: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:datadog' },
      'existingDatadogSecret: is not the complete ARN',
    ],
    [{ kmsKeyArn: KEY, awsRegion: 'us-east-1' }, `kmsKeyArn = "${KEY}": is in another region than the stack`],
    [{ existingSecretsKmsKeyArn: KEY }, 'existingSecretsKmsKeyArn = '],
    [{ alarmTopicArn: 'alarms' }, 'alarmTopicArn = "alarms": is not the ARN of an SNS topic'],
    [{ alarmEmail: 'security' }, 'alarmEmail = "security": is not an e-mail address'],
    [{ permissionsBoundary: 'boundary' }, 'permissionsBoundary = "boundary"'],
    [{ vpcId: 'vpc-0123456789abcdef0' }, 'subnetIds: is not set, but vpcId is'],
    [{ vpcId: 'vpc-0123456789abcdef0', subnetIds: '' }, 'subnetIds = "": is empty'],
    [{ subnetIds: 'subnet-0a1b2c3d' }, 'vpcId: is not set, and subnetIds'],
    [{ securityGroupIds: 'sg-0a1b2c3d' }, 'vpcId: is not set'],
    [{ vpcId: 'vpc-0a1b2c3d', subnetIds: 'vpc-0a1b2c3d' }, 'subnetIds.0 = "vpc-0a1b2c3d"'],
  ])('%j is refused', (context, says) => {
    const problems = problemsOf(context);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(says)).toBe(true);
  });

  it('a key given as the name of its secret is not shown', () => {
    expect(problemsOf({ existingDatadogSecret: 'dd api key 123' }).join()).not.toContain('123');
  });
});

it.each([
  '0/15 6-22 ? * MON-SUN *',
  '0/15 6-22 ? * FRI-THU *',
  '15 0,12 * JAN-DEC ? 2026-2030',
  '*/5 0/12 1-31 * ? *',
  '0-30/5,45 * * * ? *',
])('a schedule may be cron(%s)', (fields) => {
  expect(problemsOf({ schedule: `cron(${fields})`, scheduleIntervalMinutes: 5 })).toEqual([]);
});

it.each([
  ['0/15 6-22 ? * MON-FRI *', '2 days 7 hours, from Friday 22:45 to Monday 06:00'],
  ['0 7,20 * * ? *', '13 hours, from Monday 07:00 to Monday 20:00'],
  ['0 8 * * ? *', '1 day, from Monday 08:00 to Tuesday 08:00'],
  ['0 * * 2-12 ? *', '31 days 1 hour, from Tuesday 23:00 to Saturday 00:00'],
  ['0 0 LW JAN,MAR ? 2026-2030', 'days'],
  ['*/5 * 15W * ? *', 'days'],
  ['0 0 ? * 6L *', 'days'],
  ['0 12 ? * MON#2 *', 'days'],
])('a schedule may not be cron(%s), which leaves a gap of %s', (fields, gap) => {
  const [problem, ...others] = problemsOf({ schedule: `cron(${fields})`, scheduleIntervalMinutes: 5 });
  expect(others).toEqual([]);
  expect(problem).toContain(`leaves a gap of ${gap}, and 12 hours are allowed`);
});

describe('tenants', () => {
  it('F77 report all problems, also of a name', () => {
    const problems = problemsOf({
      tenants: [{ name: 'North' }, { name: 'south', memorySize: 1 }, { bogus: 1 }],
    });

    expect(problems.join('\n')).toMatch(/tenants\.0\.name = "North"/);
    expect(problems.join('\n')).toMatch(/tenants\.south\.memorySize = 1: is less than 256/);
    expect(problems.join('\n')).toMatch(/tenants\.2\.bogus: there is no such setting/);
  });

  it('have the common settings unless they set their own', () => {
    const [north, south] = readConfig({
      region: 'eu',
      schedule: 'cron(0 * * * ? *)',
      scheduleIntervalMinutes: 60,
      datadogTags: 'team:soc',
      tenants: JSON.stringify([
        { name: 'north' },
        { name: 'south', region: 'us', schedule: 'rate(10 minutes)', datadogTags: null },
      ]),
    });
    expect(north).toMatchObject({
      tenant: 'north',
      neighbours: 1,
      region: 'eu',
      scheduleIntervalMinutes: 60,
      datadogTags: ['team:soc'],
    });
    expect(south).toMatchObject({ tenant: 'south', region: 'us', datadogTags: [] });
    expect(south?.scheduleIntervalMinutes).toBeUndefined();
  });

  it('with mistakes are reported together, with the tenant, and once for a common setting', () => {
    expect(
      problemsOf({
        datadogSite: 'datadoghq.org',
        tenants: [
          { name: 'north', region: 'mars' },
          { name: 'south', regoin: 'us', tenants: [], subnetIds: 'subnet-0a1b2c3d', colour: 'red' },
        ],
      }).map((problem) => problem.replace(/[.:] .*$/, '').replace(/ = .*$/, '')),
    ).toEqual([
      'datadogSite',
      'tenants.north.region',
      'tenants.south.regoin',
      'tenants.south.tenants',
      'tenants.south.colour',
      'vpcId',
    ]);
  });

  it.each([
    [[], 'is empty'],
    ['north,south', 'is not valid JSON'],
    [{ name: 'north' }, 'is not a list'],
    [['north'], 'is not an object'],
    [[{ region: 'eu' }], 'tenants.0.name'],
    [[{ name: 'North Sea' }], 'tenants.0.name = "North Sea": is not a tenant name'],
    [[{ name: 'north' }, { name: 'north' }], 'names a tenant twice'],
  ])('given as %j are refused', (tenants, says) => {
    expect(problemsOf({ tenants }).join()).toContain(says);
  });
});

it.each([
  { minutes: 1, timeout: undefined, spread: undefined },
  { minutes: 5, timeout: undefined, spread: 1 },
  { minutes: 60, timeout: undefined, spread: 12 },
  { minutes: 5, timeout: 200, spread: 1 },
  { minutes: 5, timeout: 230, spread: undefined },
  { minutes: 15, timeout: 780, spread: 1 },
])('starts every $minutes minutes are spread over $spread minutes, timeout $timeout', (given) => {
  const timeout = given.timeout === undefined ? undefined : Duration.seconds(given.timeout);
  expect(spreadWindow(Duration.minutes(given.minutes), timeout)?.toMinutes()).toBe(given.spread);
});

it('checks the API profile as the function does, as text or as JSON', () => {
  const valenceApi = { fromParam: 'time', toParam: 'time' };
  for (const given of [valenceApi, JSON.stringify(valenceApi)]) {
    expect(problemsOf({ valenceApi: given }).join()).toContain('valenceApi.alerts.toParam');
  }
  expect(problemsOf({ valenceApi: '{' }).join()).toContain('is not valid JSON');
});

it.each([
  ['alertSeverities', '["High","Low"]', ['High', 'Low']],
  ['alertSeverities', 'High, Low', ['High', 'Low']],
  ['datadogTags', '["team:soc"]', ['team:soc']],
])('%s may be the text %j', (key, text, list) => {
  expect(settingsOf({ [key]: text })).toMatchObject({ [key]: list });
});
