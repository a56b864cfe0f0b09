import { expect, it } from 'vitest';
import { resolveApiProfile } from '../../../../lambda/settings/api-profile.ts';
import { axiosTransport } from '../../../../lambda/shared/axios-transport.ts';
import { checkDatadog } from '../../../../tools/doctor/check-datadog.ts';
import { checkValence } from '../../../../tools/doctor/check-valence.ts';
import { startDatadogIntake } from '../../../../tools/stand-ins/datadog/intake.ts';
import { startValenceApi } from '../../../../tools/stand-ins/valence/api.ts';
import { stubKey } from '../../../support/outside-world.ts';

const transport = axiosTransport();

it('names the Valence region in which the key works', async () => {
  const [us, eu] = await Promise.all(['key-of-us', 'key-of-eu'].map((apiKey) => startValenceApi({ apiKey })));
  const origins = { us: us?.origin ?? '', eu: eu?.origin ?? '' };
  const valence = { origin: origins.us, secretId: '', profile: resolveApiProfile({}) };

  const { findings, proposal } = await checkValence({
    transport,
    apiKey: stubKey('key-of-eu'),
    config: { valence, streams: ['alerts'] },
    overrides: {},
    origins,
  });
  await Promise.all([us?.close(), eu?.close()]);

  expect(findings).toMatchObject([
    { name: 'valence.key', level: 'fail', fix: expect.stringContaining('"eu"') },
  ]);
  expect(proposal).toBeUndefined();
});

it('sends the key nowhere else when the address of Valence was chosen by hand', async () => {
  const [own, eu] = await Promise.all(
    ['another-key', 'key-of-eu'].map((apiKey) => startValenceApi({ apiKey })),
  );
  const valence = { origin: own?.origin ?? '', secretId: '', profile: resolveApiProfile({}) };

  await checkValence({
    transport,
    apiKey: stubKey('key-of-eu'),
    config: { valence, streams: ['alerts'] },
    overrides: {},
    origins: { us: 'http://127.0.0.1:1', eu: eu?.origin ?? '' },
  });
  await Promise.all([own?.close(), eu?.close()]);

  expect(eu?.requests).toEqual([]);
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
