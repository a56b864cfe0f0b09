import type { InvocationContext } from '../../shared/aws/invocation-context.ts';
import { isDatadogKeyValid } from '../../shared/datadog-key-check.ts';
import { CredentialError } from '../../shared/errors.ts';
import type { RunTelemetry } from '../aws/telemetry.ts';
import type { Config } from '../config.ts';
import { describeError } from '../core/runs/report.ts';
import { checkValenceAccess } from '../valence/access-check.ts';
import { connect, connectPorts } from '../wiring.ts';
import { invocationOf } from './invocation.ts';

/** The result of one check. */
export interface Finding {
  name: string;
  ok: boolean;
  /** What the user can do; null if nothing is wrong. */
  fix: string | null;
}

/** Runs one check. An error becomes a result, so that the other checks still run. */
async function finding(name: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return { name, ok: true, fix: null };
  } catch (error) {
    const { message, fix } = describeError(error);
    return { name, ok: false, fix: `${message} ${fix}` };
  }
}

/** Checks everything that a run needs, and writes nothing: keys, both services, state table and quarantine bucket. */
export async function check(
  config: Config,
  context: InvocationContext,
  telemetry: RunTelemetry,
): Promise<{ checks: Finding[] }> {
  const connections = connect(config);
  const { source, store, quarantine, clock } = connectPorts(config, connections, telemetry);
  const { deadline } = invocationOf(context, clock);
  const { transport, valenceKey, datadogKey } = connections;
  const { apiOrigin: origin } = config.datadog;

  const checks = await Promise.all([
    finding('valence-secret', () => valenceKey.value()),
    finding('datadog-secret', () => datadogKey.value()),
    ...config.streams.map((stream) =>
      finding(`valence-${stream}`, () =>
        checkValenceAccess(source, stream, clock, config.settleSeconds, { deadline }),
      ),
    ),
    finding('datadog-key', async () => {
      const key = await datadogKey.value();
      if (await isDatadogKeyValid(transport, { origin, key, deadline })) return;
      throw new CredentialError(
        'datadog-refused-key',
        `Datadog (${config.datadog.site}) does not accept the API key; it may belong to another site.`,
        datadogKey.fix,
      );
    }),
    finding('state-table', () => Promise.all(config.streams.map((stream) => store.read(stream)))),
    finding('quarantine-bucket', () => quarantine.checkBucket({ deadline })),
  ]);
  telemetry.info('check-finished', 'Check finished.', { checks });
  return { checks };
}
