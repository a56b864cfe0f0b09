import { describe, expect, it } from 'vitest';
import { datadogSink, intakeUrl } from '../../lambda/forwarder/datadog/intake.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { recordingTelemetry, stubKey } from '../support/outside-world.ts';
import { type Answer, reset, scriptedServer } from '../support/scripted-server.ts';

/** Posts one log with the shipped sink to a server that answers in one way. */
async function postAgainst(answer: Answer, timeLeftMs = 60_000) {
  await using server = await scriptedServer(() => answer);
  const sink = datadogSink({
    transport: axiosTransport(),
    apiKey: stubKey('dd-key'),
    url: intakeUrl('datadoghq.com', server.origin),
    version: '1.2.3',
    clock: systemClock,
    telemetry: recordingTelemetry(),
  });
  return await sink.post('[{"message":"a log"}]', { deadline: deadlineIn(systemClock, timeLeftMs) });
}

/** An answer that announces more bytes than it sends, and is then cut off. */
const cutShort = (status: number, headers: Record<string, string> = {}): Answer =>
  reset((response) => {
    response.writeHead(status, { 'content-length': '1000', ...headers });
    response.write('{"');
  });

const html = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>Sign in</title></html>',
});

describe('F98 the status counts first', () => {
  it('treats a 202 whose body is cut off as accepted', async () => {
    expect(await postAgainst(cutShort(202))).toEqual({ outcome: 'success' });
  });

  it('treats a 202 with an HTML body as accepted', async () => {
    expect(await postAgainst(html(202))).toEqual({ outcome: 'success' });
  });

  it('treats a 202 as accepted if its body never ends before the time of the run does', async () => {
    const endless: Answer = (response) => {
      response.writeHead(202);
      response.write('{"');
    };

    expect(await postAgainst(endless, 300)).toEqual({ outcome: 'success' });
  });

  it('treats a 202 whose body is too large to read as accepted', async () => {
    expect(await postAgainst({ status: 202, body: Buffer.alloc(2_000_000, ' ') })).toEqual({
      outcome: 'success',
    });
  });

  it.each([400, 413])('takes a %i whose body is cut off for a rejection', async (status) => {
    expect(await postAgainst(cutShort(status))).toMatchObject({ outcome: 'rejected', status });
  });

  it('waits as long as a 429 asks for whose body is cut off', async () => {
    expect(await postAgainst(cutShort(429, { 'retry-after': '7' }))).toMatchObject({
      outcome: 'retry',
      ambiguous: false,
      throttled: true,
      retryAfterMs: 7000,
    });
  });
});

describe('F98 another success', () => {
  it.each([
    [200, ''],
    [200, ' \n'],
    [200, '{}'],
    [200, '{"status":"ok"}'],
    [200, '{"errors":[]}'],
    [201, '{"error":null}'],
    [200, '"accepted"'],
  ])('with status %i and the body %j is accepted', async (status, body) => {
    expect(await postAgainst({ status, body })).toEqual({ outcome: 'success' });
  });

  it('with status 204 is accepted', async () => {
    expect(await postAgainst({ status: 204 })).toEqual({ outcome: 'success' });
  });

  it.each([
    ['an error', '{"error":"denied"}'],
    ['a list of errors', '{"errors":["denied"]}'],
    ['something that is no JSON', '<html><title>Sign in</title></html>'],
    ['JSON that is cut', '{"status":'],
  ])('with %s in its body stops, because Datadog may have the logs or not', async (_, body) => {
    expect(await postAgainst({ status: 200, body })).toMatchObject({
      outcome: 'fatal',
      ambiguous: true,
      fix: expect.stringContaining('DATADOG_INTAKE_URL'),
    });
  });

  it('whose body breaks off may have been accepted', async () => {
    expect(await postAgainst(cutShort(200))).toMatchObject({ outcome: 'retry', ambiguous: true });
  });
});
