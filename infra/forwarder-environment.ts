import type { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { DatadogSite } from '../lambda/common/datadog-sites.ts';
import { ConfigError } from '../lambda/common/errors.ts';
import type { ValenceRegion } from '../lambda/common/valence-regions.ts';
import { readConfig } from '../lambda/forwarder/config.ts';

/** What the function is told by its environment. */
export interface ForwarderSettings {
  /**
   * Names this forwarder in metrics, logs, tags and quarantined objects.
   * @default 'default'
   */
  readonly tenant?: string | undefined;
  /**
   * Region of the Valence account.
   * @default 'us'
   */
  readonly valenceRegion?: ValenceRegion | undefined;
  /**
   * Parts of the API profile that differ from the default one.
   * @default the default API profile
   */
  readonly valenceApi?: object | undefined;
  /**
   * Site of the Datadog organisation.
   * @default 'datadoghq.com'
   */
  readonly datadogSite?: DatadogSite | undefined;
  /**
   * Tags `key:value` put on every log.
   * @default none
   */
  readonly datadogTags?: readonly string[] | undefined;
  /**
   * Value of the `env` tag on every log.
   * @default no such tag
   */
  readonly datadogEnv?: string | undefined;
  /**
   * Forward alerts.
   * @default true
   */
  readonly collectAlerts?: boolean | undefined;
  /**
   * Forward audit logs.
   * @default true
   */
  readonly collectAuditLogs?: boolean | undefined;
  /**
   * How far back the very first run starts.
   * @default 12 hours
   */
  readonly initialLookback?: Duration | undefined;
}

/** What the function works with. */
export interface ForwarderResources {
  readonly table: ITableV2;
  readonly bucket: IBucket;
  readonly valenceSecret: ISecret;
  readonly datadogSecret: ISecret;
}

/** The function's environment variables. What is not set is left out: the function knows the default. */
export function forwarderEnvironment(
  settings: ForwarderSettings,
  { table, bucket, valenceSecret, datadogSecret }: ForwarderResources,
): Record<string, string> {
  const variables = {
    TENANT: settings.tenant,
    VALENCE_REGION: settings.valenceRegion,
    VALENCE_API_PROFILE: settings.valenceApi && JSON.stringify(settings.valenceApi),
    VALENCE_SECRET_ID: valenceSecret.secretArn,
    DATADOG_SECRET_ID: datadogSecret.secretArn,
    DATADOG_SITE: settings.datadogSite,
    DATADOG_TAGS: settings.datadogTags?.join(','),
    DATADOG_ENV: settings.datadogEnv,
    STATE_TABLE: table.tableName,
    QUARANTINE_BUCKET: bucket.bucketName,
    COLLECT_ALERTS: settings.collectAlerts?.toString(),
    COLLECT_AUDIT_LOGS: settings.collectAuditLogs?.toString(),
    INITIAL_LOOKBACK_SECONDS: settings.initialLookback?.toSeconds().toString(),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((variable): variable is [string, string] => Boolean(variable[1])),
  );
}

/** What the function itself would say about an environment at its start; better said before it is deployed. */
export function environmentProblems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
