import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { LOG_LEVELS } from '../../lambda/contract.ts';
import { useForwarder } from '../support/forwarder.ts';

const { it, transcript } = useForwarder();

/** Lines that a run wrote: the lowest level in its log, and how many lines of metrics. */
function linesOf(runId: string): { lowest: string | undefined; metrics: number } {
  const lines = transcript()
    .split('\n')
    .filter((text) => text.includes(`"${runId}"`))
    .map((text) => JSON.parse(text) as { level?: string; _aws?: unknown });
  return {
    lowest: LOG_LEVELS.find((level) => lines.some((line) => line.level === level)),
    metrics: lines.filter(({ _aws }) => _aws).length,
  };
}

it('an error has the name of its class in the log of Lambda, and each fix once, also if both streams have the same', async ({
  tenant,
}) => {
  tenant.aws.secretsManager.secrets.delete('valence-api-key');

  const { message, logged } = await tenant.failure();

  const { errorType, errorMessage } = JSON.parse(logged);
  expect({ errorType, errorMessage }).toEqual({ errorType: 'RunFailed', errorMessage: message });
  for (const stream of ['alerts', 'audit-logs'])
    expect(message).toContain(`${stream} failed (secret-missing)`);
  expect(logged.split('put-secret-value')).toHaveLength(2);
});

it('a wrong setting has the name of its class in the log of Lambda', async ({ tenant }) => {
  const { logged } = await tenant.failure({ environment: { VALENCE_REGION: 'moon' } });

  expect(JSON.parse(logged)).toMatchObject({ errorType: 'ConfigError' });
});

describe('the log of the function', () => {
  it.for([
    { level: 'DEBUG', lambdas: 'INFO', lowest: 'DEBUG' },
    { level: 'INFO', lambdas: 'DEBUG', lowest: 'INFO' },
    { level: 'ERROR', lambdas: 'INFO', lowest: undefined },
  ])(
    'has the lines of its LOG_LEVEL $level and the metrics, while Lambda sets $lambdas',
    async (each, { tenant }) => {
      const requestId = randomUUID();
      await tenant.run({
        requestId,
        environment: { LOG_LEVEL: each.level, AWS_LAMBDA_LOG_LEVEL: each.lambdas },
      });

      expect(linesOf(requestId)).toEqual({ lowest: each.lowest, metrics: 3 });
    },
  );
});
