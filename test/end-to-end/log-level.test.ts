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
