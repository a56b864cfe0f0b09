import { expect, it } from 'vitest';
import { goldenNames, logOf, readGolden } from '../../../support/datadog/golden.ts';

const goldens = goldenNames().map((name) => ({ name, golden: readGolden(name) }));

it.each(goldens)('$name: $golden.about', ({ golden }) => {
  expect(logOf(golden)).toEqual(golden.log);
});

it.each([
  ['User signed in', 'authentication'],
  ['User created', 'iam'],
  ['User deleted', 'iam'],
  ['User access updated', 'iam'],
  ['API Key created', 'iam'],
  ['Policy created or updated', 'configuration'],
  ['Policy disabled', 'configuration'],
  ['Connector created', 'configuration'],
  ['Connector deleted', 'configuration'],
  ['Connector renamed', 'configuration'],
  ['Authenticate connector', 'configuration'],
  ['Upload data to connector', 'file'],
  ['Report exported', undefined],
])('action %s has the category %s', (action, category) => {
  const categories = goldens
    .map(({ golden }) => golden.log.attributes['evt'] as { name?: string; category?: string })
    .filter(({ name }) => name === action)
    .map((evt) => evt.category);
  expect(new Set(categories)).toEqual(new Set([category]));
});

it.each([
  ['Critical', 'alert'],
  ['High', 'critical'],
  ['Medium', 'warn'],
  ['Low', 'info'],
])('severity %s is shown as status %s', (severity, status) => {
  const statuses = goldens
    .map(({ golden }) => golden.log)
    .filter(({ attributes }) => severityOf(attributes) === severity)
    .map((log) => log.status);
  expect(new Set(statuses)).toEqual(new Set([status]));
});

function severityOf(attributes: Record<string, unknown>): unknown {
  return (attributes['alert_type_details'] as { severity?: string } | undefined)?.severity;
}
