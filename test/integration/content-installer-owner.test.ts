import { describe, expect } from 'vitest';
import type { DatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { ALL_ITEMS, dashboard, monitor, propertiesOf, resourcesOf, rule } from '../support/content-items.ts';
import { closedGate } from '../support/gate.ts';
import { useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

const sizes = ({ objects }: DatadogApi) => Object.values(objects).map(({ size }) => size);

const idsIn = ({ objects }: DatadogApi) => Object.values(objects).map((kind) => [...kind.keys()]);

/** Items under other logical ids than {@link resourcesOf} gives them. */
const renamed = (...items: typeof ALL_ITEMS) =>
  Object.fromEntries(
    Object.entries(resourcesOf(...items)).map(([id, properties]) => [`New${id}`, properties]),
  );

describe('the owner of an object', () => {
  it('is another resource after its logical id was renamed, and the object stays', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);

    expect(await place.stack.deploy(renamed(...ALL_ITEMS))).toBe(true);
    expect(idsIn(place.datadog)).toEqual(before);

    expect(await place.stack.destroy()).toBe(true);
    expect(sizes(place.datadog)).toEqual([0, 0, 0, 0]);
  });

  it('is the stack that installed it last: moving the content to another stack keeps it', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(...ALL_ITEMS));
    const before = idsIn(place.datadog);

    const content = await place.stackNamed('ValenceForwarder-content');
    expect(await content.deploy(resourcesOf(...ALL_ITEMS))).toBe(true);
    expect(await place.stack.destroy()).toBe(true);
    expect(idsIn(place.datadog)).toEqual(before);

    expect(await content.destroy()).toBe(true);
    expect(sizes(place.datadog)).toEqual([0, 0, 0, 0]);
  });

  it('may change back: two stacks of one organisation share one object', async ({ place }) => {
    const other = await place.stackNamed('Other');
    await place.stack.deploy(resourcesOf(dashboard()));
    await other.deploy(resourcesOf(dashboard()));

    await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })));
    expect(place.datadog.objects.dashboard.size).toBe(1);

    await other.destroy();
    expect(place.datadog.objects.dashboard.size).toBe(1);
  });

  it('does not change when the stack is deployed again', async ({ place }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    const [before] = structuredClone([...place.datadog.objects.dashboard.values()]);
    await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })));

    const [after] = place.datadog.objects.dashboard.values();
    expect(after?.description).toEqual(before?.description);
  });
});

