import { afterEach, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../../lambda/bundling/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

it('a function signs with the credentials that Lambda put into its environment', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');

  const credentials = await defaultProvider()();

  expect(credentials).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
});

it('without them it looks nowhere else, and says so', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');

  const credentials = defaultProvider()();

  await expect(credentials).rejects.toMatchObject({ name: 'CredentialsProviderError' });
});
