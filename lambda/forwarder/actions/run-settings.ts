import { STREAMS, type Stream } from '../../contract.ts';
import { listSettingsOf } from '../../settings/api-profile.ts';
import { VERSION } from '../../shared/version.ts';
import type { Config } from '../config.ts';
import { redaction } from '../core/logs/redact/redact.ts';
import type { LogContext } from '../core/logs/types.ts';
import type { StreamSettings } from '../core/slices/stream-context.ts';

/** What the logs of this run have in common. */
export const logContextOf = (config: Config, runId: string): LogContext => ({
  tenant: config.tenant,
  version: VERSION,
  runId,
  env: config.datadog.env,
  tags: config.datadog.tags,
  redact: config.redact && redaction(config.redact),
});

/**
 * What the core is set to, by stream.
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
    lookbackSeconds: config.lookbackSeconds[stream],
    parallelSlices: config.parallelSlices,
    alertUpdates: config.alertUpdates,
    alertSeverities: config.alertSeverities,
    ...listSettingsOf(config.valence.profile, stream),
    logContext,
    datadogKeyFix,
  });
  return Object.fromEntries(STREAMS.map((stream) => [stream, settings(stream)])) as Record<
    Stream,
    StreamSettings
  >;
}
