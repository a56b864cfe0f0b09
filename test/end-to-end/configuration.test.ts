import { describe, expect } from 'vitest';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

/** Whether an invocation left the world as it was: nothing read, nothing posted, nothing written. */
const untouched = (tenant: Tenant) => ({
  writes: tenant.writes(),
  read: tenant.valence.requests.length,
  posted: tenant.datadog.requests.length,
});
const NOTHING = { writes: 0, read: 0, posted: 0 };

const WRONG: [name: string, environment: Record<string, string>, ...said: string[]][] = [
  ['F75 a region that is none', { VALENCE_REGION: 'us-east-1' }, 'VALENCE_REGION', 'us-east-1', 'us, eu'],
  [
    'F75 an unknown site',
    { DATADOG_SITE: 'datadog.com' },
    'DATADOG_SITE',
    'datadog.com',
    'us3.datadoghq.com',
  ],
  ['F77 a number that is text', { SETTLE_SECONDS: 'soon' }, 'SETTLE_SECONDS', 'soon', '0 to 3600'],
  ['F77 NaN', { LOOKBACK_SECONDS: 'NaN' }, 'LOOKBACK_SECONDS', 'NaN'],
  ['F77 a negative number', { INITIAL_LOOKBACK_SECONDS: '-1' }, 'INITIAL_LOOKBACK_SECONDS', '-1', '2592000'],
  ['F77 a number that is far too large', { PARALLEL_SLICES: '1000000000' }, 'PARALLEL_SLICES', '1 to 16'],
  [
    'F78 a look-back below settle',
    { LOOKBACK_SECONDS: '60', SETTLE_SECONDS: '120' },
    'LOOKBACK_SECONDS',
    'SETTLE_SECONDS',
  ],
  [
    'F79 both streams off',
    { COLLECT_ALERTS: 'false', COLLECT_AUDIT_LOGS: 'false' },
    'COLLECT_AUDIT_LOGS',
    'COLLECT_ALERTS',
  ],
  [
    'F80 an http address that is not loopback',
    { VALENCE_BASE_URL: 'http://valence.example' },
    'VALENCE_BASE_URL',
    'loopback',
  ],
  [
    'F80 an http intake that is not loopback',
    { DATADOG_INTAKE_URL: 'http://169.254.169.254' },
    'DATADOG_INTAKE_URL',
    'loopback',
  ],
  ['a profile that is no JSON', { VALENCE_API_PROFILE: '{"alerts":' }, 'VALENCE_API_PROFILE', 'JSON'],
  [
    'a profile with an unknown key',
    { VALENCE_API_PROFILE: '{"itemsPaths":"x"}' },
    'VALENCE_API_PROFILE',
    'itemsPaths',
  ],
  ['a tag that is none', { DATADOG_TAGS: 'team' }, 'DATADOG_TAGS', 'key:value'],
  ['no table', { STATE_TABLE: '' }, 'STATE_TABLE', 'not set'],
];

it.for(WRONG)(
  '%s: a configuration error with the allowed values, and no state changes',
  async ([, environment, ...said], { tenant }) => {
    const { name, message } = await tenant.failure({ environment });

    expect(name).toBe('ConfigError');
    for (const part of said) expect(message).toContain(part);
    expect(untouched(tenant)).toEqual(NOTHING);
    expect(tenant.aws.secretsManager.requests).toEqual([]);
  },
);

it('all problems are reported at once', async ({ tenant }) => {
  const environment = Object.assign({}, ...WRONG.map(([, one]) => one)) as Record<string, string>;

  const { name, message } = await tenant.failure({ environment });

  expect(name).toBe('ConfigError');
  for (const key of Object.keys(environment)) expect(message).toContain(key);
  expect(untouched(tenant)).toEqual(NOTHING);
});

const SECRETS: [name: string, value: string | null | undefined, code: string][] = [
  ['missing', undefined, 'secret-missing'],
  ['without a value', null, 'secret-empty'],
  ['blank', ' \n', 'secret-empty'],
  ['a placeholder', 'REPLACE_ME', 'secret-placeholder'],
  ['JSON of another shape', '{"key":"planted-valence-key-7f3a"}', 'secret-unusable'],
  ['in quotes', '"planted-valence-key-7f3a"', 'secret-unusable'],
];

describe('F76 a secret', () => {
  it.for(SECRETS)(
    '%s: an error that explains how to store the key, and no state changes',
    async ([, value, code], { tenant }) => {
      const { secrets } = tenant.aws.secretsManager;
      if (value === undefined) secrets.delete('valence-api-key');
      else secrets.set('valence-api-key', value);

      const { name, message } = await tenant.failure();

      expect(name).toBe('RunFailed');
      expect(message).toContain(`(${code})`);
      expect(message).toContain('aws secretsmanager put-secret-value --secret-id valence-api-key');
      expect(untouched(tenant)).toEqual(NOTHING);
    },
  );

  it('both wrong: reported at once', async ({ tenant }) => {
    tenant.aws.secretsManager.secrets.set('valence-api-key', null).set('datadog-api-key', 'changeme');

    const { message } = await tenant.failure();

    expect(message).toContain('valence-api-key');
    expect(message).toContain('datadog-api-key');
    expect(untouched(tenant)).toEqual(NOTHING);
  });

  it.for(['KEY\n', '{"apiKey":"KEY"}', ' {"apiKey": "KEY\\n"} \n'])(
    '%j is read as its key',
    async (form, { tenant }) => {
      const { secrets } = tenant.aws.secretsManager;
      for (const [name, key] of secrets) secrets.set(name, form.replace('KEY', String(key)));
      tenant.valence.auditLogs.add(auditRecords(3, tenant.now() - 10));

      const result = await tenant.run();

      expect(result.streams['audit-logs']?.forwarded).toBe(3);
    },
  );
});

