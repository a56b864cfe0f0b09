import { createHash } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import type { ContentItem, Destination } from '../../lambda/content-installer/content-item.ts';
import { markIn } from '../../lambda/content-installer/mark.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { startDatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import type { Resources } from '../support/cloudformation.ts';
import { dashboard, monitor, pipeline, propertiesOf, rule } from '../support/content-items.ts';
import {
  API_KEY,
  API_KEY_SECRET,
  APP_KEY,
  APP_KEY_SECRET,
  type Installation,
  useInstaller,
} from '../support/installer.ts';

const { it } = useInstaller();

const OWNED = /, owner [0-9a-f]+/;

const firstName = ({ datadog }: Installation): Destination => ({
  Site: 'datadoghq.com',
  ApiUrl: datadog.origin,
  ApiKeySecret: API_KEY_SECRET,
  AppKeySecret: APP_KEY_SECRET,
});

/** The same organisation under another name. */
const otherName = (place: Installation): Destination => ({ ...firstName(place), Site: 'datadoghq.eu' });

const at = (Destination: Destination, { kind, key, body }: ContentItem, prefix = ''): Resources => ({
  [`${prefix}${kind}/${key}`]: { ...propertiesOf({ kind, key, body }), Destination },
});

/** Takes the owner out of the marks, as an import of the exported content does. */
function withoutOwner(objects: Iterable<JsonObject>): void {
  for (const object of objects) {
    for (const field of ['message', 'description']) {
      const text = object[field];
      if (typeof text === 'string') object[field] = text.replace(OWNED, '');
    }
  }
}

const NOT_FOUND = { status: 404, body: '{"errors":["Not found"]}' };

/** Adds a copy of an object, as a user makes it under the same name. @returns its id */
function addCopy(stored: Map<string, JsonObject>, kind: ContentItem['kind'], object: JsonObject): string {
  const ages = { created: '2031-01-01', created_at: '2031-01-01', createdAt: Date.UTC(2031) };
  const id = kind === 'monitor' ? 777777 : 'zzz-zzz-zzz';
  stored.set(`${id}`, { ...structuredClone(object), ...ages, id });
  return `${id}`;
}

describe.for([
  ['pipeline', pipeline()],
  ['dashboard', dashboard()],
  ['rule', rule()],
  ['monitor', monitor()],
] as const)('a %s whose organisation gets another name', ([kind, item]) => {
  it('stays although its mark names no owner', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const before = [...stored.keys()];
    withoutOwner(stored.values());

    expect(await place.stack.deploy(at(otherName(place), item))).toBe(true);

    expect([...stored.keys()]).toEqual(before);
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });

  it('stays although Datadog does not show it once', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const [id = ''] = stored.keys();
    let looks = 0;
    place.datadog.intercept = ({ method, path }) =>
      method === 'GET' && path.endsWith(`/${id}`) && looks++ === 0 ? NOT_FOUND : undefined;

    expect(await place.stack.deploy(at(otherName(place), item))).toBe(true);

    expect([...stored.keys()]).toEqual([id]);
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });

  it('stays although Datadog does not show it once, and its list is that of before', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const [[id, object] = ['', {}]] = stored;
    const former = structuredClone(object);
    let [isChanged, isHidden, isStale] = [false, false, false];
    place.datadog.intercept = async ({ method, path }, answer) => {
      isChanged ||= method === 'PUT';
      if (!isChanged || method !== 'GET') return undefined;
      if (path.endsWith(`/${id}`)) {
        if (isHidden) return undefined;
        isHidden = true;
        return NOT_FOUND;
      }
      if (!isHidden || isStale) return undefined;
      isStale = true;
      const present = stored.get(id) ?? {};
      stored.set(id, former);
      const list = await answer();
      stored.set(id, present);
      return list;
    };

    expect(await place.stack.deploy(at(otherName(place), item))).toBe(true);

    expect([...stored.keys()]).toEqual([id]);
    place.datadog.intercept = undefined;
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });

  it('stays with a copy of a user although Datadog does not show it once after the change', async ({
    place,
  }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const [[id, object] = ['', {}]] = stored;
    const copy = addCopy(stored, kind, object);
    let [isChanged, isHidden] = [false, false];
    place.datadog.intercept = ({ method, path }) => {
      isChanged ||= method === 'PUT';
      if (!isChanged || isHidden || method !== 'GET' || !path.endsWith(`/${id}`)) return undefined;
      isHidden = true;
      return NOT_FOUND;
    };

    expect(await place.stack.deploy(at(otherName(place), item))).toBe(true);

    expect([...stored.keys()].sort()).toEqual([id, copy].sort());
  });

  it('stays, and with it a copy that a user has made under the same name', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const [[id, object] = ['', {}]] = stored;
    const copy = addCopy(stored, kind, object);
    const before = structuredClone(stored.get(copy));

    expect(await place.stack.deploy(at(otherName(place), item))).toBe(true);

    expect([...stored.keys()]).toEqual([id, copy]);
    expect(stored.get(copy)).toEqual(before);
  });

  it('stays in a rollback, too', async ({ place }) => {
    const stored = place.datadog.objects[kind];
    await place.stack.deploy(at(firstName(place), item));
    const before = [...stored.keys()];
    withoutOwner(stored.values());
    const refused = { ...rule({ cases: [] }), key: 'refused' };
    const wanted = { ...at(otherName(place), item), ...at(otherName(place), refused) };

    expect(await place.stack.deploy(wanted)).toBe(false);

    expect([...stored.keys()]).toEqual(before);
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });
});

