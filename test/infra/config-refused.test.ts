import { expect, it } from 'vitest';
import { contextSchema } from '../../infra/config.ts';
import { problemsOf } from './configured.ts';

it('F75 F77 F78 F79 all wrong settings are reported at once: key, value, problem, allowed values', () => {
  const wrong = {
    region: 'mars',
    awsRegion: 'Ireland',
    datadogSite: 'datadoghq.org',
    schedule: 'every 5 minutes',
    collectAlerts: 'false',
    quarantineRedacted: true,
    collectAuditLogs: false,
    initialLookbackHours: '721',
    valenceApi: { pagination: { style: 'scroll' }, itmesPath: 'data' },
    datadogTags: 'team:security,oops',
    datadogEnv: 'two words',
    datadog_site: 'datadoghq.eu',
  };

  const problems = problemsOf(wrong);

  expect(problems).toHaveLength(12);
  for (const [key, value, what] of [
    ['region', 'mars', 'Allowed: us, eu.'],
    ['awsRegion', 'Ireland', 'eu-west-1'],
    ['datadogSite', 'datadoghq.org', 'Allowed: datadoghq.com, '],
    ['schedule', 'every 5 minutes', 'rate(N minutes)'],
    ['collectAuditLogs', 'false', 'nothing would be forwarded'],
    ['quarantineRedacted', 'true', 'without redact'],
    ['initialLookbackHours', '721', 'from 0 to 720'],
    ['valenceApi.pagination.style', 'scroll', 'cursor, offset, page, link, url, none'],
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

it('the error for an AWS region as Valence region explains where the AWS region comes from', () => {
  const [problem] = problemsOf({ region: 'eu-west-1' });
  expect(problem).toMatch(/AWS profile .*awsRegion/);
});

it.each([
  [{ reservedConcurrency: 4 }, 'a live run and a backfill'],
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
  [
    { exclude: '[{"stream":"alerts","where":{"alert.status":[]}}]' },
    'exclude.0.where.alert.status = []: holds no value',
  ],
  [{ exclude: [{ stream: 'alerts', where: {} }] }, 'exclude.0.where = {}: holds no path'],
  [{ exclude: [{ stream: 'audit-logs', where: { acter: ['x'] } }] }, 'did you mean actor?'],
  [{ exclude: [{ stream: 'audit-logs', where: { actro: ['x'] } }] }, 'did you mean actor?'],
  [{ redact: { remove: ['actro'] } }, 'did you mean actor?'],
  [{ exclude: [{ stream: 'alerts', were: { message: ['x'] } }] }, 'exclude.0.were: there is no such setting'],
  [
    { exclude: [{ stream: 'audit-logs', where: { actor: ['x'] } }], redact: { remove: ['actor'] } },
    'redact removes',
  ],
  [
    { exclude: [{ stream: 'audit-logs', where: { actor: ['x'] } }], redact: { hash: ['actor'] } },
    'or hashes',
  ],
  [{ valenceBaseUrl: 'http://valence.example.com' }, 'clear text'],
  [{ httpsProxy: 'proxy.example.com:3128' }, 'httpsProxy = "proxy.example.com:3128": is not a URL'],
  [{ httpsProxy: 'socks5://proxy.example.com' }, 'is neither an http nor an https URL'],
  [
    { httpsProxy: 'http://user:hunter2@proxy:3128' },
    'httpsProxy = "http:...@proxy:3128": must not hold a user or a password',
  ],
  [{ httpsProxy: 'http://proxy:3128/pac' }, 'must end after host and port'],
  [{ httpsProxy: 'http://proxy:3128', noProxy: '10.0.0.0/8' }, 'holds what is neither a host nor a domain'],
  [{ httpsProxy: 'http://proxy:3128', noProxy: '*' }, 'holds what is neither a host nor a domain'],
  [{ noProxy: 'intake.example.com' }, 'is set without httpsProxy'],
  [{ existingProxySecret: 'proxy/credentials' }, 'existingProxySecret: is set without httpsProxy'],
  [
    { existingStateTable: 'arn:aws:dynamodb:eu-west-1:111122223333:table/state' },
    'is not the name of a DynamoDB table',
  ],
  [{ existingQuarantineBucket: 'Quarantine' }, 'is not the name of an S3 bucket'],
  [
    { existingQuarantineBucket: 'quarantine', quarantineLocked: true },
    'quarantineLocked = true: is set with existingQuarantineBucket',
  ],
  [
    { existingDataKmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012' },
    'is set without existingStateTable or existingQuarantineBucket',
  ],
  [
    { existingStateTable: 'state', tenants: [{ name: 'acme' }, { name: 'other' }] },
    'existingStateTable = "state": belongs to several tenants',
  ],
  [{ tenant: 'Two Words' }, 'tenant = "Two Words": is not a tenant name'],
  [{ tenant: 'acme', tenants: [{ name: 'other' }] }, 'tenant = "acme": is set with tenants'],
  [{ tenants: [{ name: 'other', tenant: 'acme' }] }, 'tenants.other.tenant: leave it out'],
  [{ lookbackHours: 721 }, 'from 0 to 720'],
  [{ runbookUrl: 'http://example.com' }, 'https URL'],
])('F77 %j is refused with what is allowed', (context, says) => {
  expect(problemsOf(context).join()).toContain(says);
});

it('a timeout that reaches into the next run is reported with all other problems', () => {
  const problems = problemsOf({ timeoutSeconds: 290, memorySize: 1 });

  expect(problems).toHaveLength(2);
  expect(problems.join()).toMatch(
    /timeoutSeconds = 290: does not end more than 20 seconds before the next run/,
  );
});

it.each([
  { timeoutSeconds: -1 },
  { scheduleIntervalMinutes: -1, schedule: 'cron(0 * * * ? *)' },
  { reservedConcurrency: { valueOf: 1, toString: 1 }, backfillConcurrency: 2 },
  { vpcId: 'vpc-0123456789abcdef0', subnetIds: 5 },
])('a setting with a wrong value is reported once, without the rules that it breaks: %j', (context) => {
  expect(problemsOf(context)).toHaveLength(1);
});

const HOURLY = { schedule: 'cron(0 * * * ? *)', scheduleIntervalMinutes: 60 };
const EU_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012';
const NETWORK = { vpcId: 'vpc-0123456789abcdef0', subnetIds: 'subnet-0123456789abcdef0' };
const SECRETS = { existingDatadogSecret: 'datadog', existingDatadogAppKeySecret: 'datadog-app' };

it.each([
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
])('%j is refused with exactly one problem', (context, says) => {
  const problems = problemsOf(context);

  expect(problems.join()).toContain(says);
  expect(problems).toHaveLength(1);
});

it.each([
  ['schedule=rate', { schedule: 'rate(1 minute)', scheduleIntervalMinutes: -1, timeoutSeconds: 100 }],
  [
    'a tenant next to an entry that is not a tenant',
    { tenants: [{ name: 'a', region: 'x' }, 'b'], timeoutSeconds: 290 },
  ],
])('a timeout that does not fit is reported together with other problems: %s', (_, context) => {
  expect(problemsOf(context).join('\n')).toMatch(/timeoutSeconds = \d+: does not end/);
});

it('reports the problems of every tenant, also next to an entry that is not a tenant', () => {
  const problems = problemsOf({ tenants: [{ name: 'a', region: 'x' }, 'b', { region: 'y' }] }).join('\n');

  expect(problems).toContain('tenants.a.region = "x"');
  expect(problems).toContain('tenants.2.region = "y"');
  expect(problems).toContain('tenants.1');
});

it('reports that the content stack’s name is taken, together with its missing secrets', () => {
  const problems = problemsOf({ datadogContent: true, tenants: [{ name: 'content' }] }).join('\n');

  expect(problems).toContain('none may be named content');
  expect(problems).toContain('needs secrets');
});

it('refuses a setting in a tenant that only applies to all tenants', () => {
  expect(problemsOf({ tenants: [{ name: 'a', datadogContent: true }] })).toEqual([
    'tenants.a.datadogContent: set it outside the list, once for all tenants.',
  ]);
});

const WRONG_TYPES = [
  1.5,
  true,
  {},
  [],
  [1],
  [{}],
  { name: 1 },
  [{ name: 1 }],
  { remove: [1] },
  { critical: 1 },
];

it.each(Object.keys(contextSchema.shape))('a wrong type of %s is refused in our own words', (key) => {
  const problems = WRONG_TYPES.flatMap((value) => problemsOf({ [key]: value }));
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).not.toMatch(/Invalid|expected|received|Unrecognized|Too /);
});

it.each([
  [{ valenceBaseUrl: 1 }, 'valenceBaseUrl = 1: is not text.'],
  [{ datadogEnv: true }, 'datadogEnv = true: is not text.'],
  [{ datadogTags: [1] }, 'datadogTags.0 = 1: holds a tag that is not text.'],
  [{ redact: [] }, 'redact = []: is not an object.'],
  [{ tenants: [{ name: 1 }] }, 'tenants.0.name = 1: is not text.'],
])('%j is refused as a wrong type', (context, message) => {
  expect(problemsOf(context).join()).toContain(message);
});
