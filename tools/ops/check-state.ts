import type { Stream } from '../../lambda/contract.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { paceOf } from '../../lambda/forwarder/config.ts';
import { reportedHoles } from '../../lambda/forwarder/core/runs/holes.ts';
import { lagNow } from '../../lambda/shared/lag.ts';
import { duration, utc } from '../cli/format.ts';
import { type Finding, fail, ok, warn } from '../doctor/finding.ts';
import type { AwsClients } from './aws.ts';
import type { DeployedFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** Checks the state of a stream: its lease and how far its watermark is behind. */
export async function checkState(
  { dynamo }: AwsClients,
  { table }: ForwarderStack,
  { config, timeoutSeconds }: DeployedFunction,
  stream: Stream,
): Promise<Finding> {
  const name = `state.${stream}`;
  const state = await dynamoStateStore({ client: dynamo, table }).read(stream);
  if (!state) {
    return warn(name, 'no run has read it yet', 'Wait for the next scheduled run.');
  }
  const now = Math.floor(Date.now() / 1000);
  const longestLease = now + timeoutSeconds + 60;
  if (state.leaseUntil > longestLease) {
    return fail(
      name,
      `its lease ends at ${utc(state.leaseUntil)}, later than any run can set it`,
      'Until then no run reads this stream. Probably a clock was wrong. Set leaseUntil to 0 (aws dynamodb update-item) while no run is in progress.',
    );
  }
  const age = now - state.watermark;
  const summary = `watermark ${utc(state.watermark)}, ${duration(age)} behind; final watermark ${utc(state.finalWatermark)}`;
  if (age < 0)
    return fail(
      name,
      `${summary}: the watermark is in the future`,
      'Set it back: npm run ops -- watermark set',
    );
  const holes = reportedHoles(state.holes);
  if (holes.length > 0) {
    const ranges = holes.map(({ from, to, status }) => `${utc(from)} to ${utc(to)} (${status})`);
    return warn(
      name,
      `${summary}; Valence refuses ${ranges.join(', ')}`,
      'Their records are not in Datadog yet. See "Holes" in docs/runbook.md.',
    );
  }
  const lag = lagNow(state, now, paceOf(config));
  if (lag === 'ok') return ok(name, summary);
  const fix =
    'See "Watermark age" in docs/runbook.md. For the errors of the last runs: npm run ops -- tail --failed';
  return lag === 'warn' ? warn(name, summary, fix) : fail(name, summary, fix);
}
