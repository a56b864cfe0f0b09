import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../../lambda/forwarder/core/ports.ts';
import { datadogSink, intakeUrl } from '../../lambda/forwarder/datadog/intake.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { isDatadogKeyValid } from '../../lambda/shared/datadog-key-check.ts';
import { SinkError } from '../../lambda/shared/errors.ts';
import { HttpFailure, type Transport } from '../../lambda/shared/http.ts';
import { ampleTime, NOW, recordingTelemetry, stubClock, stubKey } from '../support/outside-world.ts';
import { type Answer, inOrder, reset, scriptedServer } from '../support/scripted-server.ts';

/** The shipped sink against a loopback server. */
function sinkOf(origin: string, { keys = ['dd-key'], transport = axiosTransport() } = {}) {
  const clock = stubClock();
  const telemetry = recordingTelemetry();
  const apiKey = stubKey(...keys);
  const url = intakeUrl('datadoghq.com', origin);
  const sink = datadogSink({ transport, apiKey, url, version: '1.2.3', clock, telemetry });
  const post = (body = '[{"message":"planted-record"}]', change: Partial<CallOptions> = {}) =>
    sink.post(body, { deadline: ampleTime(clock), ...change });
  return { post, clock, telemetry, apiKey };
}

const postAgainst = async (answer: Answer) => {
  await using server = await scriptedServer(() => answer);
  return await sinkOf(server.origin).post();
};

describe('the intake URL', () => {
  it.each([
    [undefined, 'https://http-intake.logs.datadoghq.eu/api/v2/logs'],
    ['http://127.0.0.1:8126', 'http://127.0.0.1:8126/api/v2/logs'],
    ['https://proxy.example/dd/', 'https://proxy.example/dd/api/v2/logs'],
    ['https://proxy.example/api/v2/logs', 'https://proxy.example/api/v2/logs'],
  ])('with the override %s is %s', (override, url) => {
    expect(intakeUrl('datadoghq.eu', override)).toBe(url);
  });
});

