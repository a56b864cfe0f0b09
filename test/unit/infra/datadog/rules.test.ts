import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contentItems } from '../../../../infra/datadog/content.ts';
import {
  ATTACK_VERSION,
  TACTICS,
  type TacticId,
  TECHNIQUES,
  type TechniqueId,
} from '../../../../infra/datadog/mitre.ts';
import {
  type DetectionRule,
  KEEP_ALIVES,
  RULE_STATUSES,
  type SequenceOptions,
  WINDOWS,
} from '../../../../infra/datadog/rule-types.ts';
import { durations } from '../../../../infra/datadog/rules/build.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import { RULES_DOCUMENT, withRules } from '../../../../infra/datadog/rules-table.ts';
import { namesIn } from '../../../../tools/datadog/evaluator/rule-conditions.ts';
import { facetsOf } from '../../../../tools/datadog/interpreter/query/match.ts';
import { parseQuery } from '../../../../tools/datadog/interpreter/query/syntax.ts';
import { processedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { validateRule } from '../../../../tools/stand-ins/datadog/content-kinds/rule.ts';
import { auditRecord } from '../../../support/core-records.ts';
import { RULE_SAMPLES } from '../../../support/datadog/rule-samples/all.ts';
import { logsOf } from '../../../support/datadog/rule-samples/logs.ts';
import { NOW } from '../../../support/outside-world.ts';

const RULES = Object.entries<DetectionRule>(DETECTION_RULES).map(([key, rule]) => ({ key, rule }));

/** Whatever asks something of a log, with the attributes that it groups by or counts. */
const searchesOf = ({ queries, thirdPartyCases = [], options }: DetectionRule) => [
  ...queries.map(({ query, groupByFields, distinctFields, metrics }) => ({
    query,
    fields: [...groupByFields, ...distinctFields, ...metrics],
  })),
  ...thirdPartyCases.map(({ query }) => ({ query, fields: [] })),
  ...(options.detectionMethod === 'third_party'
    ? options.thirdPartyRuleOptions.rootQueries.map(({ query, groupByFields: fields }) => ({ query, fields }))
    : []),
];

/** Every path within a value, those of its branches included. */
const pathsIn = (value: unknown, path: string): string[] => {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => pathsIn(item, path))];
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, `${path}.${key}`))];
};

const records = Object.values(RULE_SAMPLES).flatMap(({ fires, quiet }) => [
  ...fires.flatMap((sample) => sample.records),
  ...Object.values(quiet).flat(),
]);

/** A log whose role `redact` changed. */
const REDACTED = processedLogs(
  [
    {
      stream: 'audit-logs',
      record: auditRecord({
        actor: 'Ann',
        details: `Created user bob with role "Ann's role" with access to Duo "Main"`,
      }),
    },
  ],
  NOW,
  NOW,
  {},
  { remove: [], hash: ['actor'] },
);

/** A log over 1 MB. */
const SHRUNK = processedLogs(
  [{ stream: 'audit-logs', record: auditRecord({ details: 'x'.repeat(1_000_000) }) }],
  NOW,
  NOW,
);

const KNOWN = new Set(
  [
    logsOf(records),
    logsOf(records, { backfill: true, changed: ['other'], lateBy: 20 * 3600 }),
    REDACTED,
    SHRUNK,
  ]
    .flat()
    .flatMap(({ attributes, tags }) => [
      ...Object.entries(attributes).flatMap(([key, value]) => pathsIn(value, `@${key}`)),
      ...tags.map((tag) => tag.slice(0, tag.indexOf(':'))),
    ])
    .concat('source', 'service', 'status'),
);

