import { STREAMS, type Stream } from '../../contract.ts';
import { listSettingsOf } from '../../settings/api-profile.ts';
import { VERSION } from '../../shared/version.ts';
import type { Config } from '../config.ts';
import { exclusion } from '../core/logs/exclude.ts';
import { redaction } from '../core/logs/redact/redact.ts';
import type { LogContext } from '../core/logs/types.ts';
import type { StreamSettings } from '../core/slices/stream-context.ts';
import type { Connections } from '../wiring.ts';

/** What all logs of this run have in common, also those that are not about a record. */
export const logContextOf = (config: Config, runId: string): LogContext => ({
  tenant: config.tenant,
  version: VERSION,
  runId,
  env: config.datadog.env,
  tags: config.datadog.tags,
});

/** The same for logs about records. Throws as {@link readOrCreateSecret} does, if records are redacted. */
export async function recordContextOf(
  config: Config,
  runId: string,
  { tableSecret }: Pick<Connections, 'tableSecret'>,
): Promise<LogContext> {
  const { redact, quarantineRedacted } = config;
  const context = logContextOf(config, runId);
  return redact
    ? { ...context, redaction: redaction(redact, await tableSecret(), quarantineRedacted) }
    : context;
}

/**
 * What the core is set to, by stream.
 * @param logContext for logs about records
 * @param datadogKeyFix how to replace the Datadog key, for errors
 */
export function settingsOf(
  config: Config,
  logContext: LogContext,
  datadogKeyFix: string,
): Record<Stream, StreamSettings> {
  const settings = (stream: Stream): StreamSettings => ({
    initialLookbackSeconds: config.initialLookbackSeconds,
    settleSeconds: config.settleSeconds,
    holdBackSeconds: config.holdBackSeconds,
    lookbackSeconds: config.lookbackSeconds[stream],
    parallelSlices: config.parallelSlices,
    alertUpdates: config.alertUpdates,
    alertSeverities: config.alertSeverities,
    isExcluded: exclusion(config.exclude ?? [], stream),
    ...listSettingsOf(config.valence.profile, stream),
    logContext,
    maxQuarantined: config.maxQuarantined,
    datadogKeyFix,
  });
  return Object.fromEntries(STREAMS.map((stream) => [stream, settings(stream)])) as Record<
    Stream,
    StreamSettings
  >;
}
