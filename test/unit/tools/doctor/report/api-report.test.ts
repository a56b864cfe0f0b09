import { expect, it } from 'vitest';
import { resolveApiProfile } from '../../../../../lambda/settings/api-profile.ts';
import type { ProbedEndpoint } from '../../../../../tools/doctor/probe-endpoint.ts';
import { apiReport } from '../../../../../tools/doctor/report/api-report.ts';

it('holds no value of a profile that an operator wrote', () => {
  const profile = resolveApiProfile({
    alerts: { path: '/v1/tenants/4711/list' },
    headers: { 'x-tenant': 'acme-secret' },
    params: { tenant: 'acme-secret' },
    rangeTemplate: { name: 'q', value: "tenant eq 'acme-secret' and at ge {from} and at le {to}" },
    pagination: { endCursors: ['acme-secret'] },
  }).alerts;
  const requests = { exchanges: [], used: () => ({ finding: 0, reading: 0 }) };
  const probed = { endpoint: 'alerts', findings: [], isTried: false, profile, requests };

  const text = JSON.stringify(apiReport([probed as unknown as ProbedEndpoint]));

  expect(text).not.toMatch(/acme|4711/);
  expect(text).toContain('"path":"/v1/tenants/*/list"');
});
