import { expect, it } from 'vitest';
import { resolveApiProfile } from '../../../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../../../lambda/shared/axios-transport.ts';
import type { Transport } from '../../../../lambda/shared/http.ts';
import { checkDatadog } from '../../../../tools/doctor/check-datadog.ts';
import { checkValence } from '../../../../tools/doctor/check-valence.ts';
import { startDatadogIntake } from '../../../../tools/stand-ins/datadog/intake.ts';
import { startValenceApi } from '../../../../tools/stand-ins/valence/api.ts';
import { stubClock, stubKey } from '../../../support/outside-world.ts';

const transport = axiosTransport();

it('sends the key nowhere but to the address that is set, also when it is refused there', async () => {
  const own = await startValenceApi({ apiKey: 'another-key' });
  const hosts = new Set<string>();
  const watched: Transport = (request) => {
    hosts.add(new URL(request.url).origin);
    return transport(request);
  };

  const { findings, proposal } = await checkValence({
    transport: watched,
    apiKey: stubKey('key-of-eu'),
    config: {
      valence: { origin: own.origin, secretId: '', profile: resolveApiProfile({}) },
      streams: ['alerts', 'audit-logs'],
    },
    clock: stubClock(),
  });
  await own.close();

  expect([...hosts]).toEqual([own.origin]);
  expect(findings[0]).toMatchObject({ level: 'fail', fix: expect.stringContaining('VALENCE_REGION') });
  expect(proposal).toBeUndefined();
});

it('F51 names the Datadog site that accepts the key', async () => {
  const [com, eu] = await Promise.all(
    ['key-of-com', 'key-of-eu'].map((apiKey) => startDatadogIntake({ apiKey })),
  );
  const originOf = (site: string) => (site === 'datadoghq.eu' ? eu : com)?.origin ?? '';

  const finding = await checkDatadog({
    transport,
    apiKey: stubKey('key-of-eu'),
    site: 'datadoghq.com',
    origin: originOf('datadoghq.com'),
    originOf,
  });
  await Promise.all([com?.close(), eu?.close()]);

  expect(finding).toMatchObject({ level: 'fail', fix: expect.stringContaining('datadoghq.eu') });
});
