import { describe, expect } from 'vitest';
import { startDatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { KIND_RULES } from '../../tools/stand-ins/datadog/content-kinds/kinds.ts';
import type { Resources } from '../support/cloudformation.ts';
import { dashboard, monitor, propertiesOf, resourcesOf, rule } from '../support/content-items.ts';
import { closedGate } from '../support/gate.ts';
import { API_KEY_SECRET, APP_KEY_SECRET, type Installation, useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

const learning = rule({
  queries: [
    { name: 'a', query: 'source:valence-security', aggregation: 'new_value', metrics: ['@evt.name'] },
  ],
  options: { detectionMethod: 'new_value', keepAlive: 3600, maxSignalDuration: 86_400 },
});

/** Former and wanted item, of which Datadog cannot make one from the other. */
const REPLACED = [
  ['rule', rule(), learning],
  ['monitor', monitor(), monitor({ type: 'query alert' })],
  ['dashboard', dashboard(), dashboard({ layout_type: 'free' })],
] as const;

const LOGICAL = { LogicalResourceId: 'Item' };

/** An update, as CloudFormation asks for it. */
const updated = (PhysicalResourceId: string, from: Resources[string], to: Resources[string]) => ({
  ...LOGICAL,
  RequestType: 'Update',
  PhysicalResourceId,
  ResourceProperties: to,
  OldResourceProperties: from,
});

/** Breaks all connections once an object was created, until CloudFormation has learned that the update failed. */
function breakAfterCreation({ datadog, stack }: Installation) {
  let broken = false;
  datadog.intercept = async ({ method, path }, answer) => {
    if (stack.events.some(({ Status }) => Status === 'FAILED')) return undefined;
    if (method === 'POST' && !path.endsWith('/validation')) {
      broken = true;
      await answer();
    }
    return broken ? 'reset' : undefined;
  };
}

describe.for(REPLACED)('an update that replaces a %s', ([kind, former, wanted]) => {
  it('and whose answer CloudFormation never saw leaves one object after the rollback', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.send({ ...LOGICAL, RequestType: 'Create', ResourceProperties: propertiesOf(former) });
    const [id = ''] = stored.keys();
    const [from, to] = [propertiesOf(former), propertiesOf(wanted)];
    await place.stack.send(updated(id, from, to));
    expect(stored.size).toBe(2);

    const back = await place.stack.send(updated(id, to, from));

    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect([...stored.keys()]).toEqual([id]);
  });

  it('and that fails after its creation leaves one object after the rollback', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(resourcesOf(former));
    const before = [...stored.keys()];
    breakAfterCreation(place);

    expect(await place.stack.deploy(resourcesOf(wanted))).toBe(false);

    expect([...stored.keys()]).toEqual(before);
    expect([...place.stack.physicalIds.values()]).toEqual(before);
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });

  it('and that succeeds before another resource fails leaves one object after the rollback', async ({
    place,
  }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(resourcesOf(former));
    const before = [...stored.keys()];

    const refused = { ...rule({ cases: [] }), key: 'refused' };
    expect(await place.stack.deploy(resourcesOf(wanted, refused))).toBe(false);

    expect([...stored.keys()]).toEqual(before);
    expect([...place.stack.physicalIds.values()]).toEqual(before);
  });

  it('and that is sent again after its answer was lost adopts what it has created', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(resourcesOf(former));
    const [id = ''] = stored.keys();
    const event = {
      ...updated(id, propertiesOf(former), propertiesOf(wanted)),
      LogicalResourceId: `${kind}/${former.key}`,
    };
    const { PhysicalResourceId } = await place.stack.send(event);

    expect(await place.stack.deploy(resourcesOf(wanted))).toBe(true);

    expect([...stored.keys()]).toEqual([PhysicalResourceId]);
  });
});

