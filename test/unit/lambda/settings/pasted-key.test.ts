import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../infra/config.ts';
import { readEnvironment } from '../../../../lambda/settings/environment.ts';
import { holdsKey } from '../../../../lambda/settings/pasted-key.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r';
const HEX = '0123456789abcdef0123456789abcdef';
const BASE64 = 'q3Zk-9xV_bT7mLwP0sYc4RnDfG2hJ6tUeXaK8oQvI1M';

const STANDARD_BASE64 = 'q7+Zk3/Tn0wXb8L1+Rv5Yp2/Hc9Jd4Gs6Ae+Uf0Wi3M=';

const NEEDED = {
  VALENCE_SECRET_ID: 'valence/key',
  DATADOG_SECRET_ID: 'datadog/key',
  STATE_TABLE: 'table',
  QUARANTINE_BUCKET: 'bucket',
};

/** The message about settings; empty if they are accepted. */
function refusal(read: () => unknown): string {
  try {
    read();
    return '';
  } catch (error) {
    return String(error);
  }
}

const inEnvironment = (settings: Readonly<Record<string, string>>) =>
  refusal(() => readEnvironment({ ...NEEDED, ...settings }));
const inContext = (settings: Readonly<Record<string, unknown>>) => refusal(() => readConfig(settings));

const exchange = { path: '/token', form: { secret: TOKEN, key: '{key}' }, tokenPath: 'token' };

/** Settings of the profile with a key in them, and the name of the place in a message. */
const PROFILES: [place: string, profile: object][] = [
  ['params.api_key', { params: { api_key: TOKEN } }],
  ['params.api_key', { params: { api_key: HEX } }],
  ['params.api_key', { params: { api_key: BASE64 } }],
  ['params.api_key', { params: { api_key: STANDARD_BASE64 } }],
  ['auth.scheme', { auth: { header: 'Authorization', scheme: `Bearer ${TOKEN}` } }],
  ['headers.x-functions-key', { headers: { 'x-functions-key': TOKEN } }],
  ['auth.exchange.form.secret', { auth: { exchange } }],
  ['alerts.path', { alerts: { path: `/alerts?api_key=${TOKEN}` } }],
];

describe('a key that was pasted into a setting', () => {
  it.each(PROFILES)(
    'is refused with its place, at synth and at run time, and not shown: %s',
    (place, profile) => {
      const messages = [
        ['VALENCE_API_PROFILE', inEnvironment({ VALENCE_API_PROFILE: JSON.stringify(profile) })],
        ['valenceApi', inContext({ valenceApi: profile })],
        ['valenceApi', inContext({ valenceApi: JSON.stringify(profile) })],
      ] as const;

      for (const [name, message] of messages) {
        expect(message).toContain(
          `${name}.${place} = (not shown, because it looks like a key): looks like a key`,
        );
        for (const key of [TOKEN, HEX, BASE64, STANDARD_BASE64])
          expect(message).not.toContain(key.slice(0, 12));
      }
    },
  );

  it.each([
    ['VALENCE_BASE_URL', 'valenceBaseUrl', `https://valence.example.com/${TOKEN}`],
    ['DATADOG_TAGS', 'datadogTags', `team:soc,api_key:${HEX}`],
    ['DATADOG_ENV', 'datadogEnv', TOKEN.slice(0, 20)],
    ['TENANT', 'tenant', `a${HEX}`],
    ['DATADOG_INTAKE_URL', 'datadogIntakeUrl', `https://intake.example.com/${HEX}`],
    ['EXCLUDE', 'exclude', `[{"stream":"alerts","where":{"alert.vuid":["${TOKEN}"]}}]`],
    ['STATE_TABLE', 'existingStateTable', HEX],
    ['QUARANTINE_BUCKET', 'existingQuarantineBucket', `${HEX}01234567`],
    ['VALENCE_BASE_URL', 'valenceBaseUrl', `https://valence.example.com/${STANDARD_BASE64}`],
    ['NO_PROXY_HOSTS', 'noProxy', HEX],
  ])('is refused in %s', (variable, setting, value) => {
    for (const message of [inEnvironment({ [variable]: value }), inContext({ [setting]: value })]) {
      expect(message).toContain('looks like a key');
      expect(message).not.toContain(TOKEN.slice(0, 12));
      expect(message).not.toContain(HEX.slice(0, 12));
    }
  });

  it('is refused in a setting of the stack', () => {
    expect(inContext({ roleNamePrefix: HEX })).toContain('roleNamePrefix = (not shown');
    expect(inContext({ runbookUrl: `https://wiki.example.com/?token=${TOKEN}` })).toContain(
      'looks like a key',
    );
    expect(inContext({ tenants: [{ name: 'acme', datadogTags: `k:${HEX}` }] })).toContain('looks like a key');
  });
});

