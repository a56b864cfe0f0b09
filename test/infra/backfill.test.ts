import { describe, expect, it } from 'vitest';
import { MAX_SLICES } from '../../infra/backfill-definition.ts';
import { TaskError } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';
import {
  answer,
  backfillOver,
  definition,
  FIRST_HOUR,
  FROM,
  HOUR,
  hours,
  type Payload,
} from '../support/backfill-executions.ts';

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
