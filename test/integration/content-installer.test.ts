import { describe, expect, it } from 'vitest';
import { CONTENT_KINDS, type ContentKind } from '../../lambda/content-installer/content-item.ts';
import { marked } from '../../lambda/content-installer/mark.ts';
import type { DatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { dashboard, monitor, pipeline, resourcesOf, rule } from '../support/content-items.ts';
import { useInstaller } from '../support/installer.ts';

const { installation } = useInstaller();

/** What the ownership mark of every object ends with. */
const ADVICE = ': a deployment overwrites what is edited here; clone it to keep your own.';

const ALL = [pipeline(), dashboard(), rule(), monitor()];

/** The names of everything in the organisation, by kind. */
const namesIn = ({ objects }: DatadogApi) =>
  Object.fromEntries(
    CONTENT_KINDS.map((kind) => [kind, [...objects[kind].values()].map(({ name, title }) => name ?? title)]),
  );

const writesIn = ({ requests }: DatadogApi) =>
  requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validation'));

describe('a stack with one resource an item', () => {
  it('creates each of them, whole and marked as ours, under Datadog’s own ids', async () => {
    await using place = await installation();

    expect(await place.stack.deploy(resourcesOf(...ALL))).toBe(true);

    const stored = (kind: ContentKind, key: string) =>
      place.datadog.objects[kind].get(place.stack.physicalIds.get(`${kind}/${key}`) ?? '');
    expect(stored('pipeline', 'valence')).toMatchObject({
      ...pipeline().body,
      description: `Managed by valence-datadog-forwarder (pipeline/valence)${ADVICE}`,
    });
    expect(stored('dashboard', 'overview')).toMatchObject({
      ...dashboard().body,
      description: `What happened.\n\nManaged by valence-datadog-forwarder (dashboard/overview)${ADVICE}`,
    });
    expect(stored('rule', 'several-alerts')).toMatchObject({
      ...rule().body,
      message: `## Goal\nFind them.\n\nManaged by valence-datadog-forwarder (rule/several-alerts)${ADVICE}`,
    });
    expect(stored('monitor', 'lag')).toMatchObject({
      ...monitor().body,
      message: `The forwarder is behind.\n\nManaged by valence-datadog-forwarder (monitor/lag)${ADVICE}`,
    });
    expect(namesIn(place.datadog)).toEqual({
      pipeline: ['Valence Security'],
      dashboard: ['Valence overview'],
      rule: ['Several high alerts for one actor'],
      monitor: ['Valence forwarder lags'],
    });
  });

  it('changes in place what has changed, title included, and nothing else', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(...ALL));
    const before = new Map(place.stack.physicalIds);
    place.datadog.requests.length = 0;

    const renamed = dashboard({ title: 'Valence: the week', widgets: [] });
    const changed = rule({ isEnabled: false });
    expect(await place.stack.deploy(resourcesOf(pipeline(), renamed, changed, monitor()))).toBe(true);

    expect(new Map(place.stack.physicalIds)).toEqual(before);
    expect(writesIn(place.datadog).map(({ method }) => method)).toEqual(['PUT', 'PUT']);
    expect(namesIn(place.datadog).dashboard).toEqual(['Valence: the week']);
    expect([...place.datadog.objects.rule.values()]).toMatchObject([
      { isEnabled: false, type: 'log_detection' },
    ]);
  });

  it('removes what is switched off, and everything when it is deleted', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(...ALL));

    expect(await place.stack.deploy(resourcesOf(pipeline(), dashboard()))).toBe(true);
    expect(namesIn(place.datadog)).toMatchObject({ dashboard: ['Valence overview'], rule: [], monitor: [] });

    expect(await place.stack.destroy()).toBe(true);
    expect(namesIn(place.datadog)).toEqual({ pipeline: [], dashboard: [], rule: [], monitor: [] });
  });

  it('gives an item under a new key a thing of its own, before the old one goes', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(dashboard()));
    const [old] = place.datadog.objects.dashboard.keys();

    const rekeyed = { ...dashboard(), key: 'summary' };
    expect(await place.stack.deploy(resourcesOf(rekeyed))).toBe(true);

    const [id] = place.datadog.objects.dashboard.keys();
    expect(place.datadog.objects.dashboard.size).toBe(1);
    expect(id).not.toBe(old);
  });
});

