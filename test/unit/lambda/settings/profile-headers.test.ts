import { describe, expect, it } from 'vitest';
import { apiProfileOverrides } from '../../../../lambda/settings/api-profile.ts';

const problemsOf = (overrides: unknown): string[] =>
  (apiProfileOverrides.safeParse(overrides).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('refused overrides', () => {
  it.each([
    [
      'Authorization',
      { headers: { Authorization: 'x' } },
      'headers.Authorization: carries a credential; use auth',
    ],
    ['x-api-key', { headers: { 'x-api-key': 'x' } }, 'headers.x-api-key: carries a credential; use auth'],
    [
      'Cookie',
      { alerts: { headers: { Cookie: 'x' } } },
      'alerts.headers.Cookie: carries a credential; use auth',
    ],
  ])(
    'include the fixed header %s, because credentials come from the secret alone',
    (_, overrides, problem) => {
      expect(problemsOf(overrides)).toEqual([problem]);
    },
  );

  it.each([
    'Host',
    'connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'content-length',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Connection',
  ])('F34 include the header %s, which is that of the connection, fixed or for the key', (name) => {
    const problem = 'belongs to the connection, which sets it itself';
    expect(problemsOf({ headers: { [name]: 'attacker.example.net' } })).toEqual([
      `headers.${name}: ${problem}`,
    ]);
    expect(problemsOf({ auth: { header: name, scheme: null } })).toEqual([`auth.header: ${problem}`]);
    expect(problemsOf({ alerts: { auth: { header: name }, headers: { [name]: 'x' } } })).toEqual([
      `alerts.auth.header: ${problem}`,
      `alerts.headers.${name}: ${problem}`,
    ]);
  });

  it.each(['x\r\nHost: y', 'x\n', '\tx', 'x\u0000', 'x\u0085', 'x\u2028', '\u{1f600}'])(
    'include the header value %j, and do not show it',
    (value) => {
      const problem = 'holds line breaks or other characters that no header can carry';
      expect(problemsOf({ headers: { 'X-Tenant': value }, auth: { scheme: value } })).toEqual([
        `auth.scheme: ${problem}`,
        `headers.X-Tenant: ${problem}`,
      ]);
    },
  );
});