describe('the queries of a rule', () => {
  it.each(RULES)('$key has queries in Datadog’s syntax over live logs of Valence', ({ rule }) => {
    for (const { query } of searchesOf(rule)) expect(parseQuery(query)).toBeDefined();
    const scopes = searchesOf(rule).filter(({ fields }) => fields.length > 0);
    expect(scopes).not.toEqual([]);
    for (const { query } of scopes) expect(query).toMatch(/^source:valence-security -backfill:true /);
  });

  it.each(RULES)('$key names only attributes that the logs have', ({ rule }) => {
    const named = searchesOf(rule).flatMap(({ query, fields }) => [...facetsOf(query), ...fields]);
    expect(named.filter((field) => !KNOWN.has(field))).toEqual([]);
  });

  it.each(RULES)('$key counts attributes that a repeated log does not change', ({ rule }) => {
    for (const { aggregation, distinctFields, metrics } of rule.queries) {
      expect(aggregation === 'cardinality' ? distinctFields : metrics).toHaveLength(1);
    }
  });

  it.each(RULES)('$key has conditions on its own queries and steps', ({ rule }) => {
    const { queries, cases, options } = rule;
    const queryNames = queries.map(({ name }) => name);
    expect(new Set(queryNames).size).toBe(queryNames.length);
    const sequence = options.detectionMethod === 'sequence_detection' && options.sequenceDetectionOptions;
    const caseNames = cases.flatMap(({ condition }) => (condition ? namesIn(condition) : []));
    if (!sequence) {
      expect(queryNames).toEqual(expect.arrayContaining(caseNames));
      return;
    }
    const steps = sequence.steps.map(({ name }) => name);
    expect(sequence.steps.flatMap(({ condition }) => namesIn(condition))).toEqual(queryNames);
    expect(sequence.stepTransitions.map(({ parent, child }) => [parent, child])).toEqual(
      steps.slice(1).map((child, index) => [steps[index], child]),
    );
    expect(caseNames).toEqual([steps.at(-1)]);
  });

  it.each(RULES)('$key gives the highest severity first', ({ rule }) => {
    const ranks = [...rule.cases, ...(rule.thirdPartyCases ?? [])].map(({ status }) =>
      RULE_STATUSES.indexOf(status),
    );
    expect(ranks).toEqual([...new Set(ranks)].sort((left, right) => left - right));
  });

  it.each(RULES)('$key has consistent durations that Datadog accepts', ({ rule }) => {
    const { evaluationWindow, keepAlive, maxSignalDuration } = rule.options;
    expect(KEEP_ALIVES).toContain(evaluationWindow);
    expect(KEEP_ALIVES).toContain(keepAlive);
    expect(WINDOWS).toContain(maxSignalDuration);
    expect([evaluationWindow, keepAlive, maxSignalDuration]).toEqual(
      [evaluationWindow, keepAlive, maxSignalDuration].sort((shorter, longer) => shorter - longer),
    );
  });

  it.each(RULES.filter(({ rule }) => rule.options.detectionMethod === 'sequence_detection'))(
    '$key keeps a signal open for its longest step and transition, and is refused otherwise',
    ({ rule }) => {
      const options = rule.options as SequenceOptions;
      const { steps, stepTransitions } = options.sequenceDetectionOptions;
      const windows = [...steps, ...stepTransitions].map(({ evaluationWindow }) => evaluationWindow);
      expect(options.keepAlive).toBe(Math.max(3600, ...windows));

      const keepAlive = KEEP_ALIVES.findLast((each) => each < Math.max(...windows));
      const body = { ...rule, options: { ...options, keepAlive } };
      expect(validateRule(body)).toMatchObject({ status: 400 });
    },
  );

  it.each(KEEP_ALIVES)(
    'a rule with a window of %i seconds is accepted, one with a longer window than keepAlive is not',
    (window) => {
      const body = { ...DETECTION_RULES['several-platforms'], options: durations(window) };
      const { keepAlive } = body.options;
      const longer = WINDOWS.filter((each) => each > keepAlive);

      expect(validateRule(body)).toEqual({ status: 204 });
      for (const evaluationWindow of longer) {
        expect(validateRule({ ...body, options: { ...body.options, evaluationWindow } })).toMatchObject({
          status: 400,
        });
      }
    },
  );

  it.each(RULES)('$key is accepted by the validation, with notifications and a team', ({ key }) => {
    const customisation = {
      team: 'security',
      notify: Object.fromEntries(RULE_STATUSES.map((status) => [status, [`@slack-${status}`]])),
    };
    const item = contentItems([{ kind: 'rule' }], customisation).find((each) => each.key === key);
    expect(validateRule(item?.body ?? {})).toEqual({ status: 204 });
    expect(JSON.stringify(item?.body)).toContain('@slack-');
  });
});

