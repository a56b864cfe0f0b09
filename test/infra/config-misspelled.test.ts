import { describe, expect, it } from 'vitest';
import { problemsOf } from './configured.ts';

describe('misspelled settings', () => {
  it.each([
    ['DATADOG_SITE', 'datadogSite'],
    ['datadog-tags', 'datadogTags'],
    ['site', 'datadogSite'],
    ['collectAuditLog', 'collectAuditLogs'],
    ['lookbackhours', 'lookbackHours'],
    ['valenceRegion', 'region'],
    ['shedule', 'schedule'],
    ['shceduel', 'schedule'],
    ['alertSeverity', 'alertSeverities'],
    ['alertSeverty', 'alertSeverities'],
    ['alrtSeverity', 'alertSeverities'],
    ['minSeverity', 'alertSeverities'],
    ['snsTopicArn', 'alarmTopicArn'],
    ['notifyEmail', 'alarmEmail'],
    ['exclusions', 'exclude'],
    ['proxyUrl', 'httpsProxy'],
    ['proxy', 'httpsProxy'],
    ['redaction', 'redact'],
    ['kmsKey', 'kmsKeyArn'],
    ['encryptionKey', 'kmsKeyArn'],
    ['lookback', 'lookbackHours'],
    ['permissionsBoundaryArn', 'permissionsBoundary'],
    ['interval', 'schedule'],
    ['tenantName', 'tenant'],
    ['datadogApiKey', 'existingDatadogSecret'],
    ['apiKey', 'existingValenceSecret'],
    ['api-key', 'existingValenceSecret'],
    ['severity', 'alertSeverities'],
    ['severities', 'alertSeverities'],
    ['DD_SITE', 'datadogSite'],
    ['INITIAL_LOOKBACK_SECONDS', 'initialLookbackHours'],
    ['VALENCE_API_PROFILE', 'valenceApi'],
    ['secretsKey', 'existingSecretsKmsKeyArn'],
  ])('%s is refused, naming %s', (key, meant) => {
    expect(problemsOf({ [key]: 'x' })).toEqual([`${key}: there is no such setting. Did you mean ${meant}?`]);
  });

  it.each([
    '@aws-cdk/core:region',
    'aws:cdk:region',
    'aws-cdk-lib/region',
    'availability-zones:account=1:region',
    'cli-telemetry',
    'somebodyElsesSetting',
  ])('%s belongs to another tool and is ignored', (key) => {
    expect(problemsOf({ [key]: 'x' })).toEqual([]);
  });

  it.each([
    [{ valenceApi: { alerts: { pth: '/alerts' } } }, 'valenceApi.alerts.pth', 'path'],
    [{ valenceApi: '{"pagination":{"stile":"page"}}' }, 'valenceApi.pagination.stile', 'style'],
    [{ redact: { removed: ['actor'] } }, 'redact.removed', 'remove'],
    [{ datadogContent: { pipelines: true } }, 'datadogContent.pipelines', 'pipeline'],
  ])('%j is refused, naming the key within the setting that may be meant', (context, key, meant) => {
    expect(problemsOf(context)).toEqual([`${key}: there is no such setting. Did you mean ${meant}?`]);
  });

  it('an unknown key within a setting that resembles no other is refused without a suggestion', () => {
    expect(problemsOf({ valenceApi: { colour: 'red' } })).toEqual([
      'valenceApi.colour: there is no such setting.',
    ]);
  });
});
