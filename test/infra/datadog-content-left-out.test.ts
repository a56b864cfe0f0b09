import { expect, it } from 'vitest';
import { contentProblems, readContentConfig } from '../../infra/context/content.ts';
import { contentItems, contentKeys } from '../../infra/datadog/content.ts';
import { DETECTION_RULES, type RuleKey } from '../../infra/datadog/rules.ts';
import { DETECTION_METHODS } from '../../lambda/settings/content/content.ts';

const KEYS = { existingDatadogSecret: 'datadog/api', existingDatadogAppKeySecret: 'datadog/app' };

it.each([
  { rules: { exclude: ['several-platforms'], excludeMethods: ['sequence_detection'] } },
  '{"rules":{"exclude":"several-platforms","excludeMethods":"sequence_detection"}}',
])('%j leaves out single rules and whole methods', (datadogContent) => {
  const { parts } = readContentConfig({ ...KEYS, datadogContent }) ?? {};
  const leftOut = (key: RuleKey) =>
    key === 'several-platforms' || DETECTION_RULES[key].options.detectionMethod === 'sequence_detection';
  const keys = Object.keys(DETECTION_RULES) as RuleKey[];

  expect(contentItems(parts).map(({ key }) => key)).toEqual(keys.filter((key) => !leftOut(key)));
  expect(keys.filter(leftOut)).toHaveLength(5);
});

it('leaves out single dashboards and monitors, and nothing where nothing is named', () => {
  const datadogContent = {
    pipeline: {},
    dashboards: { exclude: ['overview', 'audit-insights'] },
    monitors: { exclude: 'forwarder-silent' },
  };
  const { parts } = readContentConfig({ ...KEYS, datadogContent }) ?? {};

  expect(contentItems(parts).map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'pipeline valence',
    'dashboard alert-insights',
    'dashboard forwarder-health',
    ...contentKeys('monitor')
      .filter((key) => key !== 'forwarder-silent')
      .map((key) => `monitor ${key}`),
  ]);
});

it('refuses to leave out what does not exist, and names what may be meant or what there is', () => {
  const problems = contentProblems({
    ...KEYS,
    datadogContent: {
      rules: { exclude: ['several-platform'], excludeMethods: ['sequence'] },
      dashboards: { exclude: ['rules'] },
      monitors: { excludeMethods: ['threshold'] },
    },
  }).join('\n');

  expect(problems).toContain('there is no rule several-platform, did you mean several-platforms?');
  expect(problems).toContain(
    `datadogContent.rules.excludeMethods.0 = "sequence": is none of the methods ${DETECTION_METHODS.join(', ')}.`,
  );
  expect(problems).toContain('datadogContent.monitors.excludeMethods: there is no such setting.');
});
