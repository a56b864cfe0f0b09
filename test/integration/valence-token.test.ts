import { describe, expect, it } from 'vitest';
import { exchangedKey } from '../../lambda/forwarder/valence/exchanged-key.ts';
import { resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { OutOfTime } from '../../lambda/shared/errors.ts';
import { stubClock, stubKey } from '../support/outside-world.ts';
import { type Answer, json, type Script, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const EXCHANGE = {
  path: '/oauth/token',
  json: { api_key: '{key}', grant: 'key' },
  tokenPath: 'access.token',
};

const FORM = { path: '/oauth/token', form: { api_key: '{key}' }, tokenPath: 'token' };

/** The exchanged key of a profile against a token endpoint. */
function keyAgainst(origin: string, exchange: object = EXCHANGE, keys = ['valence-key']) {
  const resolved = resolveApiProfile({ auth: { exchange } }).alerts.auth.exchange;
  if (!resolved) throw new Error('The profile exchanges no key.');
  const [clock, apiKey] = [stubClock(), stubKey(...keys)];
  return {
    clock,
    apiKey,
    key: exchangedKey({ apiKey, exchange: resolved, origin, transport: axiosTransport(), clock }),
  };
}

/** A token endpoint whose tokens are counted. */
const counting =
  (more: object = {}): Script =>
  (_, index) =>
    json({ access: { token: `token-${index + 1}`, ...more } });

describe('a key that is exchanged for a token', () => {
  it('goes to the token endpoint as JSON', async () => {
    await using server = await scriptedServer(counting());

    expect(await keyAgainst(server.origin).key.value()).toBe('token-1');
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/oauth/token' });
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({ api_key: 'valence-key', grant: 'key' });
  });

  it('goes to the token endpoint as a form', async () => {
    await using server = await scriptedServer(() => json({ token: 'a-token' }));

    expect(await keyAgainst(server.origin, FORM).key.value()).toBe('a-token');
    const [request] = server.requests;
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request?.body.toString()).toBe('api_key=valence-key');
  });

  it('is exchanged once for callers that ask at the same time', async () => {
    await using server = await scriptedServer(counting());
    const { key } = keyAgainst(server.origin);

    expect(await Promise.all([key.value(), key.value()])).toEqual(['token-1', 'token-1']);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['until a minute before the token expires', 600, 540],
    ['for half the life of a short one', 80, 40],
  ])('keeps its token %s', async (_, expires, usable) => {
    await using server = await scriptedServer(counting({ expires }));
    const { key, clock } = keyAgainst(server.origin, { ...EXCHANGE, expiresInPath: 'access.expires' });
    await key.value();

    await clock.sleep((usable - 1) * 1000);
    expect(await key.value()).toBe('token-1');
    await clock.sleep(1000);
    expect(await key.value()).toBe('token-2');
  });

  it('keeps a token of unknown life for five minutes', async () => {
    await using server = await scriptedServer(counting());
    const { key, clock } = keyAgainst(server.origin);
    await key.value();

    await clock.sleep(299_000);
    expect(await key.value()).toBe('token-1');
    await clock.sleep(1000);
    expect(await key.value()).toBe('token-2');
  });

  it('gets a new token when one is refused, unless a newer one is there', async () => {
    await using server = await scriptedServer(counting());
    const { key } = keyAgainst(server.origin);
    await key.value();

    expect(await key.renew('token-1')).toBe('token-2');
    expect(await key.renew('token-1')).toBe('token-2');
    expect(server.requests).toHaveLength(2);
  });

  it('reads the secret again once when the exchange is refused', async () => {
    const script: Script = ({ body }) =>
      body.toString().includes('newer-key') ? json({ access: { token: 'fresh' } }) : { status: 401 };
    await using server = await scriptedServer(script);
    const { key, apiKey } = keyAgainst(server.origin, EXCHANGE, ['old-key', 'newer-key']);

    expect(await key.value()).toBe('fresh');
    expect(apiKey.renewals).toEqual(['old-key']);
  });

  it.each([400, 401, 403])('is refused for good by a second %i, without showing the key', async (status) => {
    await using server = await scriptedServer(() => ({ status }));
    const { key } = keyAgainst(server.origin, EXCHANGE, ['old-key-123456', 'newer-key-123456']);
    const error = await key.value().catch((thrown: Error) => thrown);

    expect(error).toMatchObject({ name: 'CredentialError', code: 'source-refused-key' });
    expect(`${(error as Error).message} ${(error as Error).stack}`).not.toMatch(/(old|newer)-key/);
    expect(server.requests).toHaveLength(2);
  });

  it('is exchanged four times an invocation at most', async () => {
    await using server = await scriptedServer(counting());
    const { key } = keyAgainst(server.origin);
    let token = await key.value();
    for (let count = 2; count <= 4; count++) token = (await key.renew(token)) ?? '';

    await expect(key.renew(token)).rejects.toBeInstanceOf(OutOfTime);
    key.startInvocation();
    expect(await key.value()).toBe('token-5');
  });

  it.each<[string, Answer, string]>([
    ['no token', json({ token: '' }), 'source-shape'],
    ['no JSON', { body: '<html></html>' }, 'source-not-json'],
    ['a server error', { status: 500 }, 'source-status'],
  ])('fails at an answer with %s', async (_, answer, code) => {
    await using server = await scriptedServer(() => answer);

    await expect(keyAgainst(server.origin).key.value()).rejects.toMatchObject({ code });
  });
});

describe('a scan with an exchanged key', () => {
  it('continues with a new token when the old one expires between two pages', async () => {
    let issued = 0;
    const valid = () => `Bearer token-${issued}`;
    await using server = await scriptedServer(({ path, headers, query }) => {
      if (path === '/oauth/token') return json({ access: { token: `token-${++issued}` } });
      if (headers.authorization !== valid() || (query.has('cursor') && issued === 1)) return { status: 401 };
      return query.has('cursor')
        ? json({ items: [{ vuid: 'a-2' }], nextCursor: null })
        : json({ items: [{ vuid: 'a-1' }], nextCursor: 'x' });
    });

    const client = clientOf(server.origin, { auth: { exchange: EXCHANGE } });

    expect(await client.records()).toEqual([{ vuid: 'a-1' }, { vuid: 'a-2' }]);
    expect(issued).toBe(2);
  });
});
