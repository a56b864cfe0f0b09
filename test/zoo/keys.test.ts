import { expect, it } from 'vitest';
import { KEYS } from '../../tools/stand-ins/valence/apis/keys.ts';
import { diagnose } from './diagnose.ts';
import { testApis } from './test-apis.ts';

testApis(KEYS);

const named = (name: string) => {
  const api = KEYS.find((each) => each.name === name);
  if (!api) throw new Error('The zoo lacks this API.');
  return api;
};

it('the doctor proposes the exchange that a description has, after it was tried', async () => {
  const api = named('exchange-described');
  const { profile, findings } = await diagnose(api);

  expect(profile).toEqual(api.profile);
  expect(findings.filter(({ name }) => name.endsWith('.auth')).map(({ message }) => message)).toEqual([
    expect.stringContaining('exchanged for a token by POST /api/v1/auth/session'),
  ]);
});

it('the doctor posts to no exchange that a description has while the API takes the key itself', async () => {
  const { openapi } = named('exchange-described');
  const { methods, profile } = await diagnose({
    ...named('api-key-header'),
    openapi,
    isAllowed: ({ isBearer }) => isBearer,
  });

  expect({ methods, profile }).toEqual({ methods: ['GET'], profile: {} });
});

it.each(['exchange-described', 'exchange-form'])(
  'the doctor goes on with other ways where the exchange of the description of %s fails',
  async (name) => {
    const { openapi } = named(name);
    const { profile } = await diagnose({ ...named('api-key-header'), openapi });

    expect(profile).toEqual({ auth: { header: 'x-api-key', scheme: null } });
  },
);
