import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COST_DOCUMENT } from '../../../infra/cost/cost-tables.ts';
import { withDatadogBill } from '../../../infra/cost/datadog-bill.ts';
import { storedMonth } from '../../../infra/cost/month.ts';
import { logSizes } from '../../../tools/preview/data/log-sizes.ts';

const MARKS =
  '<!-- datadog-bill:begin --><!-- datadog-bill:end --><!-- log-sizes:begin --><!-- log-sizes:end -->';

it('docs/cost.md shows what Datadog bills; `npm run docs` writes the tables', () => {
  const document = readFileSync(COST_DOCUMENT, 'utf8');

  expect(document).toBe(withDatadogBill(document, logSizes()));
});

it('counts run summaries as logs, but not for Cloud SIEM, and each update as a log more', () => {
  const tables = withDatadogBill(MARKS, {
    alert: 5_000,
    update: 6_000,
    auditLog: 500,
    runSummary: 1_000_000,
  });

  expect(tables).toContain('| 1,000 alerts | 1,000 | 0.005 | 0.005 |');
  expect(tables).toContain('which each changes twice | 3,000 | 0.017 | 0.017 |');
  expect(tables).toContain('| a million audit logs | 1,000,000 | 0.5 | 0.5 |');
  expect(tables).toContain('| run summaries of a month, a run every five minutes | 8,640 | 8.6 | 0 |');
});

it('has as many logs in an ordinary month as the month that was run', () => {
  const { logs } = storedMonth().counts;

  expect(readFileSync(COST_DOCUMENT, 'utf8')).toContain(`run summaries | ${logs.toLocaleString('en-US')} |`);
});