describe('a deployment that fails half-way', () => {
  it('takes back what a first deployment had created, and is not stuck on what it had not', async () => {
    await using place = await installation();
    const broken = rule({ options: { detectionMethod: 'threshold', keepAlive: 5 } });

    expect(await place.stack.deploy(resourcesOf(pipeline(), dashboard(), broken, monitor()))).toBe(false);

    expect(namesIn(place.datadog)).toEqual({ pipeline: [], dashboard: [], rule: [], monitor: [] });
    expect(place.stack.physicalIds.size).toBe(0);
    expect(place.stack.events.map(({ RequestType, Status }) => `${RequestType} ${Status}`)).toEqual([
      'Create SUCCESS',
      'Create SUCCESS',
      'Create FAILED',
      'Delete SUCCESS',
      'Delete SUCCESS',
      'Delete SUCCESS',
    ]);
  });

  it('puts back what an update had changed, created and replaced', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(pipeline(), dashboard(), rule()));
    const before = structuredClone(Object.values(place.datadog.objects).map((kind) => [...kind]));

    const failed = await place.stack.deploy(
      resourcesOf(pipeline({ name: 'Other' }), dashboard({ title: 'Other' }), monitor(), rule({ cases: [] })),
    );

    expect(failed).toBe(false);
    expect(Object.values(place.datadog.objects).map((kind) => [...kind])).toEqual(before);
  });

  it('asks Datadog whether a rule is valid before it changes one', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(rule()));
    place.datadog.requests.length = 0;

    expect(await place.stack.deploy(resourcesOf(rule({ cases: [] })))).toBe(false);

    const [refused] = place.stack.events.filter(({ Status }) => Status === 'FAILED');
    expect(refused?.Reason).toMatch(/400 to POST .*\/rules\/validation: .*At least one case is required/);
    // The rollback alone writes: the rule as it was.
    expect(writesIn(place.datadog)).toHaveLength(1);
  });

  it('leaves no second one behind when the answer to a creation was lost', async () => {
    await using place = await installation();
    let lost = 0;
    place.datadog.intercept = async ({ method, path }, answer) => {
      if (method !== 'POST' || path.endsWith('/validation') || lost++ % 2 === 1) return undefined;
      await answer();
      return 'reset';
    };

    expect(await place.stack.deploy(resourcesOf(...ALL))).toBe(true);

    expect(Object.values(place.datadog.objects).map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(lost).toBe(4);
  });
});

