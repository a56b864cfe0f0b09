import { afterEach, expect, it, vi } from 'vitest';
import { isLocalAws } from '../../../../tools/ops/aws.ts';

const HERE = 'http://127.0.0.1:4566';

afterEach(() => vi.unstubAllEnvs());

it.each<[string, Record<string, string>, boolean]>([
  ['an emulator of all services', { AWS_ENDPOINT_URL: HERE }, true],
  [
    'one for each service',
    {
      AWS_ENDPOINT_URL_LAMBDA: HERE,
      AWS_ENDPOINT_URL_CLOUDFORMATION: HERE,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: HERE,
    },
    true,
  ],
  ['one for Lambda, and AWS for the rest', { AWS_ENDPOINT_URL_LAMBDA: HERE }, false],
  [
    'an emulator, and AWS for the secrets',
    {
      AWS_ENDPOINT_URL: HERE,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://secretsmanager.us-east-1.amazonaws.com',
    },
    false,
  ],
  ['nothing', {}, false],
])('keys may go to this machine only if all of AWS is on it: %s', (_, environment, expected) => {
  for (const service of ['', '_LAMBDA', '_CLOUDFORMATION', '_SECRETS_MANAGER']) {
    vi.stubEnv(`AWS_ENDPOINT_URL${service}`, environment[`AWS_ENDPOINT_URL${service}`]);
  }

  expect(isLocalAws()).toBe(expected);
});
