import { afterAll, beforeAll, expect, it as plainIt } from 'vitest';
import { type Artefact, startArtefact } from './artefact.ts';
import { RECORD_CONTENT } from './records.ts';
import { DATADOG_KEY, startTenant, type Tenant, type TenantOptions, VALENCE_KEY } from './tenant.ts';

/** Texts that must never be written or thrown. */
export const PLANTED = [VALENCE_KEY, DATADOG_KEY, RECORD_CONTENT] as const;

/**
 * One running artefact for the tests of a file. When they are done, everything that it wrote or threw is searched for
 * keys and records.
 * @param secrets texts that must not be found there
 */
export function useForwarder(secrets: readonly string[] = PLANTED) {
  let artefact: Artefact;
  beforeAll(() => {
    artefact = startArtefact();
  });
  afterAll(async () => {
    await artefact?.close();
    const transcript = artefact.transcript();
    expect(secrets.filter((secret) => transcript.includes(secret))).toEqual([]);
  });
  const newTenant = (options?: TenantOptions): Promise<Tenant> => startTenant(artefact, options);
  return {
    /** A test that may ask for `tenant`: a tenant of its own with the usual settings. */
    it: plainIt.extend<{ tenant: Tenant }>({
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures this one needs.
      tenant: async ({}, use) => {
        await using tenant = await newTenant();
        await use(tenant);
      },
    }),
    newTenant,
    transcript: () => artefact.transcript(),
  };
}