/** A copy that a user has made of an object, under the same name. */
function copied({ datadog }: Installation, kind: 'dashboard' | 'monitor' | 'rule', id: string): string {
  const stored = datadog.objects[kind];
  const copy = kind === 'monitor' ? '777777' : 'zzz-zzz-zzz';
  const ages = { created: '2031-01-01', created_at: '2031-01-01', createdAt: Date.UTC(2031) };
  stored.set(copy, { ...structuredClone(stored.get(id)), ...ages, id: kind === 'monitor' ? 777777 : copy });
  return copy;
}

describe.for(REPLACED)('a copy of a %s under the same name', ([kind, former, wanted]) => {
  it('stays when the update replaces the original', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(resourcesOf(former));
    const [id = ''] = stored.keys();
    const copy = copied(place, kind, id);
    const before = structuredClone(stored.get(copy));

    expect(await place.stack.deploy(resourcesOf(wanted))).toBe(true);

    expect(stored.has(id)).toBe(false);
    expect(stored.size).toBe(2);
    expect(stored.get(copy)).toEqual(before);
  });

  it('stays when a rollback removes what the update has left', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(resourcesOf(former));
    const [id = ''] = stored.keys();
    const copy = copied(place, kind, id);
    breakAfterCreation(place);

    expect(await place.stack.deploy(resourcesOf(wanted))).toBe(false);

    expect([...stored.keys()]).toEqual([id, copy]);
  });

  it('of what the update has left makes both stay, and the answer names them', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.send({ ...LOGICAL, RequestType: 'Create', ResourceProperties: propertiesOf(former) });
    const [id = ''] = stored.keys();
    const [from, to] = [propertiesOf(former), propertiesOf(wanted)];
    const { PhysicalResourceId: left } = await place.stack.send(updated(id, from, to));
    const copy = copied(place, kind, left);

    const back = await place.stack.send(updated(id, to, from));

    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect([...stored.keys()]).toEqual([id, left, copy]);
    expect(back.Reason).toContain(`${left}, ${copy}`);
  });
});

describe('the search for what a replacement has left', () => {
  it('never takes the present object for it, also if a list does not show what tells them apart', async ({
    place,
  }) => {
    const stored = place.datadog.objects.dashboard;
    const [from, to] = [propertiesOf(dashboard()), propertiesOf(dashboard({ layout_type: 'free' }))];
    await place.stack.send({ ...LOGICAL, RequestType: 'Create', ResourceProperties: from });
    const [id = ''] = stored.keys();
    await place.stack.send(updated(id, from, to));
    place.datadog.intercept = async ({ method, path }, answer) => {
      const reply = await answer();
      if (method !== 'GET' || path !== '/api/v1/dashboard' || reply === 'reset') return reply;
      return { ...reply, body: String(reply.body).replaceAll('"layout_type"', '"other"') };
    };

    await place.stack.send(updated(id, to, from));

    expect([...stored.keys()]).toEqual([id]);
  });

  it('waits for a replacement that was cancelled and is still under way', async ({ place }) => {
    const stored = place.datadog.objects.rule;
    await place.stack.deploy(resourcesOf(rule()));
    const [id = ''] = stored.keys();
    const [from, to] = [propertiesOf(rule()), propertiesOf(learning)];
    const LogicalResourceId = 'rule/several-alerts';
    const { path } = KIND_RULES.rule;
    place.datadog.requests.length = 0;
    const searched = closedGate();
    place.datadog.intercept = async (request) => {
      if (request.method === 'POST' && request.path === path) await searched.opened;
      return undefined;
    };
    const isAsked = (method: string) =>
      place.datadog.requests.some((request) => request.method === method && request.path === path);
    const cancelled = place.stack.send({ ...updated(id, from, to), LogicalResourceId });
    await expect.poll(() => isAsked('POST')).toBe(true);
    let searches = 0;
    place.datadog.intercept = async (request) => {
      if (request.method !== 'GET' || request.path !== path || searches++ !== 1) return undefined;
      searched.open();
      await cancelled;
      return undefined;
    };

    await place.stack.send({ ...updated(id, to, from), LogicalResourceId });

    place.datadog.intercept = undefined;
    searched.open();
    await cancelled;
    expect([...stored.keys()]).toEqual([id]);
  });

  it('leaves alone what another resource owns, and a copy that a user has made', async ({ place }) => {
    const stored = place.datadog.objects.dashboard;
    const free = dashboard({ layout_type: 'free' });
    await place.stack.send({
      ...LOGICAL,
      RequestType: 'Create',
      ResourceProperties: propertiesOf(dashboard()),
    });
    const [[id, ours] = ['', {}]] = [...stored];
    stored.set('copy', { ...ours, layout_type: 'free', title: 'Valence overview (copy)', id: 'copy' });
    await place.stack.send({
      LogicalResourceId: 'Other',
      RequestType: 'Create',
      ResourceProperties: propertiesOf(free),
    });
    const before = [...stored.keys()];
    expect(before.length).toBe(3);

    await place.stack.send(updated(id, propertiesOf(free), propertiesOf(dashboard())));

    expect([...stored.keys()]).toEqual(before);
  });

  it('is not made by an update that needs no replacement', async ({ place }) => {
    await place.stack.deploy(resourcesOf(rule()));
    place.datadog.requests.length = 0;

    await place.stack.deploy(resourcesOf(rule({ isEnabled: false })));

    const lists = place.datadog.requests.filter(({ path }) => path === '/api/v2/security_monitoring/rules');
    expect(lists).toEqual([]);
  });
});

