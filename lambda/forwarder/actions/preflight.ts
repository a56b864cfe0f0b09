import type { ApiKey } from '../../shared/api-key.ts';
import { CredentialError, ForwarderError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';
import type { LogContext } from '../core/logs/types.ts';
import type { Telemetry } from '../core/ports.ts';
import type { Connections } from '../wiring.ts';
import { recordContextOf } from './run-settings.ts';

interface PreflightOptions {
  config: Config;
  runId: string;
  keys: readonly ApiKey[];
  connections: Pick<Connections, 'tableSecret'>;
  telemetry: Pick<Telemetry, 'count'>;
  /** How many streams cannot be served if a key cannot be used; 1 by default. */
  streams?: number;
}

/** Why nothing can be forwarded. */
export interface Obstacle {
  error: ForwarderError;
  /** The keys that cannot be used, if that is the reason. */
  keys: readonly ApiKey[];
}

/**
 * Reads the keys, and the secret if records are redacted, before anything else: no state changes unless all of them can be used.
 * @returns the context for logs about records, or one error for all keys that cannot be used, or for the secret
 */
export async function preflight({
  config,
  runId,
  keys,
  connections,
  telemetry,
  streams = 1,
}: PreflightOptions): Promise<{ recordContext: LogContext } | { obstacle: Obstacle }> {
  const unusable = await unusableKeys(keys);
  if (unusable) {
    telemetry.count('CredentialFailures', streams);
    return { obstacle: unusable };
  }
  try {
    return { recordContext: await recordContextOf(config, runId, connections) };
  } catch (error) {
    if (error instanceof ForwarderError) return { obstacle: { error, keys: [] } };
    throw error;
  }
}

/** All problems with keys are reported together. */
async function unusableKeys(keys: readonly ApiKey[]): Promise<Obstacle | undefined> {
  const reads = await Promise.allSettled(keys.map((key) => key.value()));
  const errors = reads.flatMap((read) => (read.status === 'rejected' ? [read.reason] : []));
  const unforeseen = errors.find((error) => !(error instanceof CredentialError));
  if (unforeseen) throw unforeseen;
  const [first] = errors as CredentialError[];
  return (
    first && {
      keys: keys.filter((_, index) => reads[index]?.status === 'rejected'),
      error: new CredentialError(
        first.code,
        errors.map(({ message }) => message).join(' '),
        errors.map(({ fix }) => fix).join(' '),
      ),
    }
  );
}
