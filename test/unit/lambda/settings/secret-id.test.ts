import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig as readInstallerConfig } from '../../../../lambda/content-installer/config.ts';
import { existingSecretId } from '../../../../lambda/settings/deployment/aws-values.ts';
import { readEnvironment } from '../../../../lambda/settings/environment.ts';
import { secretId } from '../../../../lambda/settings/secret-id.ts';

const READERS = { 'at synth': existingSecretId(), 'at run time': secretId() };
const refuses = (text: string) =>
  Object.entries(READERS)
    .filter(([, reader]) => !reader.safeParse(text).success)
    .map(([name]) => name);
const BOTH = Object.keys(READERS);

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r';

const KEYS = [
  ['a JSON web token', TOKEN],
  ['the first part of one', 'eyJhbGciOiJIUzI1NiJ9'],
  ['a UUID', '0f0e0d0c-0b0a-4908-8706-050403020100'],
  ['a UUID in capitals', '0F0E0D0C-0B0A-4908-8706-050403020100'],
  ['a key of Datadog', '0123456789abcdef0123456789abcdef'],
  ['an application key of Datadog', '0123456789abcdef0123456789abcdef01234567'],
  ['64 hexadecimal digits', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ['a key after words', 'valence_security_api_key_q3Zk9xVbT7mLwP0sYc4RnDfG'],
  ['base64', 'R2h5b3VXc1F6bVp4N0tqTDlwVnQ0Yk5kMkFr+/8='],
  ['base64 for URLs', 'q3Zk-9xV_bT7mLwP0sYc4RnDfG2hJ6tUeXaK8oQvI1M'],
] as const;

const NAMES = [
  'valence/key',
  'a',
  'prod/team1/valence-k8s-v2-api-key-2026-01',
  'valence/eu/production/api-key-for-datadog',
  'ValenceApiKeyForProductionEuWest1',
  'DATADOG_APPLICATION_KEY_OF_PRODUCTION',
  'security/observability/dd-app-key-123456789012',
  'ForwarderSecretsDatadogApiKey4D033596',
  'valence-0f0e0d0c',
];

describe('a key in place of the name of its secret', () => {
  it.each(KEYS)('is refused at synth and at run time: %s', (_, key) => {
    expect(refuses(key)).toEqual(BOTH);
  });

  it.each(['0123456789abcdef', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'])(
    'is refused however it came out, of the digits %s',
    (digits) => {
      const random = fc.string({ unit: fc.constantFrom(...digits), minLength: 48, maxLength: 512 });
      const refused = fc.sample(random, { numRuns: 500, seed: 1 }).filter((key) => refuses(key).length === 2);

      // Words turn up in random text, too, in fewer than one of a hundred.
      expect(refused.length).toBeGreaterThan(490);
    },
  );

  it.each(KEYS)('is never shown: %s', (_, key) => {
    const messageOf = (read: () => unknown): string => {
      try {
        return JSON.stringify(read());
      } catch (error) {
        return String(error);
      }
    };
    const given = {
      VALENCE_SECRET_ID: key,
      DATADOG_SECRET_ID: key,
      DATADOG_APP_KEY_SECRET_ID: key,
      STATE_TABLE: 'table',
      QUARANTINE_BUCKET: 'bucket',
    };

    for (const message of [
      messageOf(() => readEnvironment(given)),
      messageOf(() => readInstallerConfig(given)),
    ]) {
      expect(message).toContain('DATADOG_SECRET_ID: looks like the key itself');
      expect(message).not.toContain(key.slice(0, 12));
    }
  });
});

describe('the name of a secret', () => {
  it.each(NAMES)('is accepted: %s', (name) => {
    expect(refuses(name)).toEqual([]);
  });

  it('that looks like a key is accepted as an ARN', () => {
    expect(
      refuses('arn:aws:secretsmanager:eu-west-1:111122223333:secret:0123456789abcdef0123456789abcdef-AbCdEf'),
    ).toEqual([]);
  });

  it('in an incomplete ARN is accepted at run time, because Secrets Manager finds it', () => {
    expect(refuses('arn:aws:secretsmanager:eu-west-1:111122223333:secret:valence/key')).toEqual(['at synth']);
  });

  it.each(['', ' ', 'two words', `${'a'.repeat(513)}`, 'arn:aws:s3:::bucket'])('"%s" is none', (text) => {
    expect(refuses(text)).toEqual(BOTH);
  });
});
