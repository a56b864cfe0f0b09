import { describe, expect, vi } from 'vitest';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { withMark } from '../../lambda/content-installer/mark.ts';
import { dashboard, monitor, pipeline, resourcesOf, rule } from '../support/content-items.ts';
import { namesIn, useInstaller } from '../support/installer.ts';

const { it, log } = useInstaller();

const ALL = [pipeline(), dashboard(), rule(), monitor()];

describe('what is in the organisation already', () => {
  it('a leftover of ours is adopted and brought up to date', async ({ place }) => {
    for (const item of ALL) {
      const id = item.kind === 'monitor' ? '7' : 'left-behind';
      place.datadog.objects[item.kind].set(id, { ...withMark(item), id: item.kind === 'monitor' ? 7 : id });
    }

    expect(await place.stack.deploy(resourcesOf(pipeline({ is_enabled: false }), ...ALL.slice(1)))).toBe(
      true,
    );

    expect(Object.values(place.datadog.objects).map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(place.datadog.objects.pipeline.get('left-behind')).toMatchObject({ is_enabled: false });
  });

  it('a leftover is found on a later page of the list', async ({ place }) => {
    const stored = place.datadog.objects;
    for (let n = 0; n < 250; n++) {
      stored.dashboard.set(`d${n}`, { id: `d${n}`, title: `Theirs ${n}` });
      stored.rule.set(`r${n}`, { id: `r${n}`, name: `Theirs ${n}`, message: '' });
      stored.monitor.set(`${n}`, { id: n, name: `Theirs ${n}`, message: '' });
    }
    stored.dashboard.set('ours', { ...withMark(dashboard()), id: 'ours' });
    stored.rule.set('ours', { ...withMark(rule()), id: 'ours' });
    stored.monitor.set('999', { ...withMark(monitor()), id: 999 });

    expect(await place.stack.deploy(resourcesOf(...ALL.slice(1)))).toBe(true);

    expect([...place.stack.physicalIds.values()]).toEqual(['ours', 'ours', '999']);
  });

  it('an object with our name but without our mark stays unchanged next to ours', async ({ place }) => {
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

  it('a hosted pipeline that runs after ours is named with the command that moves ours, and is no failure', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(pipeline()));
    expect(log()).not.toContain('datadog -- order');
    place.datadog.addIntegrationPipeline('Valence Security', 'valence-security');

    expect(await place.stack.deploy(resourcesOf(pipeline({ processors: [] })))).toBe(true);

    await vi.waitFor(() => expect(log()).toContain('npm run datadog -- order'));
  });

  it('a user’s copy of ours belongs to the user', async ({ place }) => {
    place.datadog.objects.dashboard.set('copy', {
      ...withMark(dashboard()),
      title: 'Valence overview (copy)',
      id: 'copy',
    });

    await place.stack.deploy(resourcesOf(dashboard()));
    await place.stack.destroy();

    expect([...place.datadog.objects.dashboard.keys()]).toEqual(['copy']);
  });

  it('an object without the mark belongs to the user: it is neither changed nor deleted', async ({
    place,
  }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    const [id = '', ours] = [...place.datadog.objects.dashboard][0] ?? [];
    place.datadog.objects.dashboard.set(id, { ...ours, description: 'Mine now.' });

    expect(await place.stack.deploy(resourcesOf(dashboard({ title: 'Valence, new' })))).toBe(true);
    expect(namesIn(place.datadog).dashboard).toEqual(['Valence overview', 'Valence, new']);

    expect(await place.stack.destroy()).toBe(true);
    expect(place.datadog.objects.dashboard.get(id)).toMatchObject({ description: 'Mine now.' });
    expect(place.datadog.objects.dashboard.size).toBe(1);
  });

  it.for(CONTENT_KINDS)(
    'a %s deleted by hand is created again by an update, and its deletion succeeds',
    async (kind, { place }) => {
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
