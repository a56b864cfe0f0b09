import { expect, test } from 'vitest';
import { goldenNames, logOf, readGolden } from '../support/datadog/golden.ts';

const goldens = goldenNames().map((name) => ({ name, golden: readGolden(name) }));

test.each(goldens)('$name: $golden.about', ({ golden }) => {
  expect(logOf(golden)).toEqual(golden.log);
});

test.each([
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
