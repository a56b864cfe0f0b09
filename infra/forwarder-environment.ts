import { Duration, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ForwarderSettings } from './forwarder-settings.ts';

/** An alert may change for weeks after its time, and only a sweep that reaches it sees the change. */
const LOOKBACK_FOR_UPDATES = Duration.days(30);

/** What the function works with. */
export interface ForwarderResources {
  readonly table: ITableV2;
  readonly bucket: IBucket;
  readonly valenceSecret: ISecret;
  readonly datadogSecret: ISecret;
}

const seconds = (duration: Duration | undefined) => duration?.toSeconds().toString();

/** The function's environment variables. What is not set is left out: the function knows the default. */
export function forwarderEnvironment(
  settings: ForwarderSettings,
  { table, bucket, valenceSecret, datadogSecret }: ForwarderResources,
): Record<string, string> {
  const variables = {
    VALENCE_REGION: settings.valenceRegion,
    VALENCE_API_PROFILE: settings.valenceApi && JSON.stringify(settings.valenceApi),
    VALENCE_BASE_URL: settings.valenceBaseUrl,
    DATADOG_SITE: settings.datadogSite,
    DATADOG_TAGS: settings.datadogTags?.join(','),
    DATADOG_ENV: settings.datadogEnv,
    DATADOG_INTAKE_URL: settings.datadogIntakeUrl,
    DATADOG_API_URL: settings.datadogApiUrl,
    TENANT: settings.tenant,
    COLLECT_ALERTS: settings.collectAlerts?.toString(),
    COLLECT_AUDIT_LOGS: settings.collectAuditLogs?.toString(),
    ALERT_UPDATES: settings.alertUpdates?.toString(),
    ALERT_SEVERITIES: settings.alertSeverities?.join(','),
    REDACT: settings.redact && JSON.stringify(settings.redact),
    RUN_SUMMARY_LOGS: (settings.runSummaryLogs ?? true).toString(),
    LOG_LEVEL: settings.logLevel,
    INITIAL_LOOKBACK_SECONDS: seconds(settings.initialLookback),
    LOOKBACK_SECONDS: seconds(settings.lookback),
    ALERT_LOOKBACK_SECONDS: seconds(
      settings.alertLookback ?? (settings.alertUpdates ? LOOKBACK_FOR_UPDATES : undefined),
    ),
    SETTLE_SECONDS: seconds(settings.settle),
    PARALLEL_SLICES: settings.parallelSlices?.toString(),
    VALENCE_SECRET_ID: valenceSecret.secretArn,
    DATADOG_SECRET_ID: datadogSecret.secretArn,
    STATE_TABLE: table.tableName,
    QUARANTINE_BUCKET: bucket.bucketName,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((variable): variable is [string, string] => Boolean(variable[1])),
  );
}

/** Names and values together. Source: AWS Lambda quotas, "Environment variables". */
const MAX_ENVIRONMENT_BYTES = 4096;

/** What is left to the variables that the function gets besides, such as NODE_OPTIONS. */
const RESERVED_BYTES = 100;

/** Room for a value that is known at deployment only: names and ARNs. */
const UNRESOLVED_BYTES = 180;

const bytesOf = ([name, value]: [string, string]): number =>
  Buffer.byteLength(name) + (Token.isUnresolved(value) ? UNRESOLVED_BYTES : Buffer.byteLength(value));

/** @returns what to shorten, when Lambda would refuse so large an environment at deployment */
export function environmentProblems(environment: Readonly<Record<string, string>>): string[] {
  const sizes = Object.entries(environment)
    .map((variable) => ({ name: variable[0], bytes: bytesOf(variable) }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, RESERVED_BYTES);
  if (total <= MAX_ENVIRONMENT_BYTES) return [];
  const largest = sizes.slice(0, 3).map(({ name, bytes }) => `${name} (${bytes})`);
  return [
    `environment: takes ${total} bytes, and Lambda allows ${MAX_ENVIRONMENT_BYTES}. Shorten the largest: ${largest.join(', ')}.`,
  ];
}
