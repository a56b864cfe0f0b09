import { describe, expect, it } from 'vitest';
import { attempt } from '../../../../../lambda/forwarder/valence/attempt.ts';
import { type EndpointProfile, resolveApiProfile } from '../../../../../lambda/settings/api-profile.ts';
import { ConfigError, OutOfTime } from '../../../../../lambda/shared/errors.ts';
import { HttpFailure, type Transport } from '../../../../../lambda/shared/http.ts';
import { NOW } from '../../../../support/outside-world.ts';

/** The patience for one request, in milliseconds: too long for a test to wait for a real server. */
const REQUEST_TIMEOUT_MS = 30_000;

/** One attempt over a transport that answers at once. `left` are the milliseconds until the deadline, before and after. */
function attemptOver(transport: Transport, ...left: [number, number?]) {
  return attemptWith({}, transport, ...left);
}

/** The same, with a part of the profile that no setting went through. */
function attemptWith(
  profile: Partial<EndpointProfile>,
  transport: Transport,
  ...[before, after = before]: [number, number?]
) {
  const looks = [before];
  return attempt(
    { url: new URL('https://valence.example/api/v1/alerts') },
    {
      transport,
      read: (body) => JSON.parse(body.toString()),
      key: 'key',
      profile: { ...resolveApiProfile({}).alerts, ...profile },
      wallMs: () => NOW * 1000,
      profileKey: 'alerts.path',
      doing: 'reading alerts from Valence',
      deadline: { left: () => looks.shift() ?? after },
    },
  );
}

const failing =
  (reason: HttpFailure['reason']): Transport =>
  async () => {
    throw new HttpFailure(reason, 'GET valence.example failed.');
  };

describe('a request that Valence does not answer', () => {
  it.each([
    ['timeout', 'source-timeout'],
    ['unreachable', 'source-unreachable'],
    ['interrupted', 'source-interrupted'],
  ] as const)(
    'within the usual patience (%s) is a fault of Valence that is worth another attempt',
    async (reason, code) => {
      expect(await attemptOver(failing(reason), 240_000)).toMatchObject({
        failed: { code },
        throttled: false,
      });
      expect(await attemptOver(failing(reason), REQUEST_TIMEOUT_MS)).toMatchObject({ failed: { code } });
    },
  );

  it('before our own deadline, which ended the call, is not an error of Valence', async () => {
    await expect(attemptOver(failing('timeout'), REQUEST_TIMEOUT_MS - 1)).rejects.toBeInstanceOf(OutOfTime);
    await expect(attemptOver(failing('unreachable'), 5_000, 0)).rejects.toBeInstanceOf(OutOfTime);
    await expect(attemptOver(failing('aborted'), 240_000)).rejects.toBeInstanceOf(OutOfTime);
  });

  it.each(['unreachable', 'interrupted'] as const)(
    'with little time left, but some (%s), is still a fault of Valence',
    async (reason) => {
      expect(await attemptOver(failing(reason), 5_000, 4_000)).toMatchObject({
        failed: { code: `source-${reason}` },
      });
    },
  );

  it.each([
    [240_000, 30_000],
    [30_000, 30_000],
    [7_000, 7_000],
  ])('with %i ms left is waited for %i ms', async (left, timeoutMs) => {
    const asked: number[] = [];
    const transport: Transport = async (request) => {
      asked.push(request.timeoutMs);
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    };

    await attemptOver(transport, left);

    expect(asked).toEqual([timeoutMs]);
  });
});

describe('an answer that is retried', () => {
  it.each([
    [429, true],
    [408, false],
    [500, false],
    [502, false],
    [503, false],
    [504, false],
  ])('%i: counts as throttling: %s', async (status, throttled) => {
    const transport: Transport = async () => ({ status, headers: {}, body: Buffer.alloc(0) });

    expect(await attemptOver(transport, 240_000)).toMatchObject({
      failed: { code: 'source-status' },
      throttled,
    });
  });
});

describe('a header that a profile must not set', () => {
  it.each<[string, Partial<EndpointProfile>]>([
    ['Host', { headers: { Host: 'attacker.example.net' } }],
    ['host', { auth: { header: 'Host', scheme: null, exchange: null } }],
    ['x-tenant', { headers: { 'X-Tenant': 'planted\r\nHost: attacker.example.net' } }],
    ['authorization', { auth: { header: 'Authorization', scheme: 'planted\n', exchange: null } }],
  ])('F34 sends nothing, whoever wrote the profile: %s', async (name, profile) => {
    const sent: unknown[] = [];
    const transport: Transport = async (request) => {
      sent.push(request);
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    };

    const error = await attemptWith(profile, transport, 240_000).catch((problem: unknown) => problem);

    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(`the header "${name.toLowerCase()}" `);
    expect((error as ConfigError).message).not.toContain('planted');
    expect(sent).toEqual([]);
  });
});
