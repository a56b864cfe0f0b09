import { describe, expect } from 'vitest';
import { contentItems } from '../../infra/datadog/content.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { KINDS, noteOf } from '../../lambda/content-installer/kinds.ts';
import type { DatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import type { CustomResourceStack, Resources } from '../support/cloudformation.ts';
import { ALL_ITEMS, dashboard, propertiesOf, resourcesOf, rule } from '../support/content-items.ts';
import { type Installation, useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

const idsIn = ({ objects }: DatadogApi) => Object.values(objects).map((kind) => [...kind.keys()]);
const NONE = [[], [], [], []];

/** Resources under other logical ids. */
const renamed = (resources: Resources): Resources =>
  Object.fromEntries(Object.entries(resources).map(([id, properties]) => [`New${id}`, properties]));

const REFUSED = resourcesOf({ ...rule({ cases: [] }), key: 'refused' });

/** The mark of the only dashboard. */
const markIn = ({ datadog }: Installation): string => {
  const [board] = datadog.objects.dashboard.values();
  return /\(dashboard\/overview, .*?\)/.exec(String(board?.description))?.[0] ?? 'none';
};

describe('a resource that took objects over and is deleted first', () => {
  it('gives them back: the rollback of a rename keeps them', async ({ place }) => {
    const { stack, datadog } = place;
    await stack.deploy(resourcesOf(...ALL_ITEMS));
    const [before, mark] = [idsIn(datadog), markIn(place)];

    expect(await stack.deploy({ ...renamed(resourcesOf(...ALL_ITEMS)), ...REFUSED })).toBe(false);
    expect(idsIn(datadog)).toEqual(before);
    expect(markIn(place)).toBe(mark);

    expect(await stack.deploy(resourcesOf(...ALL_ITEMS))).toBe(true);
    expect(idsIn(datadog)).toEqual(before);
    expect(await stack.deploy(renamed(resourcesOf(...ALL_ITEMS)))).toBe(true);
    expect(idsIn(datadog)).toEqual(before);
    expect(await stack.destroy()).toBe(true);
    expect(idsIn(datadog)).toEqual(NONE);
  });

  it('gives them back: another stack that fails keeps them', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);
    const other = await place.stackNamed('Other');

    expect(await other.deploy({ ...resourcesOf(...ALL_ITEMS), ...REFUSED })).toBe(false);
    expect(idsIn(place.datadog)).toEqual(before);

    expect(await place.stack.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('gives them back: another stack that is deleted later keeps them, and says so', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);
    const other = await place.stackNamed('Other');
    await other.deploy(resourcesOf(...ALL_ITEMS));
    await other.deploy(
      resourcesOf(dashboard({ title: 'New' }), ...ALL_ITEMS.filter(({ kind }) => kind !== 'dashboard')),
    );

    expect(await other.destroy()).toBe(true);

    expect(idsIn(place.datadog)).toEqual(before);
    const reasons = other.events.slice(-4).map(({ Reason }) => Reason);
    expect(reasons).toEqual(
      Array(4).fill(expect.stringMatching(/^The .* stays in Datadog and belongs again to .* by hand\.$/)),
    );
    expect(await place.stack.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('gives them back if its creation was cancelled', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);

    for (const item of ALL_ITEMS) {
      const ResourceProperties = propertiesOf(item);
      await place.stack.send({ RequestType: 'Create', ResourceProperties });
      await place.stack.send({
        RequestType: 'Delete',
        PhysicalResourceId: 'made-up-by-it',
        ResourceProperties,
      });
    }

    expect(idsIn(place.datadog)).toEqual(before);
    expect(await place.stack.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('gives back what it no longer wants: its own object replaces the shared one', async ({ place }) => {
    const layout = dashboard({ layout_type: 'free' });
    await place.stack.deploy(resourcesOf(dashboard()));
    const [shared] = place.datadog.objects.dashboard.keys();
    const other = await place.stackNamed('Other');
    await other.deploy(resourcesOf(dashboard()));

    await other.deploy(resourcesOf(layout));
    expect(place.datadog.objects.dashboard.size).toBe(2);

    await other.destroy();
    expect([...place.datadog.objects.dashboard.keys()]).toEqual([shared]);
    await place.stack.destroy();
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('leaves them to a former owner that is gone, until the mark is removed or they are deleted by hand', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    const later = await place.stackNamed('Later');
    // The first stack is deleted by force: its resources get no event.
    await later.deploy(resourcesOf(dashboard()));

    expect(await later.destroy()).toBe(true);

    expect(place.datadog.objects.dashboard.size).toBe(1);
    expect(later.events.at(-1)?.Reason).toContain(
      'If CloudFormation no longer has that resource, delete the object',
    );
  });

  it('deletes what had no owner before', async ({ place }) => {
    const { title, description } = dashboard().body;
    place.datadog.objects.dashboard.set('aaa-bbb-ccc', {
      id: 'aaa-bbb-ccc',
      title,
      description: `${description}\n\nManaged by valence-datadog-forwarder (dashboard/overview): yes.`,
    });
    await place.stack.deploy(resourcesOf(dashboard()));
    expect(place.datadog.objects.dashboard.size).toBe(1);

    await place.stack.destroy();

    expect(idsIn(place.datadog)).toEqual(NONE);
  });
});

describe('objects that several stacks have taken over, one after the other', () => {
  const ORDERS = ['ABC', 'ACB', 'BAC', 'BCA', 'CAB', 'CBA'];

  it.for(ORDERS)('are deleted with the last of the stacks, in the order %s', async (order, { place }) => {
    const stacks: Record<string, CustomResourceStack> = {};
    for (const name of ['A', 'B', 'C']) {
      stacks[name] = await place.stackNamed(name);
      await stacks[name].deploy(resourcesOf(...ALL_ITEMS));
    }
    const all = idsIn(place.datadog);
    expect(all.map(({ length }) => length)).toEqual([1, 1, 1, 1]);

    for (const name of order) {
      expect(idsIn(place.datadog)).toEqual(all);
      expect(await stacks[name]?.destroy()).toBe(true);
    }
    expect(idsIn(place.datadog)).toEqual(NONE);
  });

  it('belong to the first one again if that changes them', async ({ place }) => {
    const other = await place.stackNamed('Other');
    await place.stack.deploy(resourcesOf(dashboard()));
    await other.deploy(resourcesOf(dashboard()));
    await place.stack.deploy(resourcesOf(dashboard({ widgets: [] })));

    await other.deploy(resourcesOf(dashboard({ tags: [] })));
    await place.stack.destroy();
    expect(place.datadog.objects.dashboard.size).toBe(1);
    await other.destroy();
    expect(idsIn(place.datadog)).toEqual(NONE);
  });
});

describe('a former owner that is deleted', () => {
  /** The items of the product: every attribute that they have must survive. */
  const EVERY = [
    'pipeline/valence',
    'dashboard/overview',
    'rule/alert',
    'rule/new-alert-type',
    'monitor/forwarder-late',
  ];
  const items = contentItems().filter(({ kind, key }) => EVERY.includes(`${kind}/${key}`));
  const former = items.map(({ kind, key, body }) => ({
    kind,
    key,
    body: { ...body, [KINDS[kind].markField]: 'Former.' },
  }));

  /** All objects, without what shall change. */
  const objectsIn = ({ objects }: DatadogApi) =>
    CONTENT_KINDS.flatMap((kind) =>
      [...objects[kind].values()].map((object) => ({
        ...object,
        [KINDS[kind].markField]: noteOf(kind, object).replace(/, before \w+\)/, ')'),
      })),
    );

  it('changes nothing but the mark', async ({ place }) => {
    const { stack, datadog } = place;
    await stack.deploy(resourcesOf(...former));
    const other = await place.stackNamed('Other');
    await other.deploy(resourcesOf(...items));
    const before = objectsIn(datadog);
    expect(before.length).toBe(EVERY.length);
    datadog.requests.length = 0;

    expect(await stack.destroy()).toBe(true);

    expect(objectsIn(datadog)).toEqual(before);
    const writes = datadog.requests.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method }) => method)).toEqual(EVERY.map(() => 'PUT'));
  });

  it('is not blocked by an object that cannot be changed: the answer says what follows', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    await (await place.stackNamed('Other')).deploy(resourcesOf(dashboard()));
    place.datadog.scopes = ['dashboards_read'];

    expect(await place.stack.destroy()).toBe(true);

    expect(place.datadog.objects.dashboard.size).toBe(1);
    expect(place.stack.events.at(-1)?.Reason).toMatch(
      /The dashboard "Valence overview" .* still names this resource in its mark, .* lacks the permission dashboards_write/,
    );
  });
});
