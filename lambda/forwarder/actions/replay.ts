import { quarantineRoot } from '../../contract.ts';
import { ENDPOINT_OF, identityRulesOf } from '../../settings/api-profile.ts';
import type { InvocationContext } from '../../shared/aws/invocation-context.ts';
import { prefixOutside } from '../../shared/quarantine-prefix.ts';
import type { RunTelemetry } from '../aws/telemetry.ts';
import type { Config } from '../config.ts';
import {
  nothingReplayed,
  type ReplayReport,
  type ReplayRequest,
  type ReplaySettings,
  replay,
} from '../core/runs/replay.ts';
import { describeError } from '../core/runs/report.ts';
import { runFailed } from '../reporting/failures.ts';
import { readElement } from '../valence/page-text.ts';
import { connect, connectPorts } from '../wiring.ts';
import { ActionError } from './event.ts';
import { invocationOf } from './invocation.ts';
import { preflight } from './preflight.ts';

/** What a replay returns; users rely on its shape. The log has more about the objects that remain. */
export type ReplayResult = Pick<ReplayReport, 'objects' | 'sent' | 'remaining' | 'next'>;

/**
 * Sends quarantined records again and deletes the objects of those that Datadog accepted, as far as time allows.
 * @param request of what to replay; this tenant's whole quarantine when there is no prefix
 * @returns counts; with `next` when time ran out: call again with that key to continue after it
 * @throws {ActionError} when the prefix is outside this tenant's quarantine
 * @throws {RunFailed} naming code and fix; what was sent and deleted until then stays so
 */
export async function replayQuarantine(
  { prefix, after, acceptUnsigned }: Partial<ReplayRequest>,
  config: Config,
  context: InvocationContext,
  telemetry: RunTelemetry,
): Promise<ReplayResult> {
  const root = quarantineRoot(config.tenant);
  const keys = prefix || root;
  if (!keys.startsWith(root)) {
    const { code, message } = prefixOutside(root);
    throw new ActionError(code, message, 'Correct the event, or leave the prefix out to replay everything.');
  }
  const connections = connect(config);
  const ports = connectPorts(config, connections, telemetry);
  const { datadogKey } = connections;
  const { profile } = config.valence;
  const settings: Omit<ReplaySettings, 'logContext'> = {
    datadogKeyFix: datadogKey.fix,
    readElement: (stream, raw) => readElement(raw.toString(), profile[ENDPOINT_OF[stream]].itemPath),
    identityRules: {
      alerts: identityRulesOf(profile, 'alerts'),
      'audit-logs': identityRulesOf(profile, 'audit-logs'),
    },
  };

  const ready = await preflight({
    config,
    runId: context.awsRequestId,
    keys: [datadogKey],
    connections,
    telemetry,
  });
  const { error, ...counts } =
    'obstacle' in ready
      ? { ...nothingReplayed(), error: describeError(ready.obstacle.error) }
      : await replay(
          { prefix: keys, after, acceptUnsigned },
          ports,
          { ...settings, logContext: ready.recordContext },
          invocationOf(context, ports.clock),
        );

  telemetry.publish({ tenant: config.tenant, run: {}, streams: {} });
  if (error) {
    telemetry.error('replay-failed', 'Replay failed.', {
      ...counts,
      error: { code: error.code, message: error.message },
    });
    throw runFailed([{ what: 'The replay', error }]);
  }
  telemetry.info('replay-finished', 'Replay finished.', counts);
  const { objects, sent, remaining, next } = counts;
  return { objects, sent, remaining, ...(next !== undefined && { next }) };
}
