import { describe, expect, it } from 'vitest';
import { type StateMachine, TaskError } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';
import {
  answer,
  backfillOver,
  definition,
  FIRST_HOUR,
  HOUR,
  hours,
  type Payload,
} from '../support/backfill-executions.ts';

describe('a backfill that does not complete', () => {
  /** What one slice ends with that has been called so often already, and comes a second further with each call. */
  async function sliceAfter(calls: number) {
    const { ItemProcessor } = definition.States['Fill all slices'] as { ItemProcessor: StateMachine };
    const counts = { fetched: 0, forwarded: 0, duplicates: 0, quarantined: 0 };
    const start = { stream: 'alerts', start: FIRST_HOUR, from: FIRST_HOUR, to: FIRST_HOUR + 5, idle: 0 };
    const payloads: unknown[] = [];
    const result = await execute(
      ItemProcessor,
      { ...start, ...counts, calls },
      {
        invoke: async (payload) => {
          payloads.push(payload);
          return answer(payload as Payload, { coveredTo: (payload as Payload).from + 1 });
        },
      },
    );
    return { result, calls: payloads.length };
  }

  it('is given up slice by slice after 2000 calls, also when each comes a little further', async () => {
    expect(await sliceAfter(1995)).toMatchObject({
      calls: 5,
      result: { start: FIRST_HOUR, to: FIRST_HOUR + 5, fetched: 50 },
    });
    expect(await sliceAfter(1997)).toEqual({
      calls: 3,
      result: {
        start: FIRST_HOUR,
        from: FIRST_HOUR + 3,
        to: FIRST_HOUR + 5,
        fetched: 30,
        forwarded: 21,
        duplicates: 6,
        quarantined: 3,
        failure: { error: 'TooManyCalls', cause: '2000 calls did not cover the slice.' },
      },
    });
  });

  it('counts the calls of each slice from 0', () => {
    expect(definition.States['Fill all slices']?.ItemSelector).toMatchObject({ calls: 0, idle: 0 });
  });

  it('does so within what the history of an execution can hold, waits included', () => {
    const EVENTS_PER_CALL = 10;
    const { ItemProcessor } = definition.States['Fill all slices'] as { ItemProcessor: StateMachine };
    const conditions = ItemProcessor.States['Covered?']?.Choices?.map(({ Condition }) => Condition) ?? [];
    const [maxCalls = 0] = conditions.flatMap((condition) => {
      const [, count] = /input\.calls >= (\d+)/.exec(condition) ?? [];
      return count === undefined ? [] : [Number(count)];
    });

    expect(maxCalls).toBe(2000);
    expect(maxCalls * EVENTS_PER_CALL).toBeLessThan(25_000);
  });

  it('is ended by Step Functions, and here, when a definition goes round in a circle', async () => {
    const circle: StateMachine = {
      StartAt: 'One',
      States: { One: { Type: 'Pass', Next: 'Other' }, Other: { Type: 'Pass', Next: 'One' } },
    };
    const entered: string[] = [];

    await expect(
      execute(circle, {}, { invoke: async () => ({}), onTransition: (state) => void entered.push(state) }),
    ).rejects.toMatchObject({ name: 'States.Runtime', message: expect.stringContaining('history events') });
    expect(entered).toHaveLength(12_500);
  });
});

describe('a failed call', () => {
  it('is retried after throttling, errors of Lambda, failed and killed runs', async () => {
    for (const error of [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'RunFailed',
      'Sandbox.Timedout',
    ]) {
      const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 1), (payload, call) => {
        if (call <= 2) throw new TaskError(error, 'try again');
        return answer(payload);
      });

      expect(payloads).toHaveLength(3);
      expect(result).toMatchObject({ done: 1, failures: [] });
    }
  });

  it('stops no other slice, and is in the result with the time to continue from', async () => {
    const { result } = await backfillOver(hours(FIRST_HOUR, 3), (payload) => {
      if (payload.from === FIRST_HOUR + 1.5 * HOUR)
        throw new TaskError('RunFailed', 'audit-logs failed (x): y');
      const coveredTo = payload.from === FIRST_HOUR + HOUR ? payload.from + HOUR / 2 : payload.to;
      return answer(payload, { coveredTo });
    });

    expect(result).toMatchObject({
      slices: 3,
      done: 2,
      fetched: 30,
      failures: [
        {
          start: FIRST_HOUR + HOUR,
          from: FIRST_HOUR + 1.5 * HOUR,
          to: FIRST_HOUR + 2 * HOUR,
          failure: { error: 'RunFailed', cause: 'audit-logs failed (x): y' },
        },
      ],
    });
  });

  it('is not retried when a retry cannot help: a wrong event, a wrong configuration', async () => {
    for (const error of ['ActionError', 'ConfigError']) {
      const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 1), () => {
        throw new TaskError(error, 'wrong');
      });

      expect(payloads).toHaveLength(1);
      expect(result.failures).toHaveLength(1);
    }
  });
});
