import { actionOf } from './action.ts';
import { runTelemetry } from './aws/telemetry.ts';
import { check, type Finding } from './check.ts';
import { readConfig } from './config.ts';
import { forward, type InvocationContext } from './forward.ts';
import type { PublicResult } from './result.ts';

/**
 * Entry of the scheduled function. The environment is read at each invocation.
 * @param event `{"action":"check"}`, or whatever the schedule sends for a normal run
 * @returns the result of a run, or the findings of a check
 * @throws {ConfigError} naming every wrong setting; {@link ActionError}; {@link RunFailed} when a stream failed
 */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<PublicResult | { checks: Finding[] }> {
  const action = actionOf(event);
  const config = readConfig(process.env);
  const telemetry = runTelemetry({ run_id: context.awsRequestId, tenant: config.tenant });
  return action === 'check' ? check(config, context, telemetry) : forward(config, context, telemetry);
}
