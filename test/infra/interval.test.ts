import { expect, it } from 'vitest';
import { readContentChoice } from '../../infra/context/content.ts';
import { longestInterval } from '../../infra/context/interval.ts';

const CRON = 'cron(0/20 * * * ? *)';

it.each([
  ['five minutes by default', {}, 300],
  ['that of the schedule', { schedule: 'rate(1 hour)' }, 3600],
  ['what a cron schedule is said to have', { schedule: CRON, scheduleIntervalMinutes: '20' }, 1200],
  [
    'that of the tenant that runs least often',
    { schedule: 'rate(10 minutes)', tenants: [{ name: 'a' }, { name: 'b', schedule: 'rate(2 hours)' }] },
    7200,
  ],
  [
    'that of the tenant, if it has its own schedule',
    {
      schedule: CRON,
      scheduleIntervalMinutes: 20,
      tenants: [{ name: 'a', schedule: 'rate(5 minutes)' }],
    },
    300,
  ],
  [
    'the default, for a tenant that unsets the common schedule',
    { schedule: 'rate(1 minute)', tenants: [{ name: 'a' }, { name: 'b', schedule: null }] },
    300,
  ],
])('the longest interval is %s', (_, context, seconds) => {
  expect(longestInterval(context)).toBe(seconds);
});

it('the content of an organisation has the longest interval and the runbook', () => {
  const context = { schedule: 'rate(1 hour)', runbookUrl: 'https://example.com/book' };
  expect(readContentChoice(context).customisation).toMatchObject({
    intervalSeconds: 3600,
    runbookUrl: 'https://example.com/book',
  });
});
