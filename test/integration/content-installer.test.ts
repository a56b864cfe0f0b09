import { describe, expect } from 'vitest';
import type { ContentKind } from '../../lambda/content-installer/content-item.ts';
import type { DatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { dashboard, monitor, pipeline, resourcesOf, rule } from '../support/content-items.ts';
import { namesIn, useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

/** The ownership mark of every object. */
const marked = (item: string) =>
  new RegExp(
    `Managed by valence-datadog-forwarder \\(${item}, owner [0-9a-f]{12}\\): a deployment overwrites what is edited here; clone it under another title to keep your own\\.$`,
  );

const ALL = [pipeline(), dashboard(), rule(), monitor()];

const writesIn = ({ requests }: DatadogApi) =>
  requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validation'));

describe('a stack with one resource an item', () => {
  it('creates each of them, whole and marked as ours, under Datadog’s own ids', async ({ place }) => {
    expect(await place.stack.deploy(resourcesOf(...ALL))).toBe(true);

    const stored = (kind: ContentKind, key: string) =>
      place.datadog.objects[kind].get(place.stack.physicalIds.get(`${kind}/${key}`) ?? '');
    expect(stored('pipeline', 'valence')).toMatchObject({
      ...pipeline().body,
      description: expect.stringMatching(marked('pipeline/valence')),
    });
    expect(stored('dashboard', 'overview')).toMatchObject({
      ...dashboard().body,
      description: expect.stringMatching(marked('dashboard/overview')),
    });
    expect(stored('rule', 'several-alerts')).toMatchObject({
      ...rule().body,
      message: expect.stringMatching(marked('rule/several-alerts')),
    });
    expect(stored('monitor', 'lag')).toMatchObject({
      ...monitor().body,
      message: expect.stringMatching(marked('monitor/lag')),
    });
    expect(stored('dashboard', 'overview')?.description).toMatch(/^What happened\.\n\nManaged by/);
    expect(namesIn(place.datadog)).toEqual({
      pipeline: ['Valence Security'],
      dashboard: ['Valence overview'],
      rule: ['Several high alerts for one actor'],
      monitor: ['Valence forwarder lags'],
    });
  });

  it('updates in place what has changed, title included, and nothing else', async ({ place }) => {
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

  it('removes what is switched off, and everything when it is deleted', async ({ place }) => {
    await place.stack.deploy(resourcesOf(...ALL));

    expect(await place.stack.deploy(resourcesOf(pipeline(), dashboard()))).toBe(true);
    expect(namesIn(place.datadog)).toMatchObject({ dashboard: ['Valence overview'], rule: [], monitor: [] });

    expect(await place.stack.destroy()).toBe(true);
    expect(namesIn(place.datadog)).toEqual({ pipeline: [], dashboard: [], rule: [], monitor: [] });
  });

  it('creates a new object for an item under a new key, before the old one is deleted', async ({ place }) => {
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
  it('deletes what a first deployment had created, and does not fail on what it had not', async ({
    place,
  }) => {
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

  it('restores what an update had changed, created and replaced', async ({ place }) => {
    await place.stack.deploy(resourcesOf(pipeline(), dashboard(), rule()));
    const before = structuredClone(Object.values(place.datadog.objects).map((kind) => [...kind]));

    const failed = await place.stack.deploy(
      resourcesOf(pipeline({ name: 'Other' }), dashboard({ title: 'Other' }), monitor(), rule({ cases: [] })),
    );

    expect(failed).toBe(false);
    expect(Object.values(place.datadog.objects).map((kind) => [...kind])).toEqual(before);
  });

  it('asks Datadog whether a rule is valid before it changes one', async ({ place }) => {
    await place.stack.deploy(resourcesOf(rule()));
    place.datadog.requests.length = 0;

    expect(await place.stack.deploy(resourcesOf(rule({ cases: [] })))).toBe(false);

    const [refused] = place.stack.events.filter(({ Status }) => Status === 'FAILED');
    expect(refused?.Reason).toMatch(/400 to POST .*\/rules\/validation: .*At least one case is required/);
    // The rollback alone writes: the rule as it was.
    expect(writesIn(place.datadog)).toHaveLength(1);
  });

  it('leaves no second object behind when the answer to a creation was lost', async ({ place }) => {
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

describe('answers of Datadog', () => {
  it('a dashboard that the list shows late is neither created twice nor left behind', async ({ place }) => {
    place.datadog.unseenLooks = 3;

    await place.stack.deploy(resourcesOf(dashboard()));
    expect(await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })))).toBe(true);
    expect(namesIn(place.datadog).dashboard).toEqual(['Valence, new']);

    expect(await place.stack.destroy()).toBe(true);
    expect(place.datadog.objects.dashboard.size).toBe(0);
  });

  it('waits for a rate limit', async ({ place }) => {
    place.datadog.rateLimits.push(0, 0);

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(true);
  });

  it('a rate limit that lasts longer than the function is named in the error', async ({ place }) => {
    place.datadog.rateLimits.push(3600);

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);

    expect(place.stack.events[0]?.Reason).toMatch(/limits the rate of calls.*Fix: Deploy again/);
    expect(place.datadog.objects.dashboard.size).toBe(0);
  });

  it.for([500, 502, 503, 408])('%i is tried again', async (status, { place }) => {
    let failures = 0;
    place.datadog.intercept = () => (failures++ < 3 ? { status } : undefined);

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);
    expect(place.datadog.objects.monitor.size).toBe(1);
  });

  it.for([
    ['a list of texts', dashboard({ tags: ['env:prod'] }), /Invalid tag env:prod: only team: is allowed/],
    [
      'an error with details',
      pipeline({ filter: undefined }),
      /Invalid pipeline; The field filter is required/,
    ],
  ] as const)(
    'a refusal in the form of %s reaches the event of CloudFormation',
    async ([, item, words], { place }) => {
      expect(await place.stack.deploy(resourcesOf(item))).toBe(false);

      expect(place.stack.events[0]?.Reason).toMatch(words);
      expect(place.stack.events[0]?.Reason).toMatch(/Fix: /);
    },
  );
});