describe('what is in the organisation already', () => {
  it('a leftover of ours is adopted and brought up to date', async () => {
    await using place = await installation();
    for (const item of ALL) {
      const id = item.kind === 'monitor' ? '7' : 'left-behind';
      place.datadog.objects[item.kind].set(id, { ...marked(item), id: item.kind === 'monitor' ? 7 : id });
    }

    expect(await place.stack.deploy(resourcesOf(pipeline({ is_enabled: false }), ...ALL.slice(1)))).toBe(
      true,
    );

    expect(Object.values(place.datadog.objects).map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(place.datadog.objects.pipeline.get('left-behind')).toMatchObject({ is_enabled: false });
  });

  it('a leftover is found on a later page of the list', async () => {
    await using place = await installation();
    const stored = place.datadog.objects;
    for (let n = 0; n < 250; n++) {
      stored.dashboard.set(`d${n}`, { id: `d${n}`, title: `Theirs ${n}` });
      stored.rule.set(`r${n}`, { id: `r${n}`, name: `Theirs ${n}`, message: '' });
      stored.monitor.set(`${n}`, { id: n, name: `Theirs ${n}`, message: '' });
    }
    stored.dashboard.set('ours', { ...marked(dashboard()), id: 'ours' });
    stored.rule.set('ours', { ...marked(rule()), id: 'ours' });
    stored.monitor.set('999', { ...marked(monitor()), id: 999 });

    expect(await place.stack.deploy(resourcesOf(...ALL.slice(1)))).toBe(true);

    expect([...place.stack.physicalIds.values()]).toEqual(['ours', 'ours', '999']);
  });

  it('what has our name but not our mark stays as it is beside ours', async () => {
    await using place = await installation();
    const integration = place.datadog.addIntegrationPipeline('Valence Security');
    for (const { kind, body } of ALL) {
      place.datadog.objects[kind].set('77', { ...body, id: kind === 'monitor' ? 77 : '77' });
    }
    const theirs = structuredClone(CONTENT_KINDS.map((kind) => place.datadog.objects[kind].get('77')));

    await place.stack.deploy(resourcesOf(...ALL));
    await place.stack.destroy();

    expect(CONTENT_KINDS.map((kind) => place.datadog.objects[kind].get('77'))).toEqual(theirs);
    expect(place.datadog.objects.pipeline.has(integration)).toBe(true);
    expect(Object.values(place.datadog.objects).map(({ size }) => size)).toEqual([2, 1, 1, 1]);
  });

  it('a copy that somebody made of ours is theirs', async () => {
    await using place = await installation();
    place.datadog.objects.dashboard.set('copy', {
      ...marked(dashboard()),
      title: 'Valence overview (copy)',
      id: 'copy',
    });

    await place.stack.deploy(resourcesOf(dashboard()));
    await place.stack.destroy();

    expect([...place.datadog.objects.dashboard.keys()]).toEqual(['copy']);
  });

  it('who removes the mark takes the object over: it is neither changed nor deleted any more', async () => {
    await using place = await installation();
    await place.stack.deploy(resourcesOf(dashboard()));
    const [id = '', ours] = [...place.datadog.objects.dashboard][0] ?? [];
    place.datadog.objects.dashboard.set(id, { ...ours, description: 'Mine now.' });

    expect(await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })))).toBe(true);
    expect(namesIn(place.datadog).dashboard).toEqual(['Valence overview', 'Valence, new']);

    expect(await place.stack.destroy()).toBe(true);
    expect(place.datadog.objects.dashboard.get(id)).toMatchObject({ description: 'Mine now.' });
    expect(place.datadog.objects.dashboard.size).toBe(1);
  });

  it.each(CONTENT_KINDS)(
    'a %s deleted by hand is made anew by an update, and its deletion succeeds',
    async (kind) => {
      await using place = await installation();
      await place.stack.deploy(resourcesOf(...ALL));
      place.datadog.objects[kind].clear();
      const changed = ALL.map((item) =>
        item.kind === kind ? { ...item, body: { ...item.body, extra: 1 } } : item,
      );

      expect(await place.stack.deploy(resourcesOf(...changed))).toBe(true);
      expect(place.datadog.objects[kind].size).toBe(1);

      place.datadog.objects[kind].clear();
      expect(await place.stack.destroy()).toBe(true);
    },
  );
});

describe('Datadog’s ways', () => {
  it('a dashboard that is seen late is neither made twice nor left behind', async () => {
    await using place = await installation();
    place.datadog.unseenLooks = 3;

    await place.stack.deploy(resourcesOf(dashboard()));
    expect(await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })))).toBe(true);
    expect(namesIn(place.datadog).dashboard).toEqual(['Valence, new']);

    expect(await place.stack.destroy()).toBe(true);
    expect(place.datadog.objects.dashboard.size).toBe(0);
  });

  it('a rate limit is waited for', async () => {
    await using place = await installation();
    place.datadog.rateLimits.push(0, 0);

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(true);
  });

  it('a rate limit that lasts longer than the function says so', async () => {
    await using place = await installation();
    place.datadog.rateLimits.push(3600);

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);

    expect(place.stack.events[0]?.Reason).toMatch(/limits the rate of calls.*Fix: Deploy again/);
    expect(place.datadog.objects.dashboard.size).toBe(0);
  });

  it.each([500, 502, 503, 408])('%i is tried again', async (status) => {
    await using place = await installation();
    let failures = 0;
    place.datadog.intercept = () => (failures++ < 3 ? { status } : undefined);

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);
    expect(place.datadog.objects.monitor.size).toBe(1);
  });

  it.each([
    ['a list of texts', dashboard({ tags: ['env:prod'] }), /Invalid tag env:prod: only team: is allowed/],
    [
      'an error with details',
      pipeline({ filter: undefined }),
      /Invalid pipeline; The field filter is required/,
    ],
  ])('a refusal in the form of %s reaches the event of CloudFormation', async (_, item, words) => {
    await using place = await installation();

    expect(await place.stack.deploy(resourcesOf(item))).toBe(false);

    expect(place.stack.events[0]?.Reason).toMatch(words);
    expect(place.stack.events[0]?.Reason).toMatch(/Fix: /);
  });
});
