import { describe, expect, it } from 'vitest';
import { resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import type { ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import { diagnose } from './diagnose.ts';
import { KEY } from './filled-api.ts';
import { type Visit, visit } from './visit.ts';

/** Parts of keys and records, which no report may hold. */
const DATA = [
  KEY,
  'example.com',
  'user-',
  '192.0.2.',
  'Sign-in',
  'signed in',
  'Alert 1',
  'alert-1',
  'type-1',
  'acme',
];

/** Visits to an API. With the same profile everything would happen again in the same way, so it happens once. */
function visitsTo(api: ZooApi): (profile: object) => Promise<Visit> {
  const made = new Map<string, Promise<Visit>>();
  return (profile) => {
    const key = JSON.stringify(resolveApiProfile(profile));
    const found = made.get(key) ?? visit(api, profile);
    made.set(key, found);
    return found;
  };
}

/** The tests of every API of the zoo. Each part of the table has a file of its own, so that they run concurrently. */
export function testApis(apis: readonly ZooApi[]): void {
  describe.each(apis.map((api) => [api.name, api] as const))('the API %s', (_, api) => {
    const visited = visitsTo(api);

    it(`${api.about} With the default profile nothing is lost in silence`, async () => {
      const { withDefault } = api;
      const found = await visited({});

      if (withDefault === 'everything') {
        expect(found).toMatchObject({ errors: [], missing: 0, excess: 0 });
        return;
      }
      if (withDefault === 'repeats') {
        expect(found).toMatchObject({ errors: [], missing: 0 });
        expect(found.excess).toBeGreaterThan(0);
        return;
      }
      expect(found.errors[0]).toMatchObject({ code: withDefault.code });
      expect(found.excess).toBe(0);
      if (withDefault.names) {
        expect(`${found.errors[0]?.message} ${found.errors[0]?.fix}`).toContain(withDefault.names);
      }
    });

    it.runIf(api.profile)('delivers everything once with its own profile', async () => {
      expect(await visited(api.profile ?? {})).toMatchObject({ errors: [], missing: 0, excess: 0 });
    });

    it('delivers everything once with the profile that the doctor proposes', async () => {
      const { profile, requests, methods, report } = await diagnose(api);

      expect(await visited(profile)).toMatchObject({ errors: [], missing: 0, excess: 0 });
      expect(DATA.filter((text) => JSON.stringify(report).includes(text))).toEqual([]);
      expect(Math.max(...Object.values(requests))).toBeLessThanOrEqual(60);
      expect(methods).toEqual(
        [api.method ?? 'GET', ...(api.name.startsWith('exchange-') ? ['POST'] : [])].sort(),
      );
    });
  });
}
