import { describe, expect, it } from 'vitest';
import { forwarderMonitors } from '../../../../infra/datadog/monitors.ts';
import { PARSE_SENTENCE } from '../../../../infra/datadog/pipeline/sentences.ts';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { DetectionRule } from '../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import type { LogsPipeline } from '../../../../infra/datadog/types.ts';
import type { Stream } from '../../../../lambda/contract.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { plainValuesAt } from '../../../../tools/datadog/interpreter/paths.ts';
import { processLog } from '../../../../tools/datadog/interpreter/process-log.ts';
import { postedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { alertRecord, auditRecord } from '../../../support/core-records.ts';
import { HOSTED_PIPELINE } from '../../../support/datadog/hosted-pipeline.ts';
import { NOW } from '../../../support/outside-world.ts';

const variablesIn = (text: string) =>
  Array.from(text.matchAll(/\{\{(?![#/^]|eval )@?([^}]*)\}\}/g), ([, name]) => name as string);

const RULES: [key: string, rule: DetectionRule][] = Object.entries(DETECTION_RULES);

/** What messages and titles of signals show. */
const SHOWN = [
  ...new Set(RULES.flatMap(([, rule]) => variablesIn(JSON.stringify([rule.message, rule.options])))),
];

/** From Datadog's own database. */
const NOT_OF_THE_LOG = 'network.client.geoip.country.name';

/** The hosted pipeline fills these from the events of an alert when it runs last. */
const STANDARD_ATTRIBUTE = /^(?:usr|evt|network|http)\./;

const BLANKS = ['\n', '\r\n', '\r', '\n\n', '\n# ', '\n> ', '\t', '\v', '\f', '\x85', '\u2028', '\u2029'];

/** Each name has a blank, and so has each value of a field that is not a sentence. */
const SENTENCES = [...PARSE_SENTENCE.samples, 'Deleted GitHub connector named "Main" via method "API"'].map(
  (sentence) =>
    sentence
      .replaceAll(/"([^"]+)"/g, '"$1 Two"')
      .replace(/ user (\S+) /, ' user $1 Two ')
      .replace(/(Custom|GitHub) connector/, '$1 Two connector'),
);

const AUDIT_RECORDS = SENTENCES.map((details) =>
  auditRecord({ actor: 'Ann Two', action: 'User Two', ipAddress: '192.0.2.7 Two', details }),
);

const ALERT = alertRecord({
  vuid: 'alert Two',
  connectorUids: ['connector Two'],
  events: [
    {
      actorType: 'User Two',
      actorUser: { id: 'id Two', name: 'Ann Two', email: 'ann@example.com Two' },
      action: { actionName: 'Login Two', actionType: 'Type Two' },
      eventResult: 'Success Two',
      ip: '192.0.2.7 Two',
      userAgent: 'curl Two',
      platform: 'Okta Two',
    },
  ],
  alertType: {
    vuid: 'type-1',
    name: 'Name Two',
    description: 'More Two',
    platform: 'Okta Two',
    severity: 'High',
  },
});

/** Every text of a value changed, at any depth. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

/** The values of a record that messages may show, by the variable. */
function shownOf(stream: Stream, record: JsonObject, pipelines: readonly LogsPipeline[]) {
  const [log] = postedLogs([{ stream, record }], NOW, NOW);
  const { attributes } = processLog(pipelines, log?.posted ?? {}, { now: NOW * 1000 });
  const ofAllEvents = stream === 'alerts' && pipelines.at(-1) === HOSTED_PIPELINE;
  return SHOWN.filter((name) => !(ofAllEvents && STANDARD_ATTRIBUTE.test(name))).map(
    (name) => [name, plainValuesAt(attributes, name)] as const,
  );
}

describe.each([
  ['alone', [LOG_PIPELINE]],
  ['after the hosted pipeline', [HOSTED_PIPELINE, LOG_PIPELINE]],
  ['before the hosted pipeline', [LOG_PIPELINE, HOSTED_PIPELINE]],
])('%s', (_, pipelines) => {
  const inputs = [
    { stream: 'alerts' as const, record: ALERT },
    ...AUDIT_RECORDS.map((record) => ({ stream: 'audit-logs' as const, record })),
  ];

  it('every variable of a message has a value with a blank here', () => {
    const filled = inputs.flatMap(({ stream, record }) =>
      shownOf(stream, record, pipelines).flatMap(([name, values]) =>
        values.some((value) => /\S Two\b/.test(String(value))) ? [name] : [],
      ),
    );
    expect(SHOWN.filter((name) => name !== NOT_OF_THE_LOG && !filled.includes(name))).toEqual([]);
  });

  it.each(BLANKS)('%j in a record does not reach what messages show', (blank) => {
    for (const { stream, record } of inputs) {
      const hostile = mapTexts(record, (text) => text.replaceAll(' Two', `${blank}Two`)) as JsonObject;
      for (const [name, values] of shownOf(stream, hostile, pipelines)) {
        for (const value of values) expect(String(value), name).not.toMatch(/[\t-\r\x85\u2028\u2029]/);
      }
      if (blank.length === 1)
        expect(shownOf(stream, hostile, pipelines)).toEqual(shownOf(stream, record, pipelines));
    }
  });

  it('no value that a message shows has two backticks in a row', () => {
    for (const { stream, record } of inputs) {
      const hostile = mapTexts(record, (text) => text.replaceAll(' Two', ' ``Two```')) as JsonObject;
      expect(JSON.stringify(shownOf(stream, hostile, pipelines))).not.toContain('``');
    }
  });
});

it.each(['', '   ', '\n', '\u200b'])(
  'a signal of a type called %j has a title, and an actor called so is none',
  (blank) => {
    const [event] = ALERT.events as JsonObject[];
    const named = (name: string) => ({ name, id: name, email: name });
    const record = {
      ...ALERT,
      events: [{ ...event, actorUser: named(blank), actorApp: named(blank) }],
      alertType: { ...(ALERT.alertType as JsonObject), name: blank },
    };
    const [log] = postedLogs([{ stream: 'alerts', record }], NOW, NOW);
    const { attributes } = processLog([LOG_PIPELINE], log?.posted ?? {}, { now: NOW * 1000 });

    expect(plainValuesAt(attributes, 'valence_forwarder.title')).toEqual(['alert of unknown type']);
    expect(plainValuesAt(attributes, 'valence_forwarder.actor')).toEqual([]);
  },
);

it.each([
  ['alerts', alertRecord({ events: [{ actorUser: { email: 'ANN@Example.com', name: 'Ann' } }] })],
  ['audit-logs', auditRecord({ actor: 'Ann@example.COM' })],
] as const)('%s name one person by one value, whatever the letter case of the address', (stream, record) => {
  for (const pipelines of [
    [LOG_PIPELINE],
    [HOSTED_PIPELINE, LOG_PIPELINE],
    [LOG_PIPELINE, HOSTED_PIPELINE],
  ]) {
    const [log] = postedLogs([{ stream, record }], NOW, NOW);
    const { attributes } = processLog(pipelines, log?.posted ?? {}, { now: NOW * 1000 });
    expect(plainValuesAt(attributes, 'valence_forwarder.actor')).toEqual(['ann@example.com']);
    expect(plainValuesAt(attributes, 'valence_forwarder.lower_case_email')).toEqual([]);
  }
});

it.each(RULES)('%s shows standard attributes only of audit logs', (_, { message, queries }) => {
  if (!variablesIn(message).some((name) => STANDARD_ATTRIBUTE.test(name))) return;
  for (const { query } of queries) expect(query).toContain('service:audit-logs');
});

it.each(RULES)(
  '%s searches for what it groups by: any other value may be missing',
  (_, { message, queries }) => {
    const searched = Array.from(
      message.matchAll(/``[ ](?:[^`]* )?(@[\w.]+):"\{\{/g),
      ([, attribute]) => attribute,
    );
    for (const { groupByFields } of queries) expect(groupByFields).toEqual(expect.arrayContaining(searched));
  },
);

/** Attributes that only some alerts have: the rest of an actor of whom one value is known, and of a type that is given with its core. */
const OFTEN_MISSING =
  /^valence_forwarder\.primary_event\.actor\.|^alert_type_details\.(?!name$|platform$|severity$)/;

it.each(RULES)('%s shows what the alerts that it is about have', (_, { message, queries }) => {
  const groups = queries.flatMap(({ groupByFields }) => groupByFields);
  const missing = variablesIn(message).filter(
    (name) => OFTEN_MISSING.test(name) && !groups.includes(`@${name}`),
  );
  expect(missing).toEqual([]);
});

it('the message of a new type of alert names the type and its platform', () => {
  const shown = variablesIn(DETECTION_RULES['new-alert-type'].message);
  expect(shown).toEqual(expect.arrayContaining(['alert_type_details.name', 'alert_type_details.platform']));
});

it('messages of monitors show the name of the tenant alone, which the setting limits to plain characters', () => {
  const monitors = forwarderMonitors({
    intervalSeconds: 300,
    runbookUrl: 'runbook.md',
    datadogSite: 'datadoghq.com',
  });
  const shown = Object.values(monitors).flatMap(({ name, message }) => variablesIn(name + message));
  expect([...new Set(shown)]).toEqual(['tenant.name']);
});
