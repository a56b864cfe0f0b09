import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { orderWarning, readPipelineOrder } from '../../lambda/content-installer/pipeline-order.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import { environmentKey } from '../cli/environment-key.ts';
import { type Finding, ok, warn } from './finding.ts';

const TIME_LIMIT_MS = 60_000;

export interface PipelineCheck {
  transport: Transport;
  apiKey: ApiKey;
  /** Origin of the API in force. */
  origin: string;
}

/**
 * Checks that the log pipeline of the hosted integration does not run after ours. Reads only.
 * @throws {CredentialError} when a key is unknown or may not read pipelines; {@link ContentError} when Datadog does not answer
 */
export async function checkPipelines({ transport, apiKey, origin }: PipelineCheck): Promise<Finding> {
  const name = 'datadog.pipelines';
  const api = datadogApi({
    transport,
    apiKey,
    appKey: environmentKey('DD_APP_KEY', 'Datadog: Organization Settings > Application Keys'),
    origin,
    clock: systemClock,
    random: Math.random,
    deadline: deadlineIn(systemClock, TIME_LIMIT_MS),
  });
  const order = await readPipelineOrder(api);
  if (!order) return ok(name, 'our log pipeline is not installed');
  const warning = orderWarning(order);
  return warning
    ? warn(name, warning.message, warning.fix)
    : ok(name, 'no hosted log pipeline of this product runs after ours');
}
