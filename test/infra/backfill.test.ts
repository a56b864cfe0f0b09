import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { backfillDefinition, MAX_SLICES } from '../../infra/backfill-definition.ts';
import { type StateMachine, TaskError } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';
import { forwarderTemplate } from './synthesised.ts';

const HOUR = 3600;
const FROM = 1_767_000_000;
const FIRST_HOUR = Math.floor(FROM / HOUR) * HOUR;

const definition = backfillDefinition({
  functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:forwarder',
  invokeArn: 'arn:aws:states:::lambda:invoke',
  concurrency: 4,
}) as StateMachine;

interface Payload {
  action: string;
  stream: string;
  from: number;
  to: number;
}

/** What the function answers, for a range filled to its end unless told otherwise. */
const answer = ({ stream, from, to }: Payload, change: object = {}) => ({
  status: 'ok',
  stream,
  from,
  to,
  coveredTo: to,
  fetched: 10,
  forwarded: 7,
  duplicates: 2,
  filtered: 0,
  quarantined: 1,
  skipped: null,
  error: null,
  ...change,
});

interface Result {
  stream: string;
  from: number;
  to: number;
  slices: number;
  done: number;
  fetched: number;
  forwarded: number;
  duplicates: number;
  quarantined: number;
  failures: { start: number; from: number; to: number; failure: { error: string; cause: string } }[];
}

/** Executes the definition over a function of the given answers. */
async function backfillOver(
  input: object,
  respond: (payload: Payload, call: number) => object = (payload) => answer(payload),
) {
  const payloads: Payload[] = [];
  const waits: number[] = [];
  const result = (await execute(definition, input, {
    invoke: async (payload) => {
      payloads.push(payload as Payload);
      return respond(payload as Payload, payloads.length);
    },
    wait: (seconds) => void waits.push(seconds),
  })) as Result;
  return { result, payloads, waits };
}

const hours = (from: number, count: number) => ({ stream: 'audit-logs', from, to: from + count * HOUR });

/** The ranges of some payloads, in order, as long as they leave no gap and do not overlap. */
function covered(payloads: readonly Payload[]) {
  const sorted = payloads.toSorted((a, b) => a.from - b.from);
  for (const [index, { from }] of sorted.entries()) {
    if (index > 0) expect(from).toBe(sorted[index - 1]?.to);
  }
  return { from: sorted[0]?.from, to: sorted.at(-1)?.to };
}

describe('the range is cut into slices', () => {
  it('of at most an hour, the length that the function accepts', async () => {
    const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 3));

    expect(payloads).toEqual(
      [0, 1, 2].map((n) => ({
        action: 'backfill',
        stream: 'audit-logs',
        from: FIRST_HOUR + n * HOUR,
        to: FIRST_HOUR + (n + 1) * HOUR,
      })),
    );
    expect(result).toEqual({
      stream: 'audit-logs',
      from: FIRST_HOUR,
      to: FIRST_HOUR + 3 * HOUR,
      slices: 3,
      done: 3,
      fetched: 30,
      forwarded: 21,
      duplicates: 6,
      quarantined: 3,
      failures: [],
    });
  });

  it('that end on whole hours, except at the start and end of the range', async () => {
    const input = { stream: 'alerts', from: FIRST_HOUR + 60, to: FIRST_HOUR + 2 * HOUR + 5 };

    const { payloads } = await backfillOver(input);

    expect(payloads.map(({ from, to }) => [from, to])).toEqual([
      [FIRST_HOUR + 60, FIRST_HOUR + HOUR],
      [FIRST_HOUR + HOUR, FIRST_HOUR + 2 * HOUR],
      [FIRST_HOUR + 2 * HOUR, FIRST_HOUR + 2 * HOUR + 5],
    ]);
  });

  it.each([
    ['a minute', 1 / 60],
    ['a month', 30 * 24],
    ['a year', 365 * 24],
    ['ten years', 3650 * 24],
  ])('%s is cut without a gap, of whole hours, and into no more than can be reported', async (_, count) => {
    const input = hours(FROM, count);

    const { result, payloads } = await backfillOver(input);

    expect(covered(payloads)).toEqual({ from: input.from, to: input.to });
    expect(payloads.length).toBeLessThanOrEqual(MAX_SLICES);
    expect(payloads.slice(1).every(({ from }) => from % HOUR === 0)).toBe(true);
    expect(result).toMatchObject({ slices: payloads.length, done: payloads.length, failures: [] });
  });

  it('and the results of all slices fit into the output of a state, also when each failed', async () => {
    const { result } = await backfillOver(hours(FROM, 365 * 24), () => {
      throw new TaskError('RunFailed', '{"errorMessage":"'.repeat(300));
    });

    expect(result).toMatchObject({ done: 0, slices: result.failures.length });
    expect(JSON.stringify(result).length).toBeLessThan(256 * 1024);
  });

  it.each([
    ['no stream', { from: FROM, to: FROM + 1 }],
    ['another stream', { stream: 'events', from: FROM, to: FROM + 1 }],
    ['no end', { stream: 'alerts', from: FROM }],
    ['times as text', { stream: 'alerts', from: '2025-12-29', to: '2025-12-30' }],
    ['its end first', { stream: 'alerts', from: FROM, to: FROM - 1 }],
    ['nothing', {}],
  ])('an input with %s is refused, and nothing is called', async (_, input) => {
    const calls: unknown[] = [];

    await expect(
      execute(definition, input, { invoke: async (payload) => calls.push(payload) }),
    ).rejects.toMatchObject({ name: 'NoRange', message: expect.stringContaining('"from":1767000000') });
    expect(calls).toEqual([]);
  });
});

