import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextSchema, readConfig } from '../../infra/config.ts';
import { spreadWindow } from '../../infra/run-timeout.ts';
import { DATADOG_SITES } from '../../lambda/common/datadog-sites.ts';
import { ConfigError } from '../../lambda/common/errors.ts';

/** What is said about a context, one line each. */
function problemsOf(context: Record<string, unknown>): readonly string[] {
  try {
    readConfig(context);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The one forwarder of a context without tenants. */
function settingsOf(context: Record<string, unknown>) {
  const [config, ...others] = readConfig(context);
  expect(others).toEqual([]);
  if (!config) throw new Error('No forwarder.');
  return config;
}

test('nothing needs to be set', () => {
  expect(readConfig({})).toEqual([
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

test('F75 F77 F78 F79 every wrong setting is told at once: key, value, what is wrong, what is allowed', () => {
  const wrong = {
    region: 'mars',
    awsRegion: 'Ireland',
    datadogSite: 'datadoghq.org',
    schedule: 'every 5 minutes',
    collectAlerts: 'false',
    collectAuditLogs: false,
    initialLookbackHours: '721',
    valenceApi: { pagination: { style: 'scroll' }, itmesPath: 'data' },
    datadogTags: 'team:security,oops',
    datadogEnv: 'two words',
    datadog_site: 'datadoghq.eu',
  };

  const problems = problemsOf(wrong);

  expect(problems).toHaveLength(11);
  for (const [key, value, what] of [
    ['region', 'mars', 'Allowed: us, eu.'],
    ['awsRegion', 'Ireland', 'eu-west-1'],
    ['datadogSite', 'datadoghq.org', 'Allowed: datadoghq.com, '],
    ['schedule', 'every 5 minutes', 'rate(N minutes)'],
    ['collectAuditLogs', 'false', 'nothing would be forwarded'],
    ['initialLookbackHours', '721', 'from 0 to 720'],
    ['valenceApi.pagination.style', 'scroll', 'cursor, offset, page, link, none'],
    ['valenceApi.itmesPath', '', 'no such setting'],
    ['datadogTags', 'oops', 'key:value'],
    ['datadogEnv', 'two words', 'letters, digits'],
    ['datadog_site', '', 'datadogSite'],
  ] as const) {
    const about = problems.filter((problem) => problem.startsWith(key));
    expect(about.join()).toContain(value);
    expect(about.join()).toContain(what);
  }
});

test('an AWS region given as the Valence region is told where the AWS region comes from', () => {
  const [problem] = problemsOf({ region: 'eu-west-1' });
  expect(problem).toMatch(/AWS profile .*awsRegion/);
});

describe('misspelled settings', () => {
  test.each([
    ['DATADOG_SITE', 'datadogSite'],
    ['datadog-tags', 'datadogTags'],
    ['site', 'datadogSite'],
    ['collectAuditLog', 'collectAuditLogs'],
    ['lookbackhours', 'lookbackHours'],
    ['valenceRegion', 'region'],
    ['shedule', 'schedule'],
    ['redaction', 'redact'],
    ['kmsKey', 'kmsKeyArn'],
    ['encryptionKey', 'kmsKeyArn'],
    ['lookback', 'lookbackHours'],
    ['permissionsBoundaryArn', 'permissionsBoundary'],
    ['interval', 'scheduleIntervalMinutes'],
    ['tenantName', 'tenants'],
    ['datadogApiKey', 'existingDatadogSecret'],
  ])('%s is refused, naming %s', (key, meant) => {
    expect(problemsOf({ [key]: 'x' })).toEqual([`${key}: there is no such setting. Did you mean ${meant}?`]);
  });

  test.each([
    '@aws-cdk/core:region',
    'aws:cdk:region',
    'aws-cdk-lib/region',
    'availability-zones:account=1:region',
    'cli-telemetry',
    'somebodyElsesSetting',
  ])('%s is somebody else’s and left alone', (key) => {
    expect(problemsOf({ [key]: 'x' })).toEqual([]);
  });
});

const isOf = (seconds: number) => (duration: Duration) => duration.toSeconds() === seconds;

describe('the schedule', () => {
  test.each([
    ['rate(1 minute)', 60],
    ['rate(90 minutes)', 5400],
    ['rate(1 hour)', 3600],
    ['rate(6 hours)', 21_600],
  ])('%s is read as %d seconds', (schedule, seconds) => {
    expect(settingsOf({ schedule }).schedule).toEqual({ interval: expect.toSatisfy(isOf(seconds)) });
  });

  test.each([
    'rate(0 minutes)',
    'rate(361 minutes)',
    'rate(7 hours)',
    'rate(1 day)',
    'rate(90 seconds)',
    '5',
    5,
  ])('%s is refused, naming the limits', (schedule) => {
    expect(problemsOf({ schedule }).join()).toContain('from 1 minute to 6 hours');
  });

  const cron = 'cron(0/15 6-22 ? * MON-FRI *)';

  test('may be a cron expression that says how far its runs are apart, and in which time zone it is meant', () => {
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

  test.each([
    [{ schedule: cron }, /^scheduleIntervalMinutes: is not set, and schedule is a cron/],
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
    [{ schedule: cron, scheduleIntervalMinutes: 361 }, /from 1 to 360/],
    [{ schedule: cron, scheduleIntervalMinutes: 15, scheduleTimezone: 'Berlin' }, /not the name of a time/],
    [{ schedule: cron, scheduleIntervalMinutes: 15, scheduleTimezone: '+01:00' }, /not the name of a time/],
  ])('F78 %j is refused', (context, says) => {
    const problems = problemsOf(context);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
  });
});

describe('identifiers of what exists already', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

  test('are taken', () => {
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

  test('are taken in every partition of AWS', () => {
    const given = {
      awsRegion: 'us-gov-west-1',
      existingDatadogSecret:
        'arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:security/datadog-AbC123',
    };
    expect(settingsOf(given)).toMatchObject(given);
  });

  test.each([
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
    [{ vpcId: 'vpc-0123456789abcdef0' }, 'subnetIds: is not set, and vpcId is'],
    [{ vpcId: 'vpc-0123456789abcdef0', subnetIds: '' }, 'subnetIds = "": is empty'],
    [{ subnetIds: 'subnet-0a1b2c3d' }, 'vpcId: is not set, and subnetIds'],
    [{ securityGroupIds: 'sg-0a1b2c3d' }, 'vpcId: is not set'],
    [{ vpcId: 'vpc-0a1b2c3d', subnetIds: 'vpc-0a1b2c3d' }, 'subnetIds.0 = "vpc-0a1b2c3d"'],
  ])('%j is refused', (context, says) => {
    const problems = problemsOf(context);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(says)).toBe(true);
  });

  test('a key pasted where the name of its secret belongs is not shown', () => {
    expect(problemsOf({ existingDatadogSecret: 'dd api key 123' }).join()).not.toContain('123');
  });
});

test.each([
  [{ reservedConcurrency: 4 }, 'a backfill needs'],
  [{ reservedConcurrency: 5, backfillConcurrency: 5 }, 'backfillConcurrency = 5: is not below'],
  [{ backfillConcurrency: 0 }, 'a whole number from 1'],
  [{ memorySize: 128 }, 'from 256 to 10240'],
  [{ timeoutSeconds: 901 }, 'from 30 to 900'],
  [{ logRetentionDays: 100 }, '90, 120'],
  [{ logLevel: 'verbose' }, 'DEBUG, INFO, WARN, ERROR'],
  [{ removalPolicy: 'delete' }, 'retain, destroy'],
  [{ quarantineRetentionDays: 0 }, 'from 1 to 3650'],
  [{ resourceTags: 'CostCenter=1' }, 'is not valid JSON'],
  [
    { resourceTags: { 'aws:owner': 'x' } },
    'resourceTags = {"aws:owner":"x"}: holds a name that no tag may have',
  ],
  [{ alertSeverities: 'High,Severe' }, 'Critical, High, Medium, Low'],
  [{ redact: { remove: ['events[*].aux'] } }, 'redact.remove.0 = "events[*].aux": names nothing'],
  [{ redact: '{"hsh":["actor"]}' }, 'redact.hsh: there is no such setting'],
  [{ valenceBaseUrl: 'http://valence.example.com' }, 'clear text'],
  [{ lookbackHours: 721 }, 'from 0 to 720'],
  [{ runbookUrl: 'http://example.com' }, 'https URL'],
])('F77 %j is refused with what is allowed', (context, says) => {
  expect(problemsOf(context).join()).toContain(says);
});

test.each([
  '0/15 6-22 ? * MON-FRI *',
  '0 0 LW JAN,MAR ? 2026-2030',
  '*/5 * 15W * ? *',
  '0 0 ? * 6L *',
  '0 12 ? * MON#2 *',
  '0-30/5,45 * * * ? *',
])('a schedule may be cron(%s)', (fields) => {
  expect(problemsOf({ schedule: `cron(${fields})`, scheduleIntervalMinutes: 5 })).toEqual([]);
});

describe('tenants', () => {
  test('F77 are told everything that is wrong, also where a name is', () => {
    const told = problemsOf({ tenants: [{ name: 'North' }, { name: 'south', memorySize: 1 }, { bogus: 1 }] });

    expect(told.join('\n')).toMatch(/tenants\.0\.name = "North"/);
    expect(told.join('\n')).toMatch(/tenants\.south\.memorySize = 1: is too small/);
    expect(told.join('\n')).toMatch(/tenants\.2\.bogus: there is no such setting/);
  });

  test('each have the common settings but those of their own', () => {
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

  test('with mistakes are told with all others: whose setting, and once when it is everybody’s', () => {
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

  test.each([
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

test.each([
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

test('the API profile is checked as the function checks it, given as text or as JSON', () => {
  const valenceApi = { fromParam: 'time', toParam: 'time' };
  for (const given of [valenceApi, JSON.stringify(valenceApi)]) {
    expect(problemsOf({ valenceApi: given }).join()).toContain('valenceApi.alerts.toParam');
  }
  expect(problemsOf({ valenceApi: '{' }).join()).toContain('is not valid JSON');
});

const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);

/** Settings as cdk.json holds them. */
const typedSettings = fc.record(
  {
    region: fc.constantFrom('us', 'eu'),
    awsRegion: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'ap-southeast-4'),
    datadogSite: fc.constantFrom(...DATADOG_SITES),
    schedule: fc.integer({ min: 1, max: 360 }).map((minutes) => `rate(${minutes} minutes)`),
    collectAlerts: fc.boolean(),
    collectAuditLogs: fc.constant(true),
    initialLookbackHours: fc.integer({ min: 0, max: 720 }),
    valenceApi: fc.record(
      { itemsPath: word, timeUnit: fc.constantFrom('s', 'ms', 'iso'), pageSizeParam: fc.constant(null) },
      { requiredKeys: [] },
    ),
    datadogTags: fc.array(fc.tuple(word, word).map(([key, value]) => `${key}:${value}`)),
    datadogEnv: word,
    alertUpdates: fc.boolean(),
    alertSeverities: fc.subarray(['Critical', 'High', 'Medium', 'Low'], { minLength: 1 }),
    lookbackHours: fc.integer({ min: 0, max: 720 }),
    parallelSlices: fc.integer({ min: 1, max: 16 }),
    redact: fc.record({ remove: fc.constant(['alert.events[*].aux']), hash: fc.constant(['actor']) }),
    memorySize: fc.integer({ min: 256, max: 10_240 }),
    timeoutSeconds: fc.integer({ min: 30, max: 900 }),
    reservedConcurrency: fc.integer({ min: 5, max: 1000 }),
    logRetentionDays: fc.constantFrom(1, 30, 365),
    removalPolicy: fc.constantFrom('retain', 'destroy'),
    resourceTags: fc.dictionary(word, word),
  },
  { requiredKeys: [] },
);

/** Settings of which each alone is right, and all together too. */
const rightSettings = typedSettings.filter(({ timeoutSeconds = 0, schedule = 'rate(5 minutes)' }) => {
  const minutes = Number(/\d+/.exec(schedule)?.[0]);
  return timeoutSeconds + 20 < minutes * 60;
});

/** A setting as `-c key=value` gives it. */
const asText = (value: unknown) =>
  typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value);

test('a timeout that reaches into the next run is told beside every other problem', () => {
  const problems = problemsOf({ timeoutSeconds: 290, memorySize: 1 });

  expect(problems).toHaveLength(2);
  expect(problems.join()).toMatch(
    /timeoutSeconds = 290: does not end more than 20 seconds before the next run/,
  );
});

test.each([
  { timeoutSeconds: -1 },
  { scheduleIntervalMinutes: -1, schedule: 'cron(0 * * * ? *)' },
  { reservedConcurrency: { valueOf: 1, toString: 1 }, backfillConcurrency: 2 },
  { vpcId: 'vpc-0123456789abcdef0', subnetIds: 5 },
])('a setting that is wrong in itself is told alone, whatever it does to a rule: %j', (context) => {
  expect(problemsOf(context)).toHaveLength(1);
});

const HOURLY = { schedule: 'cron(0 * * * ? *)', scheduleIntervalMinutes: 60 };
const EU_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012';
const NETWORK = { vpcId: 'vpc-0123456789abcdef0', subnetIds: 'subnet-0123456789abcdef0' };
const SECRETS = { existingDatadogSecret: 'datadog', existingDatadogAppKeySecret: 'datadog-app' };

test.each([
  [{ ...NETWORK, securityGroupIds: '' }, 'securityGroupIds = "": is empty'],
  [{ ...NETWORK, subnetIds: [] }, 'subnetIds = []: is empty'],
  [{ schedule: `rate(${'9'.repeat(320)} minutes)` }, 'is too short or too long'],
  [{ ...HOURLY, scheduleTimezone: 'EUROPE/BERLIN' }, 'is not the name of a time zone'],
  [{ schedule: 'cron(0 * ? * FOO#2 *)', scheduleIntervalMinutes: 60 }, 'has "FOO#2" as its day of week'],
  [{ kmsKeyArn: EU_KEY.replace(/key.*/, 'key/abc') }, 'is not the ARN of a KMS key'],
  [{ resourceTags: { CostCenter: '' } }, 'holds a value that no tag may have'],
  [
    { resourceTags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`tag${n}`, 'x'])) },
    'holds more than 50 tags',
  ],
  [{ permissionsBoundary: `arn:aws:iam::111122223333:policy/${'x'.repeat(2048)}` }, 'is longer than 2048'],
  [{ valenceBaseUrl: ' https://valence.example.com' }, 'is not a URL'],
  [{ datadogIntakeUrl: 'https:datadog.example.com' }, 'is not a URL'],
  [{ datadogApiUrl: 'http://localhost:8080' }, 'is not an https URL'],
  [
    { awsRegion: 'eu-west-1', alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:soc' },
    'alarmTopicArn = "arn:aws:sns:us-east-1:111122223333:soc": is in another region than the stack',
  ],
  [
    {
      kmsKeyArn: EU_KEY,
      existingValenceSecret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:valence-AbCdEf',
    },
    'existingValenceSecret: is in another region than the stack',
  ],
  [{ datadogContent: 'maybe', ...SECRETS }, 'datadogContent = "maybe": is not valid JSON'],
  [{ tenants: [{ name: { toString: 1 } }] }, 'tenants.0.name'],
  [{ redact: '{"remove":["actor",7]}' }, 'redact.remove.1 = 7: is not text'],
])('%j is refused, and the one thing that is wrong is told', (context, says) => {
  const problems = problemsOf(context);

  expect(problems.join()).toContain(says);
  expect(problems).toHaveLength(1);
});

test.each([
  ['schedule=rate', { schedule: 'rate(1 minute)', scheduleIntervalMinutes: -1, timeoutSeconds: 100 }],
  ['a tenant beside one that is none', { tenants: [{ name: 'a', region: 'x' }, 'b'], timeoutSeconds: 290 }],
])('a timeout that does not fit is told beside what is wrong elsewhere: %s', (_, context) => {
  expect(problemsOf(context).join('\n')).toMatch(/timeoutSeconds = \d+: does not end/);
});

test('every tenant is told of, beside one that is no tenant at all', () => {
  const told = problemsOf({ tenants: [{ name: 'a', region: 'x' }, 'b', { region: 'y' }] }).join('\n');

  expect(told).toContain('tenants.a.region = "x"');
  expect(told).toContain('tenants.2.region = "y"');
  expect(told).toContain('tenants.1');
});

test('the name of the stack of the content is taken, which is told beside its missing secrets', () => {
  const told = problemsOf({ datadogContent: true, tenants: [{ name: 'content' }] }).join('\n');

  expect(told).toContain('none may be named content');
  expect(told).toContain('needs secrets');
});

test('what is set once for all tenants is told to stand beside them', () => {
  expect(problemsOf({ tenants: [{ name: 'a', datadogContent: true }] })).toEqual([
    'tenants.a.datadogContent: stands beside the list, once for all tenants.',
  ]);
});

test.each([
  { tenants: { name: 'a', existingDatadogSecret: '0123456789abcdef0123456789abcdef' } },
  { tenants: [1, 2].map(() => ({ name: 'a', existingDatadogSecret: '0123456789abcdef0123456789abcdef' })) },
  { tenants: '[{"existingDatadogSecret":"0123456789abcdef0123456789abcdef"}' },
  { tenants: '[{"name":7,"existingDatadogSecret":"0123456789abcdef0123456789abcdef"}]' },
  { valenceBaseUrl: 'https:user:0123456789abcdef0123456789abcdef@valence.example.com' },
  { valenceBaseUrl: 'https:\\\\user:0123456789abcdef0123456789abcdef@valence.example.com' },
])('F75 a secret in the wrong place is not shown: %j', (context) => {
  const told = problemsOf(context).join();

  expect(told).not.toBe('');
  expect(told).not.toContain('0123456789abcdef');
});

test.each([
  ['alertSeverities', '["High","Low"]', ['High', 'Low']],
  ['alertSeverities', 'High, Low', ['High', 'Low']],
  ['datadogTags', '["team:soc"]', ['team:soc']],
])('%s may be the text %j', (key, text, list) => {
  expect(settingsOf({ [key]: text })).toMatchObject({ [key]: list });
});

test('the text of -c and the typed JSON of cdk.json mean the same', () =>
  fc.assert(
    fc.property(rightSettings, (typed) => {
      const texts = Object.fromEntries(Object.entries(typed).map(([key, value]) => [key, asText(value)]));
      expect(readConfig(texts)).toEqual(readConfig(typed));
    }),
  ));

test('whatever a context holds, it is either read or refused with reasons that each name a key', () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(...Object.keys(contextSchema.shape)),
        fc.oneof(fc.jsonValue(), fc.string()),
        { maxKeys: 6 },
      ),
      (context) => {
        for (const problem of problemsOf(context)) {
          expect(Object.keys(contextSchema.shape)).toContain(/^\w+/.exec(problem)?.[0]);
        }
      },
    ),
  ));

test('a tenant that sets nothing is what the one forwarder would be', () =>
  fc.assert(
    fc.property(rightSettings, (typed) => {
      const [tenant] = readConfig({ ...typed, tenants: [{ name: 'acme' }] });
      expect({ ...tenant, tenant: undefined }).toEqual(settingsOf(typed));
    }),
  ));
