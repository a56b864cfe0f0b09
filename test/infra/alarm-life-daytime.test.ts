import { readFileSync } from 'node:fs';
import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, it } from 'vitest';
import { runGaps } from '../../infra/run-gaps.ts';
import { everyInterval, type Life, live, type Outcome } from '../support/cloudwatch/forwarder-life.ts';
import { from, LONG_OUTAGE, minutesOf, NOTIFIED, pagesOf, perStream, raisedFrom, WAYS } from './lives.ts';
import { monitoredTemplate } from './monitored.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const EXAMPLE = JSON.parse(readFileSync('examples/two-tenants/cdk.json', 'utf8')).context.tenants[1];

/** The tenant of examples/two-tenants that runs every quarter of an hour from 7 to 21 o'clock, on every day. */
function daytime(until: number): Pick<Life, 'template' | 'starts' | 'until'> {
  const { shortest, longest, delay, warnings } = runGaps({
    interval: Duration.minutes(EXAMPLE.scheduleIntervalMinutes),
    schedule: ScheduleExpression.expression(EXAMPLE.schedule, TimeZone.of(EXAMPLE.scheduleTimezone)),
  });
  expect(warnings).toEqual([]);
  const starts = everyInterval(15 * MINUTE, until)
    .map((start) => start - (start % (15 * MINUTE)))
    .filter((start) => start % DAY >= 7 * HOUR && start % DAY < 21 * HOUR);
  const template = monitoredTemplate({ ...NOTIFIED, interval: longest, spacing: shortest, delay });
  return { template, starts, until };
}

describe.each(WAYS)('if CloudWatch looks at $extraPeriods more periods and is $delay s late', (way) => {
  it('a daytime schedule is quiet', () => {
    const life = live({ ...daytime(4 * DAY), ...way, outcome: () => 'good' });
    expect(pagesOf(life)).toEqual([]);
    expect(raisedFrom(life, 7.5 * HOUR)).toEqual([]);
  });

  it('a failed run of a daytime schedule notifies, and is over soon after the next good one', () => {
    const noon = 36 * HOUR;
    const outcome = (at: number): Outcome => (at === noon ? 'down' : 'good');
    const life = live({ ...daytime(noon + 1.5 * HOUR), ...way, outcome });
    expect(pagesOf(life)).toEqual(['stopped']);
    expect(life.active()).toEqual([]);
  });

  it('a refused key of a daytime schedule is over within the hour after it is replaced', () => {
    const noon = 36 * HOUR;
    const outcome = (at: number): Outcome => (at >= noon && at < noon + HOUR ? 'refused-key' : 'good');
    const life = live({ ...daytime(noon + 2 * HOUR), ...way, outcome });
    expect(life.raised.filter(({ alarm }) => alarm === 'credential-failures')).toHaveLength(1);
    expect(life.active()).toEqual([]);
  });

  describe('with a daytime schedule', () => {
    it.each([
      ['during the day', 9],
      ['at night', 25],
    ])('a first deployment raises one notification, which ends when keys are stored %s', (_, hour) => {
      const life = live({ ...daytime(3 * DAY), ...way, outcome: from(hour * HOUR, 'good', 'no-keys') });
      expect(pagesOf(life)).toEqual(['not-set-up']);
      expect(life.active()).toEqual([]);
    });

    it('a first deployment whose keys are never stored keeps its one notification through the nights', () => {
      const life = live({ ...daytime(3 * DAY), ...way, outcome: () => 'no-keys' });
      expect(pagesOf(life)).toEqual(['not-set-up']);
      expect(life.active()).toContain('not-set-up');
    });

    it('a deployment that never starts notifies once, before noon', () => {
      const life = live({ ...daytime(3 * DAY), ...way, outcome: () => 'none' });
      expect(pagesOf(life)).toEqual(['unseen']);
      expect(minutesOf(life, 'unseen')[0]).toBeLessThan(12 * 60);
    });

    it.each([
      ['during the day', 36, 35.75],
      ['at night', 46, 44.75],
    ])('a schedule that was deleted %s notifies once, 12 hours after the last run', (_, hour, last) => {
      const life = live({ ...daytime(5 * DAY), ...way, outcome: from(hour * HOUR, 'none', 'good') });
      expect(pagesOf(life)).toEqual(['stopped']);
      expect(raisedFrom(life, hour * HOUR)).toEqual([
        'not-running',
        'stopped',
        ...perStream('watermark-age-warning'),
      ]);
      expect((minutesOf(life, 'stopped')[0] ?? Infinity) - last * 60).toBeLessThan(12 * 60);
    });

    it('an outage of 13 hours, from noon into the night, notifies twice, and ends with the first run of the morning', () => {
      const begin = 36 * HOUR;
      const outcome = (at: number): Outcome => (at >= begin && at < begin + 13 * HOUR ? 'down' : 'good');
      const life = live({ ...daytime(4 * DAY), ...way, outcome });
      expect(pagesOf(life)).toEqual(['stopped', 'records']);
      expect(raisedFrom(life, begin)).toEqual([...LONG_OUTAGE].sort());
      expect(life.active()).toEqual([]);
    });

    it('a refused key notifies as an outage does, on its first day alone', () => {
      const begin = 36 * HOUR;
      const life = live({ ...daytime(4 * DAY), ...way, outcome: from(begin, 'refused-key', 'good') });
      expect(pagesOf(life)).toEqual(['stopped', 'records']);
      expect(raisedFrom(life, begin)).toEqual(
        ['credential-failures', ...LONG_OUTAGE, ...perStream('silence')].sort(),
      );
    });
  });
});
