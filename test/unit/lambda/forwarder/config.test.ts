import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../../lambda/forwarder/config.ts';
import { ConfigError } from '../../../../lambda/shared/errors.ts';

const REQUIRED = {
  VALENCE_SECRET_ID: 'valence/key',
  DATADOG_SECRET_ID: 'datadog/key',
  STATE_TABLE: 'state',
  QUARANTINE_BUCKET: 'quarantine',
};

const read = (change: Record<string, string | undefined> = {}) => readConfig({ ...REQUIRED, ...change });

/** The problems of an environment, none when it is right. */
function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

/** The one problem of an environment that is right but for a change. */
function problemOf(change: Record<string, string | undefined>): string {
  const problems = problemsOf({ ...REQUIRED, ...change });
  expect(problems).toHaveLength(1);
  return problems[0] ?? '';
}

describe('the configuration', () => {
  it('needs the names of the two secrets, the table and the bucket; every other setting has a default', () => {
    expect(read()).toMatchObject({
      tenant: 'default',
      streams: ['alerts', 'audit-logs'],
      valence: {
        origin: 'https://app.valencesecurity.com',
        secretId: 'valence/key',
        profile: { alerts: { path: '/api/v1/alerts', pageSize: 100, itemsPath: 'items', timeUnit: 's' } },
      },
      datadog: {
        site: 'datadoghq.com',
        intakeUrl: 'https://http-intake.logs.datadoghq.com/api/v2/logs',
        apiOrigin: 'https://api.datadoghq.com',
        secretId: 'datadog/key',
        tags: [],
        env: undefined,
      },
      stateTable: 'state',
      quarantineBucket: 'quarantine',
      alertUpdates: false,
      alertSeverities: undefined,
      initialLookbackSeconds: 43_200,
      settleSeconds: 120,
      lookbackSeconds: { alerts: 86_400, 'audit-logs': 86_400 },
      parallelSlices: 4,
      runSummaryLogs: false,
    });
  });

  it('takes every setting', () => {
    const config = read({
      TENANT: 'acme-eu',
      VALENCE_REGION: 'eu',
      VALENCE_API_PROFILE: '{"alerts":{"path":"/v2/alerts"},"timeUnit":"ms","volatileFields":["lastSeen"]}',
      DATADOG_SITE: 'datadoghq.eu',
      DATADOG_TAGS: 'team:soc, site:eu',
      DATADOG_ENV: 'prod',
      COLLECT_AUDIT_LOGS: 'false',
      ALERT_UPDATES: 'true',
      ALERT_SEVERITIES: 'Critical, High',
      INITIAL_LOOKBACK_SECONDS: '0',
      SETTLE_SECONDS: '60',
      LOOKBACK_SECONDS: '0',
      ALERT_LOOKBACK_SECONDS: '60',
      PARALLEL_SLICES: '16',
    });

    expect(config).toMatchObject({
      tenant: 'acme-eu',
      streams: ['alerts'],
      valence: {
        origin: 'https://appeu.valencesecurity.com',
        profile: {
          alerts: { path: '/v2/alerts', pageSize: 100, timeUnit: 'ms', volatileFields: ['lastSeen'] },
          auditLogs: { timeUnit: 'ms', volatileFields: ['lastSeen'] },
        },
      },
      datadog: {
        intakeUrl: 'https://http-intake.logs.datadoghq.eu/api/v2/logs',
        apiOrigin: 'https://api.datadoghq.eu',
        tags: ['team:soc', 'site:eu'],
        env: 'prod',
      },
      alertUpdates: true,
      alertSeverities: new Set(['Critical', 'High']),
      initialLookbackSeconds: 0,
      settleSeconds: 60,
      lookbackSeconds: { alerts: 60, 'audit-logs': 0 },
      parallelSlices: 16,
    });
  });

  it('treats a length of 0 as 0, never as not set', () => {
    const zero = read({
      INITIAL_LOOKBACK_SECONDS: '0',
      SETTLE_SECONDS: '0',
      LOOKBACK_SECONDS: '7200',
      ALERT_LOOKBACK_SECONDS: '0',
    });

    expect(zero).toMatchObject({
      initialLookbackSeconds: 0,
      settleSeconds: 0,
      lookbackSeconds: { alerts: 0, 'audit-logs': 7200 },
    });
    expect(read({ LOOKBACK_SECONDS: '0', ALERT_LOOKBACK_SECONDS: '7200' })).toMatchObject({
      lookbackSeconds: { alerts: 7200, 'audit-logs': 0 },
    });
  });

  it('takes other addresses of the services', () => {
    const config = read({
      VALENCE_BASE_URL: 'https://valence.example.com',
      DATADOG_INTAKE_URL: 'http://127.0.0.1:8080',
      DATADOG_API_URL: 'http://localhost:8080',
    });

    expect(config.valence.origin).toBe('https://valence.example.com');
    expect(config.datadog).toMatchObject({
      intakeUrl: 'http://127.0.0.1:8080/api/v2/logs',
      apiOrigin: 'http://localhost:8080',
    });
  });

  it('counts an empty variable as not set', () => {
    expect(read({ DATADOG_ENV: '', DATADOG_SITE: '  ', ALERT_SEVERITIES: '' })).toEqual(read());
    expect(read({ ALERT_SEVERITIES: ' , ' })).toEqual(read());
  });
});