describe('a post', () => {
  it('carries the logs gzipped, with the key and the origin of the logs', async () => {
    await using server = await scriptedServer(inOrder({ status: 202, body: '{}' }));
    const { post, telemetry } = sinkOf(server.origin);
    const body = JSON.stringify([{ message: 'Zoë signed in 😀' }]);
    expect(await post(body)).toEqual({ outcome: 'success' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/api/v2/logs' });
    expect(request?.headers).toMatchObject({
      'dd-api-key': 'dd-key',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'dd-evp-origin': 'valence-forwarder',
      'dd-evp-origin-version': '1.2.3',
    });
    expect(gunzipSync(request?.body ?? '').toString()).toBe(body);
    expect(telemetry.counts).toEqual({});
  });

  it('F52 of 4.5 million bytes arrives whole', async () => {
    await using server = await scriptedServer(inOrder({ status: 202 }));
    const body = JSON.stringify(['x'.repeat(4_499_996)]);
    expect(await sinkOf(server.origin).post(body)).toEqual({ outcome: 'success' });
    expect(gunzipSync(server.requests[0]?.body ?? '').toString() === body).toBe(true);
  });
});

describe('answers', () => {
  it.each([200, 202, 204])('F50 a %i is a success', async (status) => {
    expect(await postAgainst({ status })).toEqual({ outcome: 'success' });
  });

  it.each([408, 500, 502, 503, 504])('F46 a %i may have been taken', async (status) => {
    expect(await postAgainst({ status })).toMatchObject({
      outcome: 'retry',
      ambiguous: true,
      throttled: false,
    });
  });

  it('F46 a 429 was not taken and says how long to wait', async () => {
    await using server = await scriptedServer(() => ({ status: 429, headers: { 'retry-after': '3' } }));
    const { post, telemetry } = sinkOf(server.origin);
    expect(await post()).toMatchObject({
      outcome: 'retry',
      ambiguous: false,
      throttled: true,
      retryAfterMs: 3000,
    });
    expect(telemetry.counts).toEqual({ SinkErrors: 1, Throttled: 1 });
  });

  it('F46 a Retry-After may be a date', async () => {
    const headers = { 'retry-after': new Date((NOW + 5) * 1000).toUTCString() };
    expect(await postAgainst({ status: 503, headers })).toMatchObject({ retryAfterMs: 5000 });
  });

  it.each([
    [400, false],
    [413, true],
  ])('F43 F47 a %i refuses the content', async (status, tooLarge) => {
    expect(await postAgainst({ status })).toMatchObject({ outcome: 'rejected', status, tooLarge });
  });

  it.each([301, 307])('F50 a %i stops, naming address and settings', async (status) => {
    const answer = await postAgainst({ status, headers: { location: 'https://elsewhere.example' } });
    expect(answer).toMatchObject({
      outcome: 'fatal',
      reason: expect.stringMatching(new RegExp(`${status} to POST 127.0.0.1:\\d+/api/v2/logs`)),
      fix: expect.stringContaining('DATADOG_SITE'),
    });
  });

  it.each([402, 404, 406, 409, 415, 422, 451])(
    'F50 F103 a %i leaves open whether the records or the address are at fault, and names address and settings',
    async (status) => {
      expect(await postAgainst({ status })).toMatchObject({
        outcome: 'unexplained',
        status,
        reason: expect.stringMatching(new RegExp(`${status} to POST 127.0.0.1:\\d+/api/v2/logs`)),
        fix: expect.stringContaining('DATADOG_SITE'),
      });
    },
  );
});

describe('no answer', () => {
  it('F48 a reset after the body was sent is ambiguous', async () => {
    expect(await postAgainst(reset())).toMatchObject({ outcome: 'retry', ambiguous: true });
  });

  it('F49 a refused connection is not', async () => {
    const origin = await (async () => {
      await using server = await scriptedServer(() => ({}));
      return server.origin;
    })();
    expect(await sinkOf(origin).post()).toMatchObject({ outcome: 'retry', ambiguous: false });
  });

  it.each([
    ['F42 of 29 seconds is waited for and taken', 29_000, { outcome: 'success' }],
    [
      'F42 of 31 seconds is not, and leaves open what became of the logs',
      31_000,
      { outcome: 'retry', ambiguous: true },
    ],
  ])('%s', async (_, tookMs, expected) => {
    const clock = stubClock();
    const transport: Transport = async ({ timeoutMs }) => {
      await clock.sleep(Math.min(tookMs, timeoutMs));
      if (tookMs > timeoutMs) throw new HttpFailure('timeout', 'No complete answer.');
      return { status: 202, headers: {}, body: Buffer.from('{}') };
    };
    const { post } = sinkOf('http://127.0.0.1', { transport });

    const answer = await post('[]', { deadline: ampleTime(clock) });

    expect(answer).toMatchObject(expected);
    expect(clock.wall() - NOW * 1000).toBe(Math.min(tookMs, 30_000));
  });

  it('within our own deadline is no fault of Datadog', async () => {
    await using server = await scriptedServer(() => () => {});
    const { post, clock, telemetry } = sinkOf(server.origin);
    expect(await post('[]', { deadline: deadlineIn(clock, 500) })).toEqual({ outcome: 'deadline-exceeded' });
    expect(telemetry.counts).toEqual({});
  });

  it("before the caller's signal is no fault either", async () => {
    const abort = new AbortController();
    await using server = await scriptedServer(() => () => abort.abort());
    expect(await sinkOf(server.origin).post('[]', { signal: abort.signal })).toEqual({
      outcome: 'deadline-exceeded',
    });
  });
});

describe('keys', () => {
  it.each([
    ['F45 F51 a 401 is a refused key', 401, 'credential'],
    ['F103 a 403 leaves open whether the key or the records are refused', 403, 'unexplained'],
  ])('%s, with the site as a possible reason', async (_, status, outcome) => {
    await using server = await scriptedServer(() => ({ status }));
    const { post, apiKey, telemetry } = sinkOf(server.origin);
    expect(await post()).toMatchObject({
      outcome,
      reason: expect.stringContaining('DATADOG_SITE'),
    });
    expect(apiKey.renewals).toEqual(['dd-key']);
    expect(server.requests).toHaveLength(1);
    expect(telemetry.counts).toEqual({ SinkErrors: 1 });
  });

  it.each([
    [401, 'credential'],
    [403, 'unexplained'],
  ])('F45 a renewed key is tried once after a %i, independently of the answer', async (status, outcome) => {
    await using server = await scriptedServer(() => ({ status }));
    const { post } = sinkOf(server.origin, { keys: ['old', 'new', 'newer'] });
    expect(await post()).toMatchObject({ outcome });
    expect(server.requests.map(({ headers }) => headers['dd-api-key'])).toEqual(['old', 'new']);
  });

  it('F36 a post continues with a rotated key', async () => {
    await using server = await scriptedServer(({ headers }) => ({
      status: headers['dd-api-key'] === 'new' ? 202 : 403,
    }));
    expect(await sinkOf(server.origin, { keys: ['old', 'new'] }).post()).toEqual({ outcome: 'success' });
  });

  it('no answer and no message ever holds the key or a record', async () => {
    const echo = 'planted-key planted-record';
    const answers: Answer[] = [
      ...[202, 301, 400, 403, 404, 413, 429, 500].map((status) => ({ status, body: echo })),
      reset((response) => response.writeHead(202).write(echo)),
    ];
    for (const answer of answers) {
      await using server = await scriptedServer(() => answer);
      const { post, telemetry } = sinkOf(server.origin, { keys: ['planted-key'] });
      expect(JSON.stringify(await post()) + telemetry.text()).not.toContain('planted');
    }
  });
});

describe('the key check', () => {
  const check = async (answer: Answer) => {
    await using server = await scriptedServer(() => answer);
    const valid = await isDatadogKeyValid(axiosTransport(), {
      origin: server.origin,
      key: 'planted-key',
      deadline: ampleTime(stubClock()),
    });
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/api/v1/validate',
      headers: { 'dd-api-key': 'planted-key' },
    });
    return valid;
  };

  it('distinguishes a valid key from an invalid one without sending anything', async () => {
    expect(await check({ status: 200, body: '{"valid":true}' })).toBe(true);
    expect(await check({ status: 403 })).toBe(false);
  });

  it.each<[string, Answer]>([
    ['another status', { status: 404 }],
    ['a broken connection', reset()],
  ])('is undecided by %s, and says what to check', async (_, answer) => {
    const error = await check(answer).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SinkError);
    expect(error).toMatchObject({ fix: expect.stringContaining('DATADOG_API_URL') });
    expect((error as SinkError).message).not.toContain('planted');
  });
});
