import { Duration } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../infra/config.ts';
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

test('nothing needs to be set', () => {
  expect(readConfig({})).toEqual({
    region: 'us',
    datadogSite: 'datadoghq.com',
    schedule: Duration.minutes(5),
    collectAlerts: true,
    collectAuditLogs: true,
    initialLookbackHours: 12,
    datadogTags: [],
  });
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
    ['lookbackHours', 'initialLookbackHours'],
    ['valenceRegion', 'region'],
    ['shedule', 'schedule'],
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

describe('the schedule', () => {
  test.each([
    ['rate(1 minute)', 60],
    ['rate(90 minutes)', 5400],
    ['rate(1 hour)', 3600],
    ['rate(6 hours)', 21_600],
  ])('%s is read as %d seconds', (schedule, seconds) => {
    expect(readConfig({ schedule }).schedule.toSeconds()).toBe(seconds);
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

  test('F78 a cron expression is refused for what it is', () => {
    expect(problemsOf({ schedule: 'cron(0/5 * * * ? *)' }).join()).toMatch(/cron expression.*use rate/);
  });
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
  },
  { requiredKeys: [] },
);

/** A setting as `-c key=value` gives it. */
const asText = (value: unknown) =>
  typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value);

test('the text of -c and the typed JSON of cdk.json mean the same', () =>
  fc.assert(
    fc.property(typedSettings, (typed) => {
      const texts = Object.fromEntries(Object.entries(typed).map(([key, value]) => [key, asText(value)]));
      expect(readConfig(texts)).toEqual(readConfig(typed));
    }),
  ));