describe('each slice is called again until it is covered', () => {
  it('from the time that the previous call reached', async () => {
    const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 1), (payload) =>
      answer(payload, { status: 'partial', coveredTo: Math.min(payload.to, payload.from + 1500) }),
    );

    expect(payloads.map(({ from }) => from - FIRST_HOUR)).toEqual([0, 1500, 3000]);
    expect(result).toMatchObject({ slices: 1, done: 1, fetched: 30, forwarded: 21 });
  });

  it('and only up to the range of the live run', async () => {
    const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 2), (payload) => {
      const to = Math.max(payload.from, Math.min(payload.to, FIRST_HOUR + 1800));
      return answer(payload, { to, coveredTo: to });
    });

    expect(payloads).toHaveLength(2);
    expect(result.done).toBe(2);
  });

  it('with growing waits while another backfill holds the hour', async () => {
    const { result, waits } = await backfillOver(hours(FIRST_HOUR, 1), (payload, call) =>
      call > 7 ? answer(payload) : answer(payload, { coveredTo: payload.from, skipped: 'lease-held' }),
    );

    expect(waits).toEqual([15, 30, 60, 120, 240, 300, 300]);
    expect(result).toMatchObject({ done: 1, failures: [] });
  });

  it('until it makes no progress: then it is reported as failed', async () => {
    const { result, payloads } = await backfillOver(hours(FIRST_HOUR, 2), (payload) =>
      payload.from === FIRST_HOUR
        ? answer(payload, { status: 'partial', coveredTo: payload.from })
        : answer(payload),
    );

    expect(payloads).toHaveLength(13);
    expect(result).toMatchObject({
      done: 1,
      failures: [{ start: FIRST_HOUR, from: FIRST_HOUR, failure: { error: 'NoProgress' } }],
    });
  });
});

describe('a backfill that does not come to its end', () => {
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

describe('the state machine', () => {
  const machineOf = (settings: Record<string, unknown> = {}) => {
    const template = forwarderTemplate(settings);
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const parts: unknown[] = machine?.Properties.DefinitionString['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'REFERENCE')).join('');
    return { template, definition: JSON.parse(text) };
  };

  it('has this definition and calls only the one function', () => {
    const { definition: deployed } = machineOf();

    expect(deployed).toEqual(
      backfillDefinition({
        functionArn: 'REFERENCE',
        invokeArn: 'arn:REFERENCE:states:::lambda:invoke',
        concurrency: 4,
      }),
    );
  });

  it('processes as many slices concurrently as configured, and tolerates failed ones', () => {
    const { States } = machineOf({ backfillConcurrency: 9 }).definition;

    expect(States['Fill all slices']).toMatchObject({
      MaxConcurrency: 9,
      ToleratedFailurePercentage: 100,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
  });

  it('logs everything, encrypted, with the retention of the function, and traces nothing', () => {
    const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';
    const { template } = machineOf({ kmsKeyArn: KEY, logRetentionDays: 30 });

    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ALL', Destinations: [Match.anyValue()] },
      TracingConfiguration: { Enabled: false },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY, RetentionInDays: 30 });
  });
});
