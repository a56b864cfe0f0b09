import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { epochSeconds, recordTime } from '../../../../../../lambda/forwarder/core/records/time.ts';

const NEW_YEAR_2026 = 1_767_225_600;

describe('the time of a record', () => {
  it.each([
    ['seconds', NEW_YEAR_2026],
    ['seconds with a fraction', NEW_YEAR_2026 + 0.75],
    ['milliseconds', NEW_YEAR_2026 * 1e3 + 999],
    ['microseconds', NEW_YEAR_2026 * 1e6 + 999_999],
    ['seconds as text', String(NEW_YEAR_2026)],
    ['milliseconds as text', `${NEW_YEAR_2026}000`],
    ['an ISO 8601 date', '2026-01-01T00:00:00.500Z'],
    ['a date with an offset', '2026-01-01T02:00:00+02:00'],
    ['microseconds with more digits than a double holds', new LosslessNumber(`${NEW_YEAR_2026}000000.5`)],
  ])('F25 is read from %s', (_, value) => {
    expect(epochSeconds(value)).toBe(NEW_YEAR_2026);
  });

  it.each([
    ['nanoseconds', NEW_YEAR_2026 * 1e9],
    ['nanoseconds with more digits than a double holds', new LosslessNumber(`${NEW_YEAR_2026}999999000`)],
    ['nanoseconds as text', `${NEW_YEAR_2026}000000001`],
    ['seconds and nanoseconds', { seconds: NEW_YEAR_2026, nanos: 999_999_999 }],
    ['seconds as text and nanoseconds', { seconds: String(NEW_YEAR_2026), nanos: 0 }],
    ['seconds with a decimal comma', `${NEW_YEAR_2026},75`],
    ['a date with a decimal comma', '2026-01-01T00:00:00,500Z'],
    ['a date with a decimal comma and without a zone', '2026-01-01T00:00:00,500'],
    ['a date with an offset and the name of its zone', '2026-01-01T01:00:00+01:00[Europe/Paris]'],
    ['a date in UTC with the name of the zone', '2026-01-01T00:00:00Z[UTC]'],
    ['a date whose zone is in brackets alone', '2025-12-31T19:00:00[America/New_York]'],
    ['a date whose zone in brackets is half an hour off', '2026-01-01T05:30:00[Asia/Kolkata]'],
    ['a date whose zone in brackets is UTC', '2026-01-01T00:00:00[Etc/UTC]'],
  ])('F96 is read from %s', (_, value) => {
    expect(epochSeconds(value)).toBe(NEW_YEAR_2026);
  });

  it('F96 applies the summer time of a zone in brackets', () => {
    expect(epochSeconds('2026-07-01T02:00:00[Europe/Paris]')).toBe(epochSeconds('2026-07-01T00:00:00Z'));
  });

  it('F96 keeps what it needs of each zone, however it is written, and not for ever', () => {
    const { DateTimeFormat } = Intl;
    class AnyZone extends DateTimeFormat {
      constructor(locale: string, options: Intl.DateTimeFormatOptions) {
        super(locale, { ...options, timeZone: 'UTC' });
      }
    }
    const made = vi.spyOn(Intl, 'DateTimeFormat').mockImplementation(AnyZone as never);
    onTestFinished(() => made.mockRestore());
    const madeFor = (zone: string) => {
      made.mockClear();
      epochSeconds(`2026-01-01T00:00:00[${zone}]`);
      return made.mock.calls.length;
    };

    expect(['Made/Up', 'MADE/UP', 'made/uP'].map(madeFor)).toEqual([1, 0, 0]);
    for (let n = 0; n < 1000; n++) madeFor(`Made/Up${n}`);
    expect(madeFor('Made/Up')).toBe(1);
  });

  it.each([
    ['a zone that does not exist', '2026-01-01T00:00:00[Mars/Olympus]'],
    ['seconds that are an object again', { seconds: { seconds: 1, nanos: 0 }, nanos: 0 }],
    ['nanoseconds that are no number', { seconds: NEW_YEAR_2026, nanos: 'few' }],
  ])('F96 is unknown when it has %s', (_, value) => {
    expect(epochSeconds(value)).toBeUndefined();
  });

  it.each([
    ['zero', 0],
    ['a negative number', -NEW_YEAR_2026],
    ['null', null],
    ['nothing', undefined],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['1e400', new LosslessNumber('1e400')],
    ['more than any date can hold', 1e300],
    ['an empty text', ' '],
    ['a text that is no date', 'yesterday'],
    ['a truth value', true],
    ['an object', { seconds: NEW_YEAR_2026 }],
  ])('F25 is unknown when it is %s', (_, value) => {
    expect(epochSeconds(value)).toBeUndefined();
  });

  it('F25 keeps a year far ahead or long ago as it is', () => {
    expect(epochSeconds(4_102_444_800)).toBe(4_102_444_800);
    expect(epochSeconds('1970-01-02T00:00:00Z')).toBe(86_400);
  });

  it('F25 is a whole number that a date can hold, whatever number comes', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const time = epochSeconds(value);
        if (time === undefined) return;
        expect(Number.isInteger(time)).toBe(true);
        expect(time).toBeGreaterThan(0);
        expect(Number.isNaN(new Date(time * 1000).getTime())).toBe(false);
      }),
    );
  });

  it.each(['2026-01-01T00:00:00', '2026-01-01 00:00:00.5', ' 2026-01-01T00:00:00 '])(
    'F25 is UTC when its text %j names no zone, whatever the time zone of the machine',
    (text) => {
      const zone = process.env['TZ'];
      process.env['TZ'] = 'America/New_York';
      try {
        expect(epochSeconds(text)).toBe(NEW_YEAR_2026);
      } finally {
        if (zone === undefined) delete process.env['TZ'];
        else process.env['TZ'] = zone;
      }
    },
  );

  it('is no time when its text is longer than any time is', () => {
    expect(epochSeconds(`${NEW_YEAR_2026}${' '.repeat(80)}`)).toBe(NEW_YEAR_2026);
    expect(epochSeconds(`${NEW_YEAR_2026}${' '.repeat(100)}`)).toBeUndefined();
  });

  it('is read from the field of its stream', () => {
    const record = { creationTimestamp: NEW_YEAR_2026, timeEpoch: NEW_YEAR_2026 + 1 };

    expect(recordTime('alerts', record)).toBe(NEW_YEAR_2026);
    expect(recordTime('audit-logs', record)).toBe(NEW_YEAR_2026 + 1);
  });
});
