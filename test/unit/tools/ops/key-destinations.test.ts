import { describe, expect, it } from 'vitest';
import { resolveApiProfile } from '../../../../lambda/settings/api-profile.ts';
import { VALENCE_ORIGINS } from '../../../../lambda/shared/valence-regions.ts';
import { withheld, withheldRequests } from '../../../../tools/ops/key-destinations.ts';

const ORIGIN = VALENCE_ORIGINS.us;
const LOOPBACK = 'http://127.0.0.1:8080';
const NONE = { named: [], isLocal: false };
const ENDPOINTS = ['alerts', 'alertTypes', 'auditLogs'] as const;

const refusal = (
  overrides: Parameters<typeof resolveApiProfile>[0],
  { origin = ORIGIN as string, destinations = NONE as Parameters<typeof withheldRequests>[2] } = {},
) => withheldRequests({ origin, profile: resolveApiProfile(overrides) }, ENDPOINTS, destinations);

describe('where keys may go from the machine of an operator', () => {
  it('sends the default reads to Valence', () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ alertTypes: null, itemsPath: 'data', volatileFields: ['lastSeen'] })).toBeUndefined();
  });

  it.each([
    ['a method', { alerts: { method: 'POST' } }],
    ['a path', { alerts: { path: '/api/v1/users' } }],
    ['a parameter', { params: { role: 'Admin' } }],
    ['the name of a parameter', { fromParam: 'role' }],
    ['a page size', { alerts: { pageSize: 7 } }],
    ['a template of a range', { rangeTemplate: { name: 'q', value: 'drop {from}' } }],
    ['a header', { headers: { 'x-action': 'delete' } }],
    ['another way to send the key', { auth: { query: 'token' } }],
    ['another header for the key', { auth: { header: 'x-key', scheme: null } }],
    ['links to other paths', { pagination: { style: 'url' as const, nextUrlPath: 'items.0.summaryLine' } }],
    [
      'an exchange of the key',
      { auth: { exchange: { path: '/keys', json: { key: '{key}' }, tokenPath: 't', expiresInPath: null } } },
    ],
  ])('shows requests with %s, and sends them once all of them are named', (_, overrides) => {
    const found = refusal(overrides as Parameters<typeof resolveApiProfile>[0]);

    const lines = [...(found?.fix ?? '').matchAll(/--send-keys-to (?:'(.*?)'|(\S+))(?=[. ])/g)].map(
      ([, quoted, plain]) => quoted ?? plain ?? '',
    );
    expect(found?.level).toBe('warn');
    for (const line of lines) expect(found?.message).toContain(line);
    const named = (some: readonly string[]) =>
      refusal(overrides as Parameters<typeof resolveApiProfile>[0], {
        destinations: { named: some, isLocal: false },
      });
    expect(named(lines)).toBeUndefined();
    expect(named(lines.slice(1))).toBeDefined();
    expect(named([ORIGIN])).toBeDefined();
  });

  it('takes a prefix of all paths for other requests', () => {
    expect(refusal({}, { origin: `${ORIGIN}/api/v1/users` })?.message).toContain(
      `GET ${ORIGIN}/api/v1/users/api/v1/alerts`,
    );
  });

  it('exempts loopback only for a forwarder on this machine', () => {
    expect(refusal({}, { origin: LOOPBACK })?.fix).toContain(`--send-keys-to ${LOOPBACK}.`);
    expect(withheld('datadog.key', 'Datadog', LOOPBACK, NONE)).toBeDefined();
    expect(withheld('proxy', 'proxy', LOOPBACK, NONE)).toBeDefined();

    const local = { named: [], isLocal: true };
    expect(refusal({ method: 'POST' }, { origin: LOOPBACK, destinations: local })).toBeUndefined();
    expect(withheld('datadog.key', 'Datadog', LOOPBACK, local)).toBeUndefined();
    expect(refusal({ method: 'POST' }, { destinations: local })).toBeDefined();
  });
});
