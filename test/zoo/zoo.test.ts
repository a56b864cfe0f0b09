import { describe, expect, it } from 'vitest';
import { APIS } from '../../tools/stand-ins/valence/apis/apis.ts';
import { visit } from './visit.ts';

describe.each(APIS.map((api) => [api.name, api] as const))('the API %s', (_, api) => {
  const notices = api.isLossUnnoticed ? it.fails : it;

  notices(`${api.about} With the default profile nothing is lost in silence`, async () => {
    const { withDefault } = api;
    const found = await visit(api, {});

    if (withDefault === 'everything') {
      expect(found).toMatchObject({ errors: [], missing: 0, surplus: 0 });
      return;
    }
    expect(found.errors[0]).toMatchObject({ code: withDefault.code });
    expect(found.surplus).toBe(0);
    if (withDefault.names) {
      expect(`${found.errors[0]?.message} ${found.errors[0]?.fix}`).toContain(withDefault.names);
    }
  });

  it.runIf(api.profile)('delivers everything once with its own profile', async () => {
    expect(await visit(api, api.profile ?? {})).toMatchObject({ errors: [], missing: 0, surplus: 0 });
  });
});

it('have names of their own', () => {
  expect(new Set(APIS.map(({ name }) => name)).size).toBe(APIS.length);
});
