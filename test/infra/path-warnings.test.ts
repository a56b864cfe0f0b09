import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { forwarderStack } from './synthesised.ts';

const warningsOf = (redact: object) => warningsFrom({ redact });

const warningsFrom = (settings: Record<string, unknown>) =>
  Annotations.fromStack(forwarderStack(settings)).findWarning(
    '*',
    Match.stringLikeRegexp('no published record'),
  );

it.each([
  'alert.evnts[*].aux',
  'alert.evnets[*].aux',
  'alert.events[*].actorUsr.email',
  'alert_type_details.nam',
])('a path that no published record has is a warning with the near one: %s', (path) => {
  const [warning, ...others] = warningsOf({ remove: [path] });

  expect(others).toEqual([]);
  expect(warning?.entry.data).toContain(`${path}. Did you mean `);
});

it('a field of a tenant’s own is a warning without a guess', () => {
  const [warning] = warningsOf({ hash: ['alert.customField'] });

  expect(warning?.entry.data).toContain('no published record of Valence has alert.customField. If yours');
});

it.each([
  'alert.vuid',
  'alert[*]',
  'alert.events[*]',
  'alert.events[*].actorUser',
  'alert.events[*].actorUser.email',
  'alert.events[*].aux["Target[3]"].a',
  'alert["summaryLine"]',
  'alert_type_details.mitreAttackTactics[*]',
  'actor',
  'valence_forwarder.extra.owner',
])('a known path is none: %s', (path) => {
  expect(warningsOf({ remove: [path] })).toEqual([]);
});

it('a path of a condition of exclude that no published record has is a warning, too, once', () => {
  const conditions = ['Open', 'Resolved'].map((status) => ({
    stream: 'alerts',
    where: { 'alert.stauts': [status], 'alert.vuid': ['1'] },
  }));

  const warnings = warningsFrom({ exclude: conditions }).map(({ entry }) => entry.data);

  expect(warnings).toEqual([
    expect.stringMatching(
      /^exclude: no published record of Valence has alert\.stauts\. Did you mean alert\.status\?/,
    ),
  ]);
});