it('an object that has already replaced one of the same id stays when its organisation gets another name', async ({
  place,
}) => {
  const other = await startDatadogApi({ apiKey: API_KEY, appKey: APP_KEY });
  onTestFinished(() => other.close());
  const [logical] = Object.keys(at(firstName(place), monitor()));
  const second = { ...firstName(place), ApiUrl: other.origin };
  await place.stack.deploy(at(firstName(place), monitor()));
  await place.stack.deploy(at(second, monitor()));
  const moved = place.stack.physicalIds.get(logical ?? '');

  expect(await place.stack.deploy(at({ ...second, Site: 'datadoghq.eu' }, monitor()))).toBe(true);

  expect(moved).toContain('@');
  expect([place.datadog, other].map(({ objects }) => objects.monitor.size)).toEqual([0, 1]);
  expect(await place.stack.destroy()).toBe(true);
  expect(other.objects.monitor.size).toBe(0);
});

it('a copy that a user has made stays when the original moves to an organisation that numbers its objects alike', async ({
  place,
}) => {
  const other = await startDatadogApi({ apiKey: API_KEY, appKey: APP_KEY });
  onTestFinished(() => other.close());
  await place.stack.deploy(at(firstName(place), monitor()));
  const stored = place.datadog.objects.monitor;
  const [[id, object] = ['', {}]] = stored;
  const copy = addCopy(stored, 'monitor', object);

  expect(await place.stack.deploy(at({ ...firstName(place), ApiUrl: other.origin }, monitor()))).toBe(true);

  expect([...other.objects.monitor.keys()]).toEqual([id]);
  expect([...stored.keys()]).toEqual([copy]);
});

it('an object whose mark a version history gives back to a former owner stays', async ({ place }) => {
  const stored = place.datadog.objects.dashboard;
  await place.stack.deploy(at(firstName(place), dashboard()));
  const [[id, object] = ['', {}]] = stored;
  const { description } = object;
  await place.stack.deploy(at(firstName(place), dashboard(), 'New'));
  Object.assign(stored.get(id) ?? {}, { description });

  expect(await place.stack.deploy(at(otherName(place), dashboard(), 'New'))).toBe(true);

  expect([...stored.keys()]).toEqual([id]);
});

it('the deletion of a resource that is not in the mark says so, and not who has changed the mark', async ({
  place,
}) => {
  const stored = place.datadog.objects.dashboard;
  await place.stack.deploy(at(firstName(place), dashboard()));
  const [[id, object] = ['', {}]] = stored;
  const { description } = object;
  await place.stack.deploy(at(firstName(place), dashboard(), 'New'));
  Object.assign(stored.get(id) ?? {}, { description });

  expect(await place.stack.destroy()).toBe(true);

  expect([...stored.keys()]).toEqual([id]);
  expect(place.stack.events.at(-1)?.Reason).toBe(
    `The dashboard "Valence overview" (${id}) stays in Datadog, because its mark names another owner. If CloudFormation no longer has a resource of it, delete the object by hand.`,
  );
});

it('a mark of an earlier version, which names the resource alone, is that of the resource', async ({
  place,
}) => {
  const stored = place.datadog.objects.dashboard;
  const stack = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/ValenceForwarder';
  const resource = `${stack}/0c1d2e3f-0c1d-0c1d-0c1d-0c1d2e3f4a5b\ndashboard/overview`;
  const owner = createHash('sha256').update(resource).digest('hex').slice(0, 12);
  await place.stack.deploy(at(firstName(place), dashboard()));
  for (const object of stored.values()) {
    object['description'] = String(object['description']).replace(OWNED, `, owner ${owner}`);
    expect(markIn('dashboard', object)?.owners).toEqual([owner]);
  }

  expect(await place.stack.destroy()).toBe(true);

  expect(stored.size).toBe(0);
});