describe('the message of a rule', () => {
  it.each(RULES)('$key has goal, strategy, thresholds, false positives and response', ({ rule }) => {
    const headings = rule.message.match(/^#+ .*$/gm);
    expect(headings).toEqual([
      '## Goal',
      '## Strategy',
      '### Severity',
      '### False positives',
      '## Triage and response',
    ]);
    for (const { status, condition } of rule.cases) {
      expect(rule.message).toContain(
        condition ? `- **${status}** at \`${condition}\`: ` : `- **${status}**: `,
      );
    }
    expect(rule.message).toMatch(/\n1\. .+\n2\. /);
  });

  it.each(RULES)('$key leaves the ownership mark to the installer', ({ rule }) => {
    expect(rule.message).not.toContain('Managed by');
  });

  it.each(RULES)('$key mentions only attributes that the logs have', ({ rule }) => {
    const named = rule.message.match(/@[a-z_]+\.[\w.]*\w/g) ?? [];
    expect(named.filter((path) => !KNOWN.has(path))).toEqual([]);
  });

  it.each(RULES)('$key is tagged with its source and with pairs of the ATT&CK table', ({ rule }) => {
    const [source, security, ...attack] = rule.tags;
    expect(source).toBe('source:valence-security');
    expect(['security:attack', 'security:compliance']).toContain(security);
    expect(new Set(attack).size).toBe(attack.length);
    expect(attack.length % 2).toBe(0);
    for (let index = 0; index < attack.length; index += 2) {
      const [, tacticId, tactic] = /^tactic:(TA\d{4})-(.+)$/.exec(attack[index] ?? '') ?? [];
      const [, techniqueId, name] = /^technique:(T\d{4})-(.+)$/.exec(attack[index + 1] ?? '') ?? [];
      expect(TACTICS[tacticId as TacticId]).toBe(tactic);
      expect(TECHNIQUES[techniqueId as TechniqueId]).toMatchObject({ name });
      expect(TECHNIQUES[techniqueId as TechniqueId].tactics).toContain(tacticId);
    }
  });
});

it('tags have the form that Datadog shows on its ATT&CK map', () => {
  expect(DETECTION_RULES['admin-granted'].tags).toEqual([
    'source:valence-security',
    'security:attack',
    'tactic:TA0003-persistence',
    'technique:T1098-account-manipulation',
  ]);
});

it('names are unique, because Datadog does not ensure it', () => {
  const names = RULES.map(({ rule }) => rule.name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^Valence: /);
});

it('the ATT&CK table has exactly the techniques that the rules use', () => {
  const used = new Set(RULES.flatMap(({ rule }) => rule.tags));
  const techniques = Object.entries(TECHNIQUES).map(([id, { name }]) => `technique:${id}-${name}`);
  const tactics = Object.entries(TACTICS).map(([id, name]) => `tactic:${id}-${name}`);
  expect([...techniques, ...tactics].filter((tag) => !used.has(tag))).toEqual([]);
});

it('the documentation shows the rules as they are (`npm run docs` brings it up to date)', () => {
  const document = readFileSync(RULES_DOCUMENT, 'utf8');
  expect(document).toBe(withRules(document));
  expect(document).toContain(`version ${ATTACK_VERSION}`);
});
