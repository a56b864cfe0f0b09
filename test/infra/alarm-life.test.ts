import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  everyInterval,
  type Life,
  type Lived,
  live,
  type Outcome,
} from '../support/cloudwatch/forwarder-life.ts';
import { from, LONG_OUTAGE, minutesOf, NOTIFIED, pagesOf, perStream, raisedFrom, WAYS } from './lives.ts';
import { monitoredTemplate } from './monitored.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const templates = new Map<number, Template>();

/** The alarms of a forwarder with a rate. */
function templateOf(minutes: number): Template {
  const interval = Duration.minutes(minutes);
  const known = templates.get(minutes);
  const template = known ?? monitoredTemplate({ ...NOTIFIED, interval, timeout: Duration.seconds(30) });
  templates.set(minutes, template);
  return template;
}

/** A forwarder with a rate. */
const paced = (minutes: number, until: number): Pick<Life, 'template' | 'starts' | 'until'> => ({
  template: templateOf(minutes),
  starts: everyInterval(minutes * MINUTE, until),
  until,
});

/** Long enough for everything that follows from a change to have happened. */
const longWith = (minutes: number): number => Math.max(2 * HOUR, 3 * minutes * MINUTE);

const PACES = [1, 5, 60, 360, 720];

/** What a refused key raises in three intervals, or in two hours if that is more. */
const REFUSED_KEY: Readonly<Record<number, readonly string[]>> = {
  1: ['errors', 'failed-events', 'stopped', ...perStream('watermark-age-warning')],
  5: ['errors', 'failed-events', 'stopped', ...perStream('watermark-age-warning')],
  60: ['errors', 'failed-events', 'stopped'],
  360: LONG_OUTAGE,
  // The silence of a day and a half is no cause of its own, and does not notify.
  720: [...LONG_OUTAGE, ...perStream('silence')],
};

