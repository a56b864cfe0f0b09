import type { InvocationContext } from '../shared/aws/invocation-context.ts';
import { type BackfillResult, backfillRange } from './actions/backfill.ts';
import { check, type Finding } from './actions/check.ts';
import { actionOf } from './actions/event.ts';
import { type ReplayResult, replayQuarantine } from './actions/replay.ts';
import { forward } from './actions/run.ts';
import { runTelemetry } from './aws/telemetry.ts';
import { readConfig } from './config.ts';
import type { PublicResult } from './reporting/result.ts';

/**
 * Entry of the function. The environment is read at each invocation.
 * @param event names an action, see actions/event.ts; the event of the schedule means a normal run
 * @returns the result of a run or a backfill, the findings of a check, or what a replay did
 * @throws {ConfigError} naming every wrong setting; {@link ActionError}; {@link RunFailed} when a stream or action failed
 */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<PublicResult | BackfillResult | ReplayResult | { checks: Finding[] }> {
  const action = actionOf(event);
  const config = readConfig(process.env);
  const telemetry = runTelemetry(
    { run_id: context.awsRequestId, tenant: config.tenant },
    { level: config.logLevel, allMetrics: config.allMetrics },
  );
  switch (action.action) {
    case 'run':
      return forward(config, context, telemetry);
    case 'check':
      return check(config, context, telemetry);
    case 'backfill':
      return backfillRange(action, config, context, telemetry);
    case 'replay':
      return replayQuarantine(action, config, context, telemetry);
  }
}