describe('a creation that CloudFormation cancelled', () => {
  const MADE_UP = 'ValenceForwarder-DatadogContentdashboardoverview0A1B2C3D-1QAZ2WSX3EDC';
  const cancel = (item: (typeof ALL_ITEMS)[number]) => ({
    RequestType: 'Delete',
    PhysicalResourceId: MADE_UP,
    ResourceProperties: propertiesOf(item),
  });

  it.for(ALL_ITEMS.map((item) => [item.kind, item] as const))(
    'leaves no %s behind, although its id is unknown',
    async ([kind, item], { place }) => {
      await place.stack.send({ RequestType: 'Create', ResourceProperties: propertiesOf(item) });
      place.datadog.requests.length = 0;

      expect(await place.stack.send(cancel(item))).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: MADE_UP,
      });

      expect(place.datadog.objects[kind].size).toBe(0);
      expect(place.datadog.requests.filter(({ path }) => path.includes(MADE_UP))).toEqual([]);
    },
  );

  it('leaves alone what another resource owns', async ({ place }) => {
    await place.stack.deploy(resourcesOf(dashboard()));

    expect(await place.stack.send(cancel(dashboard()))).toMatchObject({ Status: 'SUCCESS' });

    expect(place.datadog.objects.dashboard.size).toBe(1);
  });

  it('leaves alone a copy that a user made of an earlier object of this resource', async ({ place }) => {
    await place.stack.send({ RequestType: 'Create', ResourceProperties: propertiesOf(dashboard()) });
    const [ours] = place.datadog.objects.dashboard.values();
    place.datadog.objects.dashboard.set('copy', { ...ours, title: 'Valence overview (copy)', id: 'copy' });

    await place.stack.send(cancel(dashboard()));

    expect([...place.datadog.objects.dashboard.keys()]).toEqual(['copy']);
  });

  it('leaves nothing behind if it is still under way', async ({ place }) => {
    const searched = closedGate();
    place.datadog.intercept = async ({ method }) => {
      if (method === 'POST') await searched.opened;
      return undefined;
    };
    const created = place.stack.send({ RequestType: 'Create', ResourceProperties: propertiesOf(monitor()) });
    await expect.poll(() => place.datadog.requests.some(({ method }) => method === 'POST')).toBe(true);
    let searches = 0;
    place.datadog.intercept = async ({ method }) => {
      if (method !== 'GET' || searches++ !== 1) return undefined;
      searched.open();
      await created;
      return undefined;
    };

    await place.stack.send(cancel(monitor()));

    expect(place.datadog.objects.monitor.size).toBe(0);
  });

  it('leaves nothing behind if it failed after its object was made', async ({ place }) => {
    let failures = 0;
    place.datadog.intercept = async ({ method }, answer) => {
      if (method === 'POST') {
        await answer();
        return 'reset';
      }
      return place.datadog.objects.monitor.size > 0 && failures++ < 6 ? { status: 500 } : undefined;
    };

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(false);

    expect(place.stack.events.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
    expect(place.datadog.objects.monitor.size).toBe(0);
  });
});

describe('a creation that is delivered twice at once', () => {
  it.for(ALL_ITEMS.map((item) => [item.kind, item] as const))(
    'ends with one %s, which both answers name',
    async ([kind, item], { place }) => {
      if (kind === 'dashboard') place.datadog.unseenLooks = 2;
      const both = closedGate();
      let posts = 0;
      place.datadog.intercept = async ({ method, path }) => {
        if (method !== 'POST' || path.endsWith('/validation')) return undefined;
        if (++posts === 2) both.open();
        await both.opened;
        return undefined;
      };
      const event = { RequestType: 'Create', ResourceProperties: propertiesOf(item) };

      const answers = await Promise.all([place.stack.send(event), place.stack.send(event)]);

      const [id, ...others] = place.datadog.objects[kind].keys();
      expect(posts).toBe(2);
      expect(others).toEqual([]);
      expect(answers.map(({ PhysicalResourceId }) => PhysicalResourceId)).toEqual([id, id]);
    },
  );

  it('ends with one object, too, if the faster one has removed that of the slower one before it looks', async ({
    place,
  }) => {
    const event = { RequestType: 'Create', ResourceProperties: propertiesOf(monitor()) };
    const [posted, answered] = [closedGate(), closedGate()];
    let posts = 0;
    place.datadog.intercept = async ({ method }, answer) => {
      if (method !== 'POST') return undefined;
      const isSlower = ++posts === 2;
      if (isSlower) posted.open();
      await posted.opened;
      if (!isSlower) return answer();
      const reply = await answer();
      await answered.opened;
      return reply;
    };

    const both = [place.stack.send(event), place.stack.send(event)];
    const faster = await Promise.race(both);
    answered.open();
    const answers = await Promise.all(both);

    expect([...place.datadog.objects.monitor.keys()]).toEqual([faster.PhysicalResourceId]);
    expect(answers.map(({ PhysicalResourceId }) => PhysicalResourceId)).toEqual([
      faster.PhysicalResourceId,
      faster.PhysicalResourceId,
    ]);
  });

  it('does not touch the object of another item', async ({ place }) => {
    await place.stack.deploy(resourcesOf({ ...rule(), key: 'first' }, { ...rule(), key: 'second' }));

    expect(place.datadog.objects.rule.size).toBe(2);
  });
});
