import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { NOW } from '../support/outside-world.ts';
import { json, reset, type Script, type SeenRequest, scriptedServer } from '../support/scripted-server.ts';
import { forwarderOver } from '../zoo/visit.ts';

/** The bounds that docs/architecture.md states for the requests of one run of a stream. */

const HOUR = 3600;
const SETTLE = 120;
/** Slices that a run processes concurrently. */
const PARALLEL = 4;

/** The second that begins after the oldest second of the first range. */
const START = NOW - 12 * HOUR;

/** The server's clock. */
const DATE = new Date(NOW * 1000).toUTCString();

const { log2 } = Math;

const rangeOf = ({ query }: SeenRequest) => ({
  from: Number(query.get('from')),
  to: Number(query.get('to')),
});

/** Audit records, one every `step` seconds, the newest just settled. */
const recordsEvery = (step: number, count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => ({
    actor: `user-${n}`,
    action: 'User signed in',
    timeEpoch: NOW - SETTLE - 2 - n * step,
  }));

/** The list of a range without a word about its end, of which `most` records are shown. */
const listOf =
  (records: readonly JsonObject[], most = Number.POSITIVE_INFINITY): Script =>
  (request) => {
    const { from, to } = rangeOf(request);
    const items = records.filter(({ timeEpoch }) => Number(timeEpoch) >= from && Number(timeEpoch) <= to);
    return json({ items: items.slice(0, most) }, { headers: { date: DATE } });
  };

/** One run of the audit logs, without a sweep, against a server. */
async function runAgainst(script: Script, settings: object = {}) {
  await using server = await scriptedServer(script);
  const { run, sink } = forwarderOver(server.origin, {});
  const report = await run('audit-logs', { lookbackSeconds: 0, parallelSlices: PARALLEL, ...settings });
  return { report, sent: sink.accepted.length, requests: server.requests.length };
}

describe('F109 an API that answers for nothing gets few requests', () => {
  it.each([
    ['500', { status: 500 }],
    ['a text that is no JSON', { body: '<html>' }],
    ['a reset', reset()],
  ])(
    'with %s: three for each slice, one for the newest second and one for the newest minute',
    async (_, answer) => {
      const { report, requests } = await runAgainst(() => answer);

      expect(requests).toBeLessThanOrEqual(3 * PARALLEL + 2);
      expect(report).toMatchObject({ error: { code: expect.stringMatching(/^source-/) }, watermark: START });
    },
  );

  it.each([400, 404, 422])('with %i: one for each slice, and the same two', async (status) => {
    const { report, requests } = await runAgainst(() => ({ status }));

    expect(requests).toBeLessThanOrEqual(PARALLEL + 2);
    expect(report).toMatchObject({ error: { code: 'source-status' }, watermark: START });
  });

  it('where no connection is possible: six attempts for each slice', async () => {
    const origin = await scriptedServer(() => ({})).then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server.origin;
    });
    const { run, clock } = forwarderOver(origin, {});

    const report = await run('audit-logs', { lookbackSeconds: 0, parallelSlices: PARALLEL });

    expect(report).toMatchObject({ error: { code: 'source-unreachable' }, watermark: START });
    // A wait between each two attempts.
    expect(clock.slept).toHaveLength(5 * PARALLEL);
  });
});

describe('F109 a range that the API refuses', () => {
  it('is divided with at most 2 log2(s) + 16 requests in a run', async () => {
    const broken = Array.from({ length: 40 }, (_, n) => NOW - 6 * HOUR + n * 120);
    const shown = listOf([]);
    const script: Script = (request, index) => {
      const { from, to } = rangeOf(request);
      return broken.some((second) => from <= second && second <= to)
        ? { status: 400 }
        : shown(request, index);
    };

    const first = await runAgainst(script, { parallelSlices: 1, initialLookbackSeconds: 6 * HOUR });

    expect(first.report.error).toBeNull();
    expect(first.report.caughtUp).toBe(false);
    // The refused slice itself, and the comparison of empty lists.
    expect(first.requests).toBeLessThanOrEqual(2 * Math.ceil(log2(6 * HOUR)) + 16 + 3);
  });
});

describe('F109 a list that has to be proven complete', () => {
  const slice = { parallelSlices: 1, initialLookbackSeconds: HOUR, holdBackSeconds: SETTLE };

  it('is read in two halves more', async () => {
    const { sent, requests } = await runAgainst(listOf(recordsEvery(60, 30)), slice);

    expect(sent).toBe(30);
    expect(requests).toBe(3);
  });

  it.each([10, 40, 150])(
    'and is cut at %i records gets at most 1 + 2 (n / c + 1) log2(s) requests',
    async (cut) => {
      const records = recordsEvery(11, 300);
      const { report, sent, requests } = await runAgainst(listOf(records, cut), slice);

      expect(report).toMatchObject({ error: null, caughtUp: true });
      expect(sent).toBe(300);
      expect(requests).toBeLessThanOrEqual(1 + 2 * (300 / cut + 1) * log2(HOUR));
    },
  );
});
