import { describe, expect, it } from 'vitest';
import type { ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import { diagnose } from './diagnose.ts';
import { KEY } from './filled-api.ts';
import { visit } from './visit.ts';

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

/** The tests of every API of the zoo. Each part of the table has a file of its own, so that they run concurrently. */
export function testApis(apis: readonly ZooApi[]): void {
  describe.each(apis.map((api) => [api.name, api] as const))('the API %s', (_, api) => {
    it(`${api.about} With the default profile nothing is lost in silence`, async () => {
      const { withDefault } = api;
      const found = await visit(api, {});

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
      expect(await visit(api, api.profile ?? {})).toMatchObject({ errors: [], missing: 0, excess: 0 });
    });

    it('delivers everything once with the profile that the doctor proposes', async () => {
      const { profile, requests, methods, report } = await diagnose(api);

      expect(await visit(api, profile)).toMatchObject({ errors: [], missing: 0, excess: 0 });
      expect(DATA.filter((text) => JSON.stringify(report).includes(text))).toEqual([]);
      expect(Math.max(...Object.values(requests))).toBeLessThanOrEqual(60);
      expect(methods).toEqual(
        [api.method ?? 'GET', ...(api.name.startsWith('exchange-') ? ['POST'] : [])].sort(),
      );
    });
  });
}