describe('an update to another organisation', () => {
  const FIRST = { Site: 'datadoghq.com', ApiKeySecret: API_KEY_SECRET, AppKeySecret: APP_KEY_SECRET };
  const SECOND = { Site: 'datadoghq.eu', ApiKeySecret: 'other-api-key', AppKeySecret: 'other-app-key' };

  async function moved(place: Installation) {
    const other = await startDatadogApi({ apiKey: 'second-api-key', appKey: 'second-app-key' });
    place.secrets.set('other-api-key', 'second-api-key');
    place.secrets.set('other-app-key', 'second-app-key');
    // Datadog counts the objects of all organisations together.
    other.objects.monitor.set('1', { id: 1, name: 'Theirs', message: '' });
    const from = { ...propertiesOf(monitor()), Destination: { ...FIRST, ApiUrl: place.datadog.origin } };
    const to = { ...propertiesOf(monitor()), Destination: { ...SECOND, ApiUrl: other.origin } };
    await place.stack.send({ ...LOGICAL, RequestType: 'Create', ResourceProperties: from });
    const [id = ''] = place.datadog.objects.monitor.keys();
    return { other, from, to, id, [Symbol.asyncDispose]: () => other.close() };
  }

  it('whose answer CloudFormation never saw leaves nothing there after the rollback', async ({ place }) => {
    await using move = await moved(place);
    const { other, from, to, id } = move;
    await place.stack.send(updated(id, from, to));
    const [left = ''] = [...other.objects.monitor.keys()].slice(1);
    const object = { ...other.objects.monitor.get(left), id: 4711 };
    other.objects.monitor.delete(left);
    other.objects.monitor.set('4711', object);

    const back = await place.stack.send(updated(id, to, from));

    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect([...other.objects.monitor.keys()]).toEqual(['1']);
    expect([...place.datadog.objects.monitor.keys()]).toEqual([id]);
  });

  it('is rolled back although that organisation no longer accepts the keys, and the answer says so', async ({
    place,
  }) => {
    await using move = await moved(place);
    const { other, from, to, id } = move;
    await place.stack.send(updated(id, from, to));
    other.appKey = 'revoked';

    const back = await place.stack.send(updated(id, to, from));

    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    expect(back.Reason).toContain(
      `look for a second monitor "Valence forwarder lags" in Datadog (datadoghq.eu, ${other.origin})`,
    );
  });
});
