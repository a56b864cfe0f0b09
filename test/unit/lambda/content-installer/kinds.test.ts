import { describe, expect, it } from 'vitest';
import { contentItems } from '../../../../infra/datadog/content.ts';
import { KINDS, settableOf } from '../../../../lambda/content-installer/kinds.ts';
import { KIND_RULES } from '../../../../tools/stand-ins/datadog/content-kinds/kinds.ts';

describe('what replaces an object as it is', () => {
  it.each(contentItems().map((item) => [`${item.kind}/${item.key}`, item] as const))(
    'has all that %s was created with, and nothing that the server adds',
    (_, { kind, body }) => {
      const sent = settableOf(kind, KIND_RULES[kind].stored(body, '7'));

      const created = Object.keys(body).filter((name) => !KINDS[kind].onlyOnCreate?.includes(name));
      expect(Object.keys(sent).sort()).toEqual(created.sort());
      expect(KIND_RULES[kind].problems(sent)).toEqual([]);
    },
  );

  it('does not repeat what the server derives', () => {
    const derived = {
      queries: [{ name: 'a' }],
      cases: [{ name: 'high' }],
      options: { detectionMethod: 'third_party' },
    };

    expect(settableOf('rule', derived)).toMatchObject({ queries: [], cases: [] });
    expect(settableOf('rule', { ...derived, options: { detectionMethod: 'threshold' } })).toMatchObject({
      queries: derived.queries,
      cases: derived.cases,
    });
  });
});
