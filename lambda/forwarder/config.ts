import type { Stream } from '../contract.ts';
import { UPDATES_LOOKBACK_SECONDS } from '../limits.ts';
import { type ApiProfile, resolveApiProfile } from '../settings/api-profile.ts';
import { type EnvironmentValues, readEnvironment } from '../settings/environment.ts';
import { apiOrigin, type DatadogSite } from '../shared/datadog-sites.ts';
import type { ProxySettings } from '../shared/egress-proxy.ts';
import type { Pace } from '../shared/lag.ts';
import type { RedactRules } from '../shared/redact-path.ts';
import { assertCertificatesChecked } from '../shared/tls.ts';
import { VALENCE_ORIGINS } from '../shared/valence-regions.ts';
import { intakeUrl } from './datadog/intake.ts';

/** Settings that a run receives in another form. */
type Resolved = 'alertSeverities' | 'alertLookbackSeconds' | 'lookbackSeconds' | 'redact';

/** What a run works with: the settings of the environment, and what follows from them. Lengths are seconds. */
export interface Config extends Omit<EnvironmentValues, Resolved> {
  streams: Stream[];
  valence: { origin: string; secretId: string; profile: ApiProfile };
  datadog: {
    site: DatadogSite;
    /** Full URL of the logs intake. */
    intakeUrl: string;
    apiOrigin: string;
    secretId: string;
    tags: string[];
    env: string | undefined;
  };
  /** The way out to both; undefined for direct connections. */
  proxy: ProxySettings | undefined;
  alertSeverities: ReadonlySet<string> | undefined;
  lookbackSeconds: Record<Stream, number>;
  redact: RedactRules | undefined;
}

/** What the lag of the streams is measured by. */
export const paceOf = ({ intervalSeconds, settleSeconds }: Config): Pace => ({
  interval: intervalSeconds,
  settle: settleSeconds,
});

/**
 * Reads the configuration.
 * @param environment variables of the process; empty ones count as not set
 * @throws {ConfigError} naming every problem: variable, value (never a secret's), what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  assertCertificatesChecked(environment);
  const { alertLookbackSeconds, ...values } = readEnvironment(environment);
  return {
    ...values,
    streams: [
      ...(values.collectAlerts ? (['alerts'] as const) : []),
      ...(values.collectAuditLogs ? (['audit-logs'] as const) : []),
    ],
    valence: {
      origin: values.valenceBaseUrl ?? VALENCE_ORIGINS[values.valenceRegion],
      secretId: values.valenceSecretId,
      profile: resolveApiProfile(values.valenceApiProfile),
    },
    datadog: {
      site: values.datadogSite,
      intakeUrl: intakeUrl(values.datadogSite, values.datadogIntakeUrl),
      apiOrigin: values.datadogApiUrl ?? apiOrigin(values.datadogSite),
      secretId: values.datadogSecretId,
      tags: values.datadogTags,
      env: values.datadogEnv,
    },
    proxy: values.httpsProxyUrl
      ? { url: values.httpsProxyUrl, noProxy: values.noProxyHosts, secretId: values.proxySecretId }
      : undefined,
    // An empty list counts as not set: to forward nothing, switch the streams off.
    alertSeverities: values.alertSeverities?.length ? new Set(values.alertSeverities) : undefined,
    lookbackSeconds: {
      alerts:
        alertLookbackSeconds ?? (values.alertUpdates ? UPDATES_LOOKBACK_SECONDS : values.lookbackSeconds),
      'audit-logs': values.lookbackSeconds,
    },
  };
}