describe.each(WAYS)('if CloudWatch looks at $extraPeriods more periods and is $delay s late', (way) => {
  describe.each(PACES)('with runs every %d minutes', (minutes) => {
    it('a first deployment whose keys are never stored raises one notification, and keeps it', () => {
      const life = live({ ...paced(minutes, longWith(minutes)), ...way, outcome: () => 'no-keys' });
      expect(pagesOf(life)).toEqual(['not-set-up']);
      expect(life.active()).toContain('not-set-up');
    });

    it('keys that are stored after an hour end that alarm, and nothing else notifies', () => {
      const stored = Math.max(1, Math.ceil(60 / minutes)) * minutes * MINUTE;
      const life = live({
        ...paced(minutes, stored + longWith(minutes)),
        ...way,
        outcome: from(stored, 'good', 'no-keys'),
      });
      expect(pagesOf(life)).toEqual(['not-set-up']);
      expect(life.active()).toEqual([]);
    });

    it('a forwarder that works from its first run on never notifies, and raises nothing after it', () => {
      const life = live({ ...paced(minutes, 2 * longWith(minutes)), ...way, outcome: () => 'good' });
      expect(pagesOf(life)).toEqual([]);
      expect(raisedFrom(life, (minutes + 1) * MINUTE)).toEqual([]);
      expect(life.active()).toEqual([]);
    });

    it('a schedule that was deleted notifies once, before records lose their dates', () => {
      const deleted = longWith(minutes);
      const life = live({ ...paced(minutes, 2 * deleted), ...way, outcome: from(deleted, 'none', 'good') });
      expect(pagesOf(life)).toEqual(['stopped']);
      expect(raisedFrom(life, deleted)).toEqual([
        'not-running',
        'stopped',
        'watermark-age-warning-alerts',
        'watermark-age-warning-audit-logs',
      ]);
      const [notified = 0] = minutesOf(life, 'stopped');
      const last = deleted / MINUTE - 0.1 * minutes;
      expect(notified - last).toBeLessThan(Math.min(2 * minutes + 35, 15 * 60));
    });

    it('a deployment that never starts notifies once', () => {
      const life = live({ ...paced(minutes, longWith(minutes)), ...way, outcome: () => 'none' });
      expect(pagesOf(life)).toEqual(['unseen']);
    });

    it('a schedule that dies while no key is stored still notifies', () => {
      const died = longWith(minutes);
      const life = live({ ...paced(minutes, 2 * died), ...way, outcome: from(died, 'none', 'no-keys') });
      expect(pagesOf(life)).toEqual(['not-set-up', 'stopped']);
      expect(life.active()).not.toContain('not-set-up');
    });

    it('a refused key notifies once', () => {
      const refused = longWith(minutes);
      const life = live({
        ...paced(minutes, refused + longWith(minutes)),
        ...way,
        outcome: from(refused, 'refused-key', 'good'),
      });
      // After twelve hours it is another matter: records are about to lose their dates.
      expect(pagesOf(life)).toEqual(minutes < 360 ? ['stopped'] : ['stopped', 'records']);
      expect(raisedFrom(life, refused)).toEqual(
        ['credential-failures', ...(REFUSED_KEY[minutes] ?? [])].sort(),
      );
    });
  });

  describe('metrics that only an event writes', () => {
    const raisedTimes = ({ raised }: Lived, alarm: string) =>
      raised.filter((each) => each.alarm === alarm).length;

    it.each(PACES)(
      'with runs every %d minutes, a refused key is shown without a break, and not much longer than an interval',
      (minutes) => {
        const refused = longWith(minutes);
        const stored = refused + Math.ceil(120 / minutes) * minutes * MINUTE;
        const outcome = (at: number): Outcome => (at >= refused && at < stored ? 'refused-key' : 'good');
        // Of the first good run, which is due a tenth of an interval before.
        const good = stored + 0.9 * minutes * MINUTE;
        const after = Math.min(minutes, 60) + 30;
        const until = good + after * MINUTE;
        const life = live({ ...paced(minutes, until), ...way, outcome });
        expect(raisedTimes(life, 'credential-failures')).toBe(1);
        expect(life.active()).not.toContain('credential-failures');
        const before = live({ ...paced(minutes, good - 2 * MINUTE), ...way, outcome });
        expect(before.active()).toContain('credential-failures');
      },
    );

    it('a single quarantined record is shown for a quarter of an hour, and not longer than half an hour', () => {
      const begin = 2 * HOUR;
      const outcome = (at: number): Outcome =>
        at >= begin && at < begin + 5 * MINUTE ? 'down-and-quarantined' : 'good';
      const shownAfter = (minutes: number) =>
        live({ ...paced(5, begin + (5 + minutes) * MINUTE), ...way, outcome }).active();
      expect(shownAfter(14)).toContain('quarantined-logs-audit-logs');
      expect(shownAfter(32)).not.toContain('quarantined-logs-audit-logs');
    });
  });

  it('an outage of 13 hours notifies twice: when runs fail, and when records are about to lose their dates', () => {
    const begin = 36 * HOUR;
    const end = begin + 13 * HOUR;
    const outcome = (at: number): Outcome => (at >= begin && at < end ? 'down' : 'good');
    const life = live({ ...paced(5, begin + 20 * HOUR), ...way, outcome });
    expect(pagesOf(life)).toEqual(['stopped', 'records']);
    expect(raisedFrom(life, begin)).toEqual([...LONG_OUTAGE].sort());
    expect(life.raised.filter(({ at, alarm }) => at >= begin && alarm === 'failed-events')).toHaveLength(1);
    const [stopped = 0] = minutesOf(life, 'stopped');
    const [records = 0] = minutesOf(life, 'records');
    expect(stopped - begin / MINUTE).toBeLessThan(30);
    expect(records - begin / MINUTE).toBeGreaterThan(12 * 60 - 10);
    expect(records - begin / MINUTE).toBeLessThan(12 * 60 + 15);
    expect(life.active()).toEqual([]);
  });

  it.each(PACES)(
    'with runs every %d minutes, what is late is critical while there is time to act',
    (minutes) => {
      const begin = longWith(minutes);
      const life = live({
        ...paced(minutes, begin + 18 * HOUR),
        ...way,
        outcome: from(begin, 'down', 'good'),
      });
      const first = (alarm: string) =>
        life.raised.find((each) => each.at >= begin && each.alarm === alarm)?.at ?? Infinity;
      const critical = first('watermark-age-critical-alerts');
      // If the first failed run is critical already, as at 12 hours, the warning takes an hour longer.
      expect(first('watermark-age-warning-alerts')).toBeLessThanOrEqual(critical + 75 * MINUTE);
      // With 17 hours from the last good run on, there are four left to act.
      expect(critical - (begin - 0.1 * minutes * MINUTE)).toBeLessThan(13 * HOUR);
    },
  );

  it('a second cause notifies while the first one lasts', () => {
    const begin = 2 * HOUR;
    const outcome = (at: number): Outcome =>
      at >= begin + HOUR ? 'down-and-quarantined' : at >= begin ? 'down' : 'good';
    const life = live({ ...paced(5, begin + 2 * HOUR), ...way, outcome });
    expect(pagesOf(life)).toEqual(['stopped', 'records']);
    expect(life.active()).toContain('stopped');
  });

  describe('a second cause of the same group does not notify, and keeps the group raised until it is over, too', () => {
    const begin = 2 * HOUR;
    /** What happens from a time on, until the next. */
    const inTurn = (...phases: [number, Outcome][]) => ({
      ...paced(5, (phases.at(-1)?.[0] ?? 0) + 3 * HOUR),
      ...way,
      outcome: (at: number): Outcome => phases.findLast(([time]) => at >= time)?.[1] ?? 'good',
    });

    it('stopped: a key is refused, and then nothing runs any more', () => {
      const life = inTurn([begin, 'refused-key'], [4 * HOUR, 'none'], [8 * HOUR, 'good']);
      const lived = live(life);
      expect(pagesOf(lived)).toEqual(['stopped']);
      expect(raisedFrom(lived, 4 * HOUR)).toEqual(['not-running']);
      expect(live({ ...life, until: 8 * HOUR }).active()).toContain('stopped');
      expect(lived.active()).toEqual([]);
    });

    it('records: an outage is critical, and then records of the other stream are rejected', () => {
      const life = inTurn([begin, 'down'], [21 * HOUR, 'down-and-quarantined'], [22 * HOUR, 'good']);
      const lived = live(life);
      expect(pagesOf(lived)).toEqual(['stopped', 'records']);
      expect(raisedFrom(lived, 21 * HOUR)).toEqual(['quarantined-logs-audit-logs']);
      expect(lived.active()).toEqual([]);
    });

    it('unseen: Valence refuses a range, then shows nothing for a day, and the range is over first', () => {
      const life = inTurn([begin, 'hole-and-silence'], [40 * HOUR, 'silence'], [50 * HOUR, 'good']);
      const lived = live(life);
      expect(pagesOf(lived)).toEqual(['unseen']);
      expect(raisedFrom(lived, 4 * HOUR)).toEqual(perStream('silence'));
      expect(live({ ...life, until: 50 * HOUR }).active()).toContain('unseen');
      expect(lived.active()).toEqual([]);
    });
  });

  it('a day without records notifies, once', () => {
    const outcome = (at: number): Outcome => (at >= 2 * HOUR && at < 50 * HOUR ? 'silence' : 'good');
    const life = live({ ...paced(5, 53 * HOUR), ...way, outcome });
    expect(pagesOf(life)).toEqual(['unseen']);
    expect(raisedFrom(life, 2 * HOUR)).toEqual([...perStream('silence'), 'unseen']);
    expect(life.active()).toEqual([]);
  });

  it('a range that Valence refuses notifies, and a failure while it lasts notifies, too', () => {
    const begin = 2 * HOUR;
    const outcome = (at: number): Outcome => (at >= begin + HOUR ? 'down' : at >= begin ? 'hole' : 'good');
    const life = live({ ...paced(5, begin + 2 * HOUR), ...way, outcome });
    expect(pagesOf(life)).toEqual(['unseen', 'stopped']);
  });

  it('a wrong configuration from the start notifies once', () => {
    const life = live({ ...paced(5, 3 * HOUR), ...way, outcome: () => 'crash' });
    expect(pagesOf(life)).toEqual(['stopped']);
  });

  it('a single failed run of a frequent schedule notifies nobody', () => {
    const outcome = (at: number): Outcome => (at >= HOUR && at < HOUR + 5 * MINUTE ? 'down' : 'good');
    expect(pagesOf(live({ ...paced(5, 3 * HOUR), ...way, outcome }))).toEqual([]);
  });
});
