import type { Duration } from 'aws-cdk-lib';
import type { ALERT_SEVERITIES, LOG_LEVELS } from '../lambda/forwarder/config.ts';
import type { DatadogSite } from '../lambda/shared/datadog-sites.ts';
import type { RedactRules } from '../lambda/shared/redact-path.ts';
import type { ValenceRegion } from '../lambda/shared/valence-regions.ts';

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
   * Replaces the origin of the Valence region.
   * @default the region's own
   */
  readonly valenceBaseUrl?: string | undefined;
  /**
   * Site of the Datadog organisation.
   * @default 'datadoghq.com'
   */
  readonly datadogSite?: DatadogSite | undefined;
  /**
   * Replaces the site's logs intake.
   * @default the site's own
   */
  readonly datadogIntakeUrl?: string | undefined;
  /**
   * Replaces the origin of the site's API.
   * @default the site's own
   */
  readonly datadogApiUrl?: string | undefined;
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
   * Paths of the log to remove or to replace by a SHA-256, see docs/security.md.
   * @default none
   */
  readonly redact?: Partial<RedactRules> | undefined;
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
   * Forward an alert again when it changed.
   * @default false
   */
  readonly alertUpdates?: boolean | undefined;
  /**
   * Severities to forward. Alerts of unknown type always are.
   * @default all
   */
  readonly alertSeverities?: readonly (typeof ALERT_SEVERITIES)[number][] | undefined;
  /**
   * How far back the very first run starts.
   * @default 12 hours
   */
  readonly initialLookback?: Duration | undefined;
  /**
   * How late a record may appear and still be found. Zero never looks back.
   * @default 24 hours
   */
  readonly lookback?: Duration | undefined;
  /**
   * The same for alerts.
   * @default 30 days when `alertUpdates` is on, else as `lookback`
   */
  readonly alertLookback?: Duration | undefined;
  /**
   * How long the newest seconds are left alone.
   * @default 2 minutes
   */
  readonly settle?: Duration | undefined;
  /**
   * Ranges of time read side by side while the forwarder is behind.
   * @default 4
   */
  readonly parallelSlices?: number | undefined;
  /**
   * Send Datadog a log about each run, which its dashboard and monitors of the forwarder need.
   * @default true
   */
  readonly runSummaryLogs?: boolean | undefined;
  /**
   * Which lines the function logs.
   * @default 'INFO'
   */
  readonly logLevel?: (typeof LOG_LEVELS)[number] | undefined;
}
