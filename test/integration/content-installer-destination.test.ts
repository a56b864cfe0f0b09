import { describe, expect } from 'vitest';
import type { Destination } from '../../lambda/content-installer/content-item.ts';
import { type DatadogApi, startDatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import type { Resources } from '../support/cloudformation.ts';
import { ALL_ITEMS, dashboard, resourcesOf, rule } from '../support/content-items.ts';
import { API_KEY_SECRET, APP_KEY_SECRET, type Installation, useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

const sizes = ({ objects }: DatadogApi) => Object.values(objects).map(({ size }) => size);

const FIRST = { Site: 'datadoghq.com', ApiKeySecret: API_KEY_SECRET, AppKeySecret: APP_KEY_SECRET };
const SECOND = { Site: 'datadoghq.eu', ApiKeySecret: 'other-api-key', AppKeySecret: 'other-app-key' };

/** Resources of items at a destination. */
const at = (destination: Destination, ...items: typeof ALL_ITEMS): Resources =>
  Object.fromEntries(
    Object.entries(resourcesOf(...items)).map(([id, properties]) => [
      id,
      { ...properties, Destination: destination },
    ]),
  );

/** A second organisation, whose keys are in secrets of their own. */
async function secondOrganisation(place: Installation) {
  const datadog = await startDatadogApi({ apiKey: 'second-api-key', appKey: 'second-app-key' });
  place.secrets.set('other-api-key', 'second-api-key');
  place.secrets.set('other-app-key', 'second-app-key');
  return {
    datadog,
    first: { ...FIRST, ApiUrl: place.datadog.origin },
    second: { ...SECOND, ApiUrl: datadog.origin },
    [Symbol.asyncDispose]: () => datadog.close(),
  };
}

describe('another destination', () => {
  it('gets everything, and the former one keeps nothing', async ({ place }) => {
    await using other = await secondOrganisation(place);
    await place.stack.deploy(at(other.first, ...ALL_ITEMS));
    const before = [...place.stack.physicalIds.values()];

    expect(await place.stack.deploy(at(other.second, ...ALL_ITEMS))).toBe(true);

    expect(sizes(place.datadog)).toEqual([0, 0, 0, 0]);
    expect(sizes(other.datadog)).toEqual([1, 1, 1, 1]);
    // Both organisations number alike; CloudFormation deletes the former object only if the ids differ.
    expect([...place.stack.physicalIds.values()].filter((id) => before.includes(id))).toEqual([]);

    expect(await place.stack.deploy(at(other.second, dashboard({ title: 'New' })))).toBe(true);
    expect([...other.datadog.objects.dashboard.values()]).toMatchObject([{ title: 'New' }]);
    expect(await place.stack.destroy()).toBe(true);
    expect(sizes(other.datadog)).toEqual([0, 0, 0, 0]);
  });

  it('is left again when a later resource fails', async ({ place }) => {
    await using other = await secondOrganisation(place);
    await place.stack.deploy(at(other.first, dashboard(), rule()));
    const before = structuredClone(Object.values(place.datadog.objects).map((kind) => [...kind.keys()]));

    expect(await place.stack.deploy(at(other.second, dashboard(), rule({ cases: [] })))).toBe(false);

    expect(Object.values(place.datadog.objects).map((kind) => [...kind.keys()])).toEqual(before);
    expect(sizes(other.datadog)).toEqual([0, 0, 0, 0]);
    expect(await place.stack.destroy()).toBe(true);
    expect(sizes(place.datadog)).toEqual([0, 0, 0, 0]);
  });

  it('may be the same organisation under another name: its objects stay', async ({ place }) => {
    const first = { ...FIRST, ApiUrl: place.datadog.origin };
    await place.stack.deploy(at(first, ...ALL_ITEMS));
    const before = new Map(place.stack.physicalIds);
    place.secrets.set('renamed-api-key', place.secrets.get(API_KEY_SECRET) ?? '');

    expect(await place.stack.deploy(at({ ...first, ApiKeySecret: 'renamed-api-key' }, ...ALL_ITEMS))).toBe(
      true,
    );

    expect(new Map(place.stack.physicalIds)).toEqual(before);
    expect(sizes(place.datadog)).toEqual([1, 1, 1, 1]);
  });

  it('of a resource that an earlier version installed is the one of the function', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = new Map(place.stack.physicalIds);

    expect(await place.stack.deploy(at({ ...FIRST, ApiUrl: place.datadog.origin }, ...ALL_ITEMS))).toBe(true);

    expect(new Map(place.stack.physicalIds)).toEqual(before);
    expect(sizes(place.datadog)).toEqual([1, 1, 1, 1]);
  });
});

describe('an event that CloudFormation did not send', () => {
  const FOREIGN = [
    'https://datadog.attacker.test',
    'https://api.datadoghq.com.attacker.test',
    'https://api.datadoghq.com:8443',
    // A proxy would take it for an address of its own machine.
    'https://localhost:8443',
  ];
  for (const ApiUrl of FOREIGN) {
    it(`cannot have the keys sent to ${ApiUrl}`, async ({ place }) => {
      expect(await place.stack.deploy(at({ ...FIRST, ApiUrl }, dashboard()))).toBe(false);

      const failed = place.stack.events.find(({ Status }) => Status === 'FAILED');
      expect(failed?.Reason).toContain(`The keys are not sent to ${ApiUrl}`);
    });
  }

  it('changes nothing if its answer would go elsewhere', async ({ place }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    const before = place.datadog.requests.length;
    place.environment['CLOUDFORMATION_RESPONSE_ORIGIN'] = 'https://bucket.attacker.test';

    await place.stack.deploy(resourcesOf(dashboard({ title: 'Forged' }))).catch(() => undefined);

    expect(place.datadog.requests.slice(before)).toEqual([]);
    expect(place.outcomes.at(-1)).toMatchObject({
      ok: false,
      error: expect.stringContaining('does not belong to CloudFormation'),
    });
  });
});

describe('a deletion', () => {
  it('goes where the item was installed, wherever the function would install one now', async ({ place }) => {
    await using other = await secondOrganisation(place);
    await place.stack.deploy(at(other.first, dashboard()));
    Object.assign(place.environment, {
      DATADOG_API_URL: other.datadog.origin,
      DATADOG_SECRET_ID: 'other-api-key',
      DATADOG_APP_KEY_SECRET_ID: 'other-app-key',
    });

    expect(await place.stack.destroy()).toBe(true);

    expect(sizes(place.datadog)).toEqual([0, 0, 0, 0]);
    expect(other.datadog.requests).toEqual([]);
  });

  it('says what it could not remove, and where', async ({ place }) => {
    await using other = await secondOrganisation(place);
    await place.stack.deploy(at(other.first, dashboard()));
    place.datadog.appKey = 'revoked';

    await place.stack.deploy(at(other.second, dashboard()));

    expect(sizes(other.datadog)).toEqual([0, 1, 0, 0]);
    const { RequestType, Status, Reason } = place.stack.events.at(-1) ?? {};
    expect([RequestType, Status]).toEqual(['Delete', 'FAILED']);
    expect(Reason).toContain(
      `The dashboard "Valence overview" (das-000-001) was not removed from Datadog (datadoghq.com, ${place.datadog.origin})`,
    );
    expect(Reason).toMatch(/the application key is not.*Fix: .*delete it there by hand/);
  });
});
