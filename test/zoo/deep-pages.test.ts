import { expect, it } from 'vitest';
import { DEEP_PAGES } from '../../tools/stand-ins/valence/apis/deep-pages.ts';
import { diagnose } from './diagnose.ts';
import { testApis } from './test-apis.ts';
import { visit } from './visit.ts';

testApis(DEEP_PAGES);

it.each(DEEP_PAGES.map((api) => [api.name, api] as const))(
  'F107 the API %s is read completely where the profile does not say how deep it answers',
  async (_, api) => {
    const { pagination } = api.profile as { pagination: object };

    expect(await visit(api, { pagination: { ...pagination, maxOffset: null } })).toMatchObject({
      errors: [],
      missing: 0,
      excess: 0,
    });
  },
);

it('F107 the doctor finds out how deep an API answers that refuses deeper pages', async () => {
  const [api] = DEEP_PAGES;
  if (!api) throw new Error('The zoo lacks this API.');
  const { profile } = await diagnose(api);

  const found = { pageSize: 50, pagination: { maxOffset: 100 } };
  expect(profile).toMatchObject({ alerts: found, auditLogs: found, pagination: { style: 'offset' } });
});