describe('what is no key', () => {
  it.each([
    ['a UUID', { params: { tenantId: '0f0e0d0c-0b0a-4908-8706-050403020100' } }],
    ['an object id', { alerts: { path: '/v1/orgs/5f8d0d55b54764421b7156d9/alerts' } }],
    ['a long path', { alerts: { path: '/api/v1/organizations/A1b2C3d4/SecurityAlerts/audit/logs/V2' } }],
    ['ids in a path', { alerts: { path: '/5f8d0d55b54764421b7156d9/01ARZ3NDEKTSV4RRFFQ69G5FAV/x9/Audit' } }],
    ['ids alone', { params: { p: '5f8d0d55b54764421b7156d9/01ARZ3NDEKTSV4RRFFQ69G5FAV' } }],
    ['a query', { params: { q: 'Some+words/of/2026+that+People/search/For+V2' } }],
    ['a ULID', { params: { org: '01ARZ3NDEKTSV4RRFFQ69G5FAV' } }],
    [
      'a long name',
      { params: { applicationServicePrincipalDisplayName2: 'allTenantsOfTheWholeOrganisation2026' } },
    ],
  ])('is accepted in a profile: %s', (_, profile) => {
    expect(inEnvironment({ VALENCE_API_PROFILE: JSON.stringify(profile) })).toBe('');
    expect(inContext({ valenceApi: profile })).toBe('');
  });

  it.each([
    [
      'the host of a private link',
      'DATADOG_INTAKE_URL',
      'https://vpce-0a1b2c3d4e5f67890-abcd1234-us-east-1a.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com',
    ],
    ['a host of long words', 'VALENCE_BASE_URL', 'https://valenceforwarderprivateendpoint1.example.com'],
    [
      'a table that CloudFormation named',
      'STATE_TABLE',
      'ValenceForwarder-ForwarderStateTable4C9BE5A6-1ABC2DEF3GHI',
    ],
    [
      'a bucket that CloudFormation named',
      'QUARANTINE_BUCKET',
      'valenceforwarder-forwarderquarantinebucket48295ac6-1abc2def3ghi',
    ],
    ['any name of a bucket', 'QUARANTINE_BUCKET', `b-${HEX}`],
    ['a hash in a condition', 'EXCLUDE', `[{"stream":"audit-logs","where":{"actor":["${HEX}${HEX}"]}}]`],
  ])('is accepted: %s', (_, variable, value) => {
    expect(inEnvironment({ [variable]: value })).toBe('');
  });

  it('is accepted in settings of the stack: ids of keys, and pages of a wiki', () => {
    const key = `arn:aws:kms:eu-west-1:123456789012:key/mrk-${HEX}`;

    expect(inContext({ kmsKeyArn: key, runbookUrl: `https://wiki.example.com/Runbook-${HEX}` })).toBe('');
  });
});

it('standard base64 of 32 bytes and more is a key, with few exceptions', () => {
  const keys = Array.from({ length: 500 }, (_, index) =>
    createHash(index % 2 ? 'sha256' : 'sha512')
      .update(`${index}`)
      .digest('base64'),
  );

  expect(keys.filter((key) => !holdsKey(key)).length).toBeLessThan(15);
});
