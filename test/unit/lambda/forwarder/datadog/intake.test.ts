import { describe, expect, it } from 'vitest';
import { datadogSink } from '../../../../../lambda/forwarder/datadog/intake.ts';
import { HttpFailure, type Transport } from '../../../../../lambda/shared/http.ts';
import { recordingTelemetry, stubClock, stubKey } from '../../../../support/outside-world.ts';

/** The patience for one post, in milliseconds: too long for a test to wait for a real server. */
const REQUEST_TIMEOUT_MS = 30_000;

function sinkOver(transport: Transport) {
  const telemetry = recordingTelemetry();
  const sink = datadogSink({
    transport,
    apiKey: stubKey('key'),
    url: 'https://datadog.example/api/v2/logs',
    version: '1.2.3',
    clock: stubClock(),
    telemetry,
  });
  return { telemetry, post: (left: number) => sink.post('[]', { deadline: { left: () => left } }) };
}

const failing =
  (reason: HttpFailure['reason']): Transport =>
  async () => {
    throw new HttpFailure(reason, 'POST datadog.example failed.');
  };

describe('a post that Datadog does not answer', () => {
  it.each([240_000, REQUEST_TIMEOUT_MS])(
    'within the usual patience, with %i ms left, is a fault of Datadog, which may have taken it',
    async (left) => {
      const { post, telemetry } = sinkOver(failing('timeout'));

      expect(await post(left)).toMatchObject({ outcome: 'retry', ambiguous: true, throttled: false });
      expect(telemetry.counts).toEqual({ SinkErrors: 1 });
    },
  );

  it('before our own deadline, which ended the call, is not an error of Datadog', async () => {
    const { post, telemetry } = sinkOver(failing('timeout'));

    expect(await post(REQUEST_TIMEOUT_MS - 1)).toEqual({ outcome: 'deadline-exceeded' });
    expect(telemetry.counts).toEqual({});
  });
});

describe('what is counted of an answer', () => {
  it.each([
    [429, { SinkErrors: 1, Throttled: 1 }],
    [408, { SinkErrors: 1 }],
    [500, { SinkErrors: 1 }],
    [503, { SinkErrors: 1 }],
    [400, { SinkErrors: 1 }],
    [413, { SinkErrors: 1 }],
    [403, { SinkErrors: 1 }],
    [404, { SinkErrors: 1 }],
    [202, {}],
  ])('%i: %j', async (status, counts) => {
    const { post, telemetry } = sinkOver(async () => ({ status, headers: {}, body: Buffer.alloc(0) }));

    await post(240_000);

    expect(telemetry.counts).toEqual(counts);
  });
});