describe('the look-back for alerts', () => {
  const lookback = (change: Record<string, string>) => read(change).lookbackSeconds;

  it('is that of all records, but 30 days when changed alerts are forwarded', () => {
    expect(lookback({ LOOKBACK_SECONDS: '7200' })).toEqual({ alerts: 7200, 'audit-logs': 7200 });
    expect(lookback({ LOOKBACK_SECONDS: '7200', ALERT_UPDATES: 'true' })).toEqual({
      alerts: 2_592_000,
      'audit-logs': 7200,
    });
  });

  it('is the configured one, also with changed alerts', () => {
    const given = { ALERT_UPDATES: 'true', ALERT_LOOKBACK_SECONDS: '3600' };
    expect(lookback(given)).toEqual({ alerts: 3600, 'audit-logs': 86_400 });
  });

  it('is switched off by 0, which is not the same as not set', () => {
    expect(lookback({ ALERT_LOOKBACK_SECONDS: '0' })).toEqual({ alerts: 0, 'audit-logs': 86_400 });
    expect(lookback({ ALERT_LOOKBACK_SECONDS: '0', ALERT_UPDATES: 'true' })).toEqual({
      alerts: 0,
      'audit-logs': 86_400,
    });
  });
});

describe('a wrong configuration', () => {
  it.each([
    ['VALENCE_REGION', 'us-east-1', 'us, eu'],
    ['DATADOG_SITE', 'datadog.com', 'datadoghq.com, us3.datadoghq.com'],
  ])('F75 names %s, its value and the allowed ones', (key, value, allowed) => {
    const problem = problemOf({ [key]: value });

    expect(problem).toContain(`${key} = "${value}"`);
    expect(problem).toContain(`Allowed: ${allowed}`);
  });

  it.each(Object.keys(REQUIRED))('F76 names %s when it is missing', (key) => {
    expect(problemOf({ [key]: undefined })).toMatch(new RegExp(`^${key}: is not set\\.`));
  });

  it.each(['VALENCE_SECRET_ID', 'DATADOG_SECRET_ID'])('F76 never shows the value of %s', (key) => {
    const misplacedKey = 'dd-api-key-put-here-by-mistake';

    const problems = problemsOf({ [key]: misplacedKey, DATADOG_SITE: 'wrong' });

    expect(problems.join()).not.toContain(misplacedKey);
  });

  it.each([
    'INITIAL_LOOKBACK_SECONDS',
    'SETTLE_SECONDS',
    'LOOKBACK_SECONDS',
    'ALERT_LOOKBACK_SECONDS',
    'PARALLEL_SLICES',
  ])('F77 refuses for %s what is no whole number in its range', (key) => {
    for (const value of ['"300"', 'NaN', '1e9', '1.5', 'soon']) {
      expect(problemOf({ [key]: value })).toMatch(
        new RegExp(`^${key} = .*: is not a whole number. Allowed: `),
      );
    }
    for (const value of ['-1', '99999999999']) {
      expect(problemsOf({ ...REQUIRED, [key]: value }).join()).toMatch(
        new RegExp(`${key} = "${value}": is (negative|less than 1|more than \\d+)\\. Allowed: `),
      );
    }
  });

  it.each(['LOOKBACK_SECONDS', 'ALERT_LOOKBACK_SECONDS'])('F78 refuses %s below the settle time', (key) => {
    expect(problemOf({ [key]: '100' })).toContain(`${key} = "100": is shorter than SETTLE_SECONDS`);
    expect(problemsOf({ ...REQUIRED, [key]: '120' })).toEqual([]);
  });

  it('F79 refuses to forward nothing', () => {
    expect(problemOf({ COLLECT_ALERTS: 'false', COLLECT_AUDIT_LOGS: 'false' })).toContain(
      'nothing would be forwarded',
    );
  });

  it.each(['VALENCE_BASE_URL', 'DATADOG_INTAKE_URL', 'DATADOG_API_URL'])(
    'F80 refuses to send a key to %s in clear text',
    (key) => {
      expect(problemOf({ [key]: 'http://valence.example.com' })).toContain('clear text');
      expect(problemOf({ [key]: 'ftp://example.com' })).toContain('is not an https URL');
      expect(problemOf({ [key]: 'http://127.0.0.1.example.com' })).toContain('clear text');
      expect(problemOf({ [key]: 'not a url' })).toContain('is not a URL');
    },
  );

  it.each([
    ['TENANT', 'Acme Inc'],
    ['DATADOG_TAGS', 'team:soc,untagged'],
    ['DATADOG_ENV', 'a,b'],
    ['COLLECT_ALERTS', 'yes'],
    ['ALERT_SEVERITIES', 'severe'],
    ['VALENCE_API_PROFILE', '{broken'],
    ['VALENCE_API_PROFILE', '{"itemsPaths":"items"}'],
    ['REDACT', '{"remov":["actor"]}'],
  ])('refuses %s = %s', (key, value) => {
    expect(problemOf({ [key]: value })).toContain(key);
  });

  it('F75 to F80 are reported together, one line each, in one message', () => {
    const environment = {
      ...REQUIRED,
      STATE_TABLE: undefined,
      VALENCE_REGION: 'mars',
      DATADOG_SITE: 'wrong',
      LOOKBACK_SECONDS: '1',
      COLLECT_ALERTS: 'false',
      COLLECT_AUDIT_LOGS: 'false',
      VALENCE_BASE_URL: 'http://example.com',
      PARALLEL_SLICES: '0',
    };

    expect(problemsOf(environment)).toHaveLength(7);
    expect(() => readConfig(environment)).toThrow(/The configuration has 7 problems:\n(?: {2}- .+\n?){7}$/);
  });
});