describe('the check action', () => {
  it('reports every finding as ok, and writes nothing', async ({ tenant }) => {
    const checks = await tenant.check();

    expect(checks.map(({ name }) => name).toSorted()).toEqual([
      'datadog-key',
      'datadog-secret',
      'quarantine-bucket',
      'state-table',
      'valence-alerts',
      'valence-audit-logs',
      'valence-secret',
    ]);
    expect(checks.filter(({ ok, fix }) => !ok || fix !== null)).toEqual([]);
    expect(tenant.writes()).toBe(0);
    expect(tenant.datadog.logs).toEqual([]);
    expect(tenant.aws.s3.objects.size).toBe(0);
  });

  const found = async (tenant: Tenant, environment = {}) =>
    (await tenant.check({ environment })).filter(({ ok }) => !ok);

  it('reports refused keys as findings with a fix, and does not throw', async ({ tenant }) => {
    tenant.valence.apiKey = 'another';
    tenant.datadog.apiKey = 'another';

    const findings = await found(tenant);

    expect(findings.map(({ name }) => name).toSorted()).toEqual([
      'datadog-key',
      'valence-alerts',
      'valence-audit-logs',
    ]);
    for (const { name, fix } of findings) {
      expect(fix).toContain(
        name === 'datadog-key' ? '--secret-id datadog-api-key' : '--secret-id valence-api-key',
      );
    }
    expect(tenant.writes()).toBe(0);
  });

  it('reports a missing table and a missing bucket with their settings', async ({ tenant }) => {
    const findings = await found(tenant, { STATE_TABLE: 'nowhere', QUARANTINE_BUCKET: 'nothing' });

    expect(findings.map(({ name }) => name).toSorted()).toEqual(['quarantine-bucket', 'state-table']);
    const fixes = findings.map(({ fix }) => fix).join(' ');
    expect(fixes).toContain('STATE_TABLE');
    expect(fixes).toContain('QUARANTINE_BUCKET');
  });

  it('reports an empty secret and a profile that does not fit', async ({ tenant }) => {
    tenant.aws.secretsManager.secrets.set('datadog-api-key', null);

    const findings = await found(tenant, { VALENCE_API_PROFILE: '{"alerts":{"itemsPath":"rows"}}' });

    const byName = Object.fromEntries(findings.map(({ name, fix }) => [name, fix]));
    expect(byName['datadog-secret']).toContain('put-secret-value');
    expect(byName['valence-alerts']).toContain('itemsPath');
    expect(byName['valence-audit-logs']).toBeUndefined();
  });
});

it('an unknown action is an error that names the known ones', async ({ tenant }) => {
  const { message } = await tenant.failure({ event: { action: 'backfil' } });

  for (const action of ['check', 'backfill', 'replay']) expect(message).toContain(action);
  expect(untouched(tenant)).toEqual(NOTHING);
});

const FROM = 1_767_000_000;

it.for<[string, object, string[]]>([
  ['nothing else', { action: 'backfill' }, ['stream: is not set', 'from: is not set', 'to: is not set']],
  ['a wrong stream', { action: 'backfill', stream: 'events', from: FROM, to: FROM + 1 }, ['audit-logs']],
  [
    'milliseconds',
    { action: 'backfill', stream: 'alerts', from: FROM, to: FROM * 1000 },
    ['to: is more than'],
  ],
  ['dates', { action: 'backfill', stream: 'alerts', from: '2026-01-01', to: FROM }, ['from: is not a whole']],
  [
    'its end first',
    { action: 'backfill', stream: 'alerts', from: FROM, to: FROM },
    ['to: is not later than'],
  ],
  ['no text for a prefix', { action: 'replay', prefix: 7 }, ['prefix: is not text']],
  ['the prefix of another tenant', { action: 'replay', prefix: 'quarantine/other/' }, ['quarantine/acme/']],
  ['the prefix of a namesake', { action: 'replay', prefix: 'quarantine/acme' }, ['quarantine/acme/']],
  ['the whole bucket', { action: 'replay', prefix: '/' }, ['quarantine/acme/']],
])(
  'an action with %s is refused with what is allowed, and no state changes',
  async ([, event, says], { tenant }) => {
    const { name, message } = await tenant.failure({ event });

    expect(name).toBe('ActionError');
    for (const text of says) expect(message).toContain(text);
    expect(untouched(tenant)).toEqual(NOTHING);
  },
);

it('a backfill of a stream that is switched off is refused', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });

  const { name, message } = await tenant.failure({
    event: { action: 'backfill', stream: 'alerts', from: FROM, to: FROM + 1 },
  });

  expect([name, message]).toEqual(['ActionError', expect.stringContaining('alerts is switched off')]);
  expect(untouched(tenant)).toEqual(NOTHING);
});

it.for([
  ["the schedule's own event", { version: '0', source: 'aws.scheduler', detail: {} }],
  ['an event without content', null],
  ['text', 'anything'],
])('%s starts a normal run', async ([, event], { tenant }) => {
  tenant.valence.auditLogs.add(auditRecords(3, tenant.now() - 10));

  const result = await tenant.run({ event });

  expect(result).toMatchObject({ status: 'ok', streams: { 'audit-logs': { forwarded: 3 } } });
});
