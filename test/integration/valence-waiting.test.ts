import { describe, expect, it } from 'vitest';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { OutOfTime, StillBusy } from '../../lambda/shared/errors.ts';
import { NOW } from '../support/outside-world.ts';
import { type Answer, inOrder, json, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const ALERT = { vuid: 'a-1' };
const PAGE = json({ items: [ALERT], nextCursor: null });

/** What a client reads, and how long it slept, when the first answers are given and a page follows. */
async function readAfter(...answers: Answer[]) {
  await using server = await scriptedServer(inOrder(...answers, PAGE));
  const client = clientOf(server.origin);
  const records = await client.records();
  return {
    records,
    slept: client.clock.slept,
    counts: client.telemetry.counts,
    renewals: client.apiKey.renewals,
  };
}

describe('F92 waiting for Valence', () => {
  it.each([
    ['RateLimit-Reset in seconds', 429, { 'ratelimit-reset': '12' }, 12_000],
    ['X-RateLimit-Reset as an epoch', 429, { 'x-ratelimit-reset': String(NOW + 15) }, 15_000],
    [
      'X-Rate-Limit-Reset as an epoch in milliseconds',
      429,
      { 'x-rate-limit-reset': String((NOW + 9) * 1000) },
      9000,
    ],
    ['the longest of several resets', 429, { 'ratelimit-reset': '3', 'x-ratelimit-reset': '8' }, 8000],
    ['Retry-After before any reset', 429, { 'retry-after': '4', 'ratelimit-reset': '12' }, 4000],
    ['Retry-After of a 503', 503, { 'retry-after': '6' }, 6000],
    ['a reset in the past', 429, { 'x-ratelimit-reset': String(NOW - 60) }, 500],
  ])('lasts as long as %s asks for', async (_, status, headers, waited) => {
    expect(await readAfter({ status, headers })).toMatchObject({ records: [ALERT], slept: [waited] });
  });

  it('treats a 403 without remaining requests as throttling, not as a refused key', async () => {
    const answer = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5' } };

    expect(await readAfter(answer)).toEqual({
      records: [ALERT],
      slept: [5000],
      counts: { PagesFetched: 1, SourceErrors: 1, Throttled: 1 },
      renewals: [],
    });
  });

  it('treats a 403 with remaining requests as a refused key', async () => {
    const refused = { status: 403, headers: { 'x-ratelimit-remaining': '17' } };
    await using server = await scriptedServer(() => refused);

    expect(await clientOf(server.origin).failure()).toMatchObject({ code: 'source-refused-key' });
  });

  it('is not limited by a number of attempts while Valence throttles', async () => {
    const { records, slept } = await readAfter(...Array.from({ length: 12 }, () => ({ status: 429 })));

    expect(records).toEqual([ALERT]);
    expect(slept).toEqual([
      500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000,
    ]);
  });

  it('ends the run without a failure when the time is used up while Valence throttles', async () => {
    await using server = await scriptedServer(() => ({ status: 429 }));
    const client = clientOf(server.origin);

    expect(await client.failure({ deadline: deadlineIn(client.clock, 30_000) })).toBeInstanceOf(OutOfTime);
  });

  const busy = { status: 503, headers: { 'retry-after': '30' } };

  it('lasts for half of the time that is left where Valence answers 503 and asks for patience', async () => {
    await using server = await scriptedServer(() => busy);
    const client = clientOf(server.origin);

    expect(await client.failure({ deadline: deadlineIn(client.clock, 200_000) })).toBeInstanceOf(StillBusy);
    expect(client.clock.slept).toEqual([30_000, 30_000, 30_000]);
  });

  it('does not begin where a longer one is asked for, or another attempt is not wanted', async () => {
    await using server = await scriptedServer(() => busy);
    const client = clientOf(server.origin);

    expect(await client.failure({ deadline: deadlineIn(client.clock, 50_000) })).toBeInstanceOf(StillBusy);
    expect(await client.failure({ maxAttempts: 1 })).toBeInstanceOf(StillBusy);
    expect(client.clock.slept).toEqual([]);
  });

  it.each([
    ['a 500', { status: 500 }],
    ['a 503 without Retry-After', { status: 503 }],
    ['a body that is no JSON', { status: 200, body: '<html></html>' }],
  ])('gives up %s after three attempts', async (_, answer) => {
    await using server = await scriptedServer(() => answer);

    expect(await clientOf(server.origin).failure()).toMatchObject({ name: 'SourceError' });
    expect(server.requests).toHaveLength(3);
  });
});
