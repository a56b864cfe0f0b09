import { describe, expect } from 'vitest';
import { contentItems } from '../../infra/datadog/content.ts';
import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { withMark } from '../../lambda/content-installer/mark.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { planContent } from '../../tools/datadog/plan.ts';
import { resourcesOf } from '../support/content-items.ts';
import { API_KEY, APP_KEY, type Installation, useInstaller } from '../support/installer.ts';
import { stubKey } from '../support/outside-world.ts';

const { it } = useInstaller();

const ITEMS = contentItems([{ kind: 'dashboard' }, { kind: 'monitor' }]);
const BOARDS = ITEMS.filter(({ kind }) => kind === 'dashboard');

/** Another body under the same key. */
const changed = (items: readonly ContentItem[], key: string, more: JsonObject): ContentItem[] =>
  items.map((item) => (item.key === key ? { ...item, body: { ...item.body, ...more } } : item));

const without = (key: string) => ITEMS.filter((item) => item.key !== key);

/** Where the links of an object lead that name a board, by the key of the board. */
function placesIn(object: JsonObject | undefined): Record<string, string> {
  const links = JSON.stringify(object).matchAll(/\/dashboard\/([\w-]+)\?q=[^"&]*&board=([\w-]+)/g);
  const places: Record<string, Set<string>> = {};
  for (const [, place = '', key = ''] of links) places[key] = (places[key] ?? new Set()).add(place);
  return Object.fromEntries(Object.entries(places).map(([key, found]) => [key, [...found].join(' or ')]));
}

const idOf = ({ stack }: Installation, key: string) => stack.physicalIds.get(`dashboard/${key}`) ?? '';

const boardAt = (place: Installation, key: string): JsonObject =>
  place.datadog.objects.dashboard.get(idOf(place, key)) ?? {};

/** Where the links of each board and each monitor should lead: to the board, or to a search for one that does not exist. */
function expectLinked(place: Installation, missing: readonly string[] = []): void {
  const keys = BOARDS.map(({ key }) => key);
  const placeOf = (key: string) => [key, missing.includes(key) ? 'lists' : idOf(place, key)] as const;
  const present = keys.filter((key) => !missing.includes(key));
  for (const key of present) {
    const others = keys.filter((other) => other !== key).map(placeOf);
    expect([key, placesIn(boardAt(place, key))]).toEqual([key, Object.fromEntries(others)]);
  }
  const monitors = [...place.datadog.objects.monitor.values()];
  expect(monitors.length).toBeGreaterThan(0);
  for (const monitor of monitors) {
    expect(placesIn(monitor)).toEqual(Object.fromEntries([placeOf('forwarder-health')]));
  }
}

const writesOf = ({ datadog }: Installation) =>
  datadog.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

async function plannedOf(place: Installation): Promise<string[]> {
  const api = datadogApi({
    transport: axiosTransport(),
    apiKey: stubKey(API_KEY),
    appKey: stubKey(APP_KEY),
    origin: place.datadog.origin,
    clock: systemClock,
    random: () => 0,
    deadline: deadlineIn(systemClock, 60_000),
  });
  return (await planContent(api, ITEMS)).map(({ action, name }) => `${action} ${name}`);
}

describe('links to boards', () => {
  it('lead to the boards after a first deployment, with tenant, person or address, and time frame', async ({
    place,
  }) => {
    expect(await place.stack.deploy(resourcesOf(...ITEMS))).toBe(true);

    expectLinked(place);
    expect(JSON.stringify(boardAt(place, 'overview'))).toContain(
      `/dashboard/${idOf(place, 'alert-insights')}?q=%22Valence%3A%20Alert%20insights%22&board=alert-insights&tpl_var_tenant={{$tenant.value}}&tpl_var_user={{@valence_forwarder.actor.value}}&from_ts={{timestamp_start}}&to_ts={{timestamp_end}}`,
    );
  });

  it('are up to date for a plan, and a second deployment changes nothing', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const before = structuredClone([...place.datadog.objects.dashboard]);

    expect((await plannedOf(place)).filter((line) => !line.startsWith('unchanged '))).toEqual([]);
    await place.stack.deploy(resourcesOf(...changed(ITEMS, 'overview', { description: 'New.' })));
    place.datadog.requests.length = 0;
    await place.stack.deploy(resourcesOf(...ITEMS));

    expect(new Set(writesOf(place))).toEqual(new Set([`PUT /api/v1/dashboard/${idOf(place, 'overview')}`]));
    expect([...place.datadog.objects.dashboard]).toEqual(before);
  });

  it('lead to a board that was created again, those of monitors too', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const former = idOf(place, 'forwarder-health');
    place.datadog.objects.dashboard.delete(former);

    await place.stack.deploy(resourcesOf(...changed(ITEMS, 'forwarder-health', { description: 'New.' })));

    expect(idOf(place, 'forwarder-health')).not.toBe(former);
    expectLinked(place);
  });

  it('lead to the board that replaces another one, although both exist for a while', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const former = idOf(place, 'overview');

    await place.stack.deploy(resourcesOf(...changed(ITEMS, 'overview', { layout_type: 'free' })));

    expect(idOf(place, 'overview')).not.toBe(former);
    expectLinked(place);
  });

  it('search for a board that is removed or left out, and lead to it when it is back', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...without('overview')));
    expectLinked(place, ['overview']);

    await place.stack.deploy(resourcesOf(...ITEMS));
    expectLinked(place);

    await place.stack.deploy(resourcesOf(...without('forwarder-health')));
    expectLinked(place, ['forwarder-health']);
  });

  it('still lead to a board that another stack has taken over and given back', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const other = await place.stackNamed('Other');
    await other.deploy(resourcesOf(...BOARDS));
    expect(new Set((await plannedOf(place)).map((line) => line.split(' ')[0]))).toEqual(
      new Set(['unchanged']),
    );

    await other.destroy();

    expectLinked(place);
  });

  it('search for a board that was just removed and that the list still shows', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const [id, removed] = [idOf(place, 'overview'), boardAt(place, 'overview')];
    const { dashboard } = place.datadog.objects;
    place.datadog.intercept = async ({ method, path }, answer) => {
      const isList = method === 'GET' && path === '/api/v1/dashboard';
      if (!isList || dashboard.has(id)) return undefined;
      dashboard.set(id, removed);
      const reply = await answer();
      dashboard.delete(id);
      return reply;
    };

    await place.stack.deploy(resourcesOf(...without('overview')));

    expectLinked(place, ['overview']);
  });

  it('are found by title: a clone with our mark is neither changed nor led to', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const clone = { ...boardAt(place, 'overview'), id: 'old-old-old', title: 'Valence: Overview (clone)' };
    const [first] = place.datadog.objects.monitor.values();
    const copy = { ...first, id: 9999, name: 'Valence: my own', created: '2031-01-01T00:00:00Z' };
    const clones = structuredClone([{ ...clone, created_at: '2020-01-01T00:00:00Z' }, copy]);
    place.datadog.objects.dashboard.set('old-old-old', clones[0] as JsonObject);
    place.datadog.objects.monitor.set('9999', clones[1] as JsonObject);

    await place.stack.deploy(resourcesOf(...without('overview')));
    await place.stack.deploy(resourcesOf(...without('forwarder-health')));

    expect(place.datadog.objects.dashboard.get('old-old-old')).toEqual(clones[0]);
    expect(place.datadog.objects.monitor.get('9999')).toEqual(clones[1]);
    place.datadog.objects.monitor.delete('9999');
    expectLinked(place, ['forwarder-health']);
  });

  it('are not changed in the clone of a monitor whose original is gone', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const { monitor } = place.datadog.objects;
    const [[id, first] = ['', {}]] = monitor;
    monitor.delete(id);
    const clone = structuredClone({ ...first, id: 9999, name: 'Copy of Valence: the forwarder is late' });
    monitor.set('9999', clone);
    const before = structuredClone(clone);

    await place.stack.deploy(resourcesOf(...without('forwarder-health')));

    expect(monitor.get('9999')).toEqual(before);
  });

  it('change nothing else in a board: what a person has edited stays', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...without('overview')));
    Object.assign(boardAt(place, 'alert-insights'), {
      widgets: [{ id: 1, definition: { type: 'note', content: 'Mine.' } }],
      template_variable_presets: [{ name: 'My week' }],
    });
    Object.assign(boardAt(place, 'audit-insights'), {
      notify_list: ['ann@example.com'],
    });
    const edited = structuredClone(boardAt(place, 'alert-insights'));
    const sent: string[] = [];
    place.datadog.intercept = ({ method, path, body }) => {
      if (method === 'PUT' && path.startsWith('/api/v1/dashboard/')) {
        sent.push(...Object.keys(JSON.parse(body.toString())));
      }
      return undefined;
    };

    await place.stack.deploy(resourcesOf(...ITEMS));

    expect(boardAt(place, 'alert-insights')).toEqual(edited);
    expect(boardAt(place, 'audit-insights')).toMatchObject({ notify_list: ['ann@example.com'] });
    expect(placesIn(boardAt(place, 'audit-insights'))).toMatchObject({ overview: idOf(place, 'overview') });
    expect(sent).toContain('notify_list');
    expect(sent.filter((name) => ['id', 'url', 'author_handle', 'created_at'].includes(name))).toEqual([]);
  });

  it('leave alone a board whose mark a person has removed, and search for it', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const taken = Object.assign(boardAt(place, 'overview'), { description: 'Mine now.' });
    const before = structuredClone(taken);

    await place.stack.deploy(resourcesOf(...changed(ITEMS, 'alert-insights', { description: 'New.' })));

    expect(place.datadog.objects.dashboard.get(idOf(place, 'overview'))).toEqual(before);
    expect(placesIn(boardAt(place, 'alert-insights'))).toMatchObject({ overview: 'lists' });
  });

  it('wait for a new board that Datadog does not show yet', async ({ place }) => {
    place.datadog.unseenLooks = 3;

    await place.stack.deploy(resourcesOf(...BOARDS.slice(0, 2)));

    const [first = '', second = ''] = BOARDS.map(({ key }) => key);
    expect(placesIn(boardAt(place, first))).toMatchObject({ [second]: idOf(place, second) });
    expect(placesIn(boardAt(place, second))).toMatchObject({ [first]: idOf(place, first) });
  });

  it('of imported content become links with the deployment that adopts it', async ({ place }) => {
    for (const [n, item] of ITEMS.entries()) {
      const id = item.kind === 'monitor' ? `${n}` : `imp-ort-00${n}`;
      place.datadog.objects[item.kind].set(id, { ...withMark(item), id: item.kind === 'monitor' ? n : id });
    }

    await place.stack.deploy(resourcesOf(...ITEMS));

    expect(idOf(place, 'overview')).toMatch(/^imp-ort/);
    expectLinked(place);
  });

  it('whose monitors Datadog does not list in time are no failure: the board is installed', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(...without('overview')));
    place.timeoutMs = 19_000;
    let created = false;
    place.datadog.intercept = async ({ method, path }) => {
      if (method === 'POST' && path === '/api/v1/dashboard') created = true;
      if (created && path === '/api/v1/monitor') await new Promise(() => undefined);
      return undefined;
    };

    expect(await place.stack.deploy(resourcesOf(...ITEMS))).toBe(true);

    expect(idOf(place, 'overview')).toMatch(/^das-/);
    expect(place.stack.events.at(-1)?.Reason).toMatch(/Some links between boards.*ran out of time/);
  });

  it('are put right in the rollback of a creation that failed', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ITEMS));
    const other = await place.stackNamed('Other');
    let isBroken = false;
    place.datadog.intercept = async ({ method }, answer) => {
      if (other.events.some(({ Status }) => Status === 'FAILED')) return undefined;
      if (!isBroken && method === 'PUT') {
        isBroken = true;
        await answer();
      }
      return isBroken ? 'reset' : undefined;
    };

    expect(await other.deploy(resourcesOf(...BOARDS))).toBe(false);

    expectLinked(place);
  });

  it('that cannot be changed are no failure: the others are, and the event names the reason', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(...without('overview')));
    Object.assign(boardAt(place, 'alert-insights'), { restricted_roles: ['a-role'] });

    expect(await place.stack.deploy(resourcesOf(...ITEMS))).toBe(true);

    expect(placesIn(boardAt(place, 'alert-insights'))).toMatchObject({ overview: 'lists' });
    expect(placesIn(boardAt(place, 'audit-insights'))).toMatchObject({ overview: idOf(place, 'overview') });
    expect(JSON.stringify(place.stack.events)).toMatch(
      /Some links between boards may search the list of boards.*Only some users or roles/i,
    );
  });
});
