import { describe, expect, it } from 'vitest';
import { contentItems } from '../../infra/datadog/content.ts';
import { customised } from '../../infra/datadog/customise.ts';
import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { dashboard, monitor, pipeline, rule } from '../support/content-items.ts';

describe('the content', () => {
  it('has keys that do not depend on titles, and a title for each item', () => {
    const items = contentItems();
    const names = items.map(({ kind, key }) => `${kind}/${key}`);

    expect(new Set(names).size).toBe(items.length);
    for (const { kind, key, body } of items) {
      expect(key).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(kind === 'dashboard' ? body.title : body.name).toMatch(/\S/);
    }
  });
});

describe('what a user’s settings add to the content', () => {
  const notify = { critical: ['@pagerduty'], high: ['@slack-sec', '@soc'], medium: ['@mail'] };

  it('a team is added to the tags of dashboards, rules and monitors', () => {
    const tagsOf = (item: ContentItem) => customised(item, { team: 'blue' }).body.tags;

    expect(tagsOf(dashboard())).toEqual(['team:security', 'team:blue']);
    expect(tagsOf(rule())).toEqual(['source:valence-security', 'team:blue']);
    expect(tagsOf(monitor())).toEqual(['team:blue']);
    expect(customised(pipeline(), { team: 'blue', notify })).toEqual(pipeline());
  });

  it('tags that a policy demands are added to rules and monitors, each once', () => {
    const monitorTags = ['env:prod', 'team:blue'];
    const tagsOf = (item: ContentItem) => customised(item, { team: 'blue', monitorTags }).body.tags;

    expect(tagsOf(rule())).toEqual(['source:valence-security', 'team:blue', 'env:prod']);
    expect(tagsOf(monitor({ tags: ['env:prod'] }))).toEqual(['env:prod', 'team:blue']);
    expect(tagsOf(dashboard())).toEqual(['team:security', 'team:blue']);
    expect(customised(pipeline(), { monitorTags })).toEqual(pipeline());
  });

  it('each case of a rule notifies the handles of its severity', () => {
    const cases = [
      { name: 'many', status: 'high', condition: 'a > 3', notifications: ['@own'] },
      { name: 'some', status: 'low', condition: 'a > 1' },
    ];

    expect(customised(rule({ cases }), { notify }).body.cases).toEqual([
      { ...cases[0], notifications: ['@own', '@slack-sec', '@soc'] },
      cases[1],
    ]);
  });

  it('the cases and the default of a rule for a vendor’s alerts do, too', () => {
    const { body } = customised(
      rule({
        cases: [],
        options: {
          detectionMethod: 'third_party',
          thirdPartyRuleOptions: { defaultStatus: 'medium', rootQueries: [] },
        },
        thirdPartyCases: [{ name: 'Critical', query: 'status:alert', status: 'critical' }],
      }),
      { notify },
    );

    expect(body.thirdPartyCases).toMatchObject([{ notifications: ['@pagerduty'] }]);
    expect(body.options).toEqual({
      detectionMethod: 'third_party',
      thirdPartyRuleOptions: { defaultStatus: 'medium', rootQueries: [], defaultNotifications: ['@mail'] },
    });
  });

  it.each([
    { priority: 1, message: 'Behind.\n\n@pagerduty' },
    { priority: 2, message: 'Behind.\n\n@slack-sec @soc' },
    { priority: null, message: 'Behind.\n\n@mail' },
    { priority: 5, message: 'Behind.' },
  ])('a monitor of priority $priority notifies the handles of that severity', ({ priority, message }) => {
    expect(customised(monitor({ message: 'Behind.', priority }), { notify }).body.message).toBe(message);
  });
});
