import { gunzipSync } from 'node:zlib';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it, vi } from 'vitest';
import { s3Quarantine } from '../../../../../lambda/forwarder/aws/quarantine-bucket.ts';
import type { CallOptions } from '../../../../../lambda/forwarder/core/ports.ts';
import { s3Client } from '../../../../../lambda/shared/aws/clients.ts';
import { OutOfTime, QuarantineError } from '../../../../../lambda/shared/errors.ts';
import { STAND_IN_CLIENT } from '../../../../support/aws-client.ts';
import { SECRET } from '../../../../support/core-records.ts';
import {
  BUCKET,
  FINGERPRINT,
  options,
  RECORD_TIME,
  rejected,
  useQuarantine,
} from '../../../../support/quarantine.ts';

const { s3, quarantine } = useQuarantine();

async function problemOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

/** HMAC-SHA-256. */
const HMAC = /^[0-9a-f]{64}$/;

const onlyObject = (): { path: string; text: string } => {
  const [[path, content] = ['', Buffer.alloc(0)], ...others] = [...s3().objects];
  expect(others).toEqual([]);
  return { path, text: gunzipSync(content).toString() };
};

describe('a record in quarantine', () => {
  it('is stored under tenant, stream, day of its own time and fingerprint, with all details', async () => {
    await quarantine().put(rejected(), RECORD_TIME, options());

    const { path, text } = onlyObject();
    expect(path).toBe(`${BUCKET}/quarantine/acme/audit-logs/2025/12/29/${FINGERPRINT}.json.gz`);
    expect(JSON.parse(text)).toEqual({ ...rejected(), signature: expect.stringMatching(HMAC) });
  });

  it('an alert brings its type along', async () => {
    const alert = rejected({ stream: 'alerts', alertType: { vuid: 'type-1', severity: 'High' } });

    await quarantine().put(alert, RECORD_TIME, options());

    expect(JSON.parse(onlyObject().text)).toEqual({ ...alert, signature: expect.stringMatching(HMAC) });
  });

  it.each([
    ['without a time', undefined],
    ['whose time is no number', Number.NaN],
    ['of the year 12,000', 316_000_000_000],
    ['of a time no calendar has', 1e20],
    ['from before the year 0', -1e12],
  ])('F25 a record %s is undated', async (_, time) => {
    await quarantine().put(rejected(), time, options());

    expect(onlyObject().path).toBe(`${BUCKET}/quarantine/acme/audit-logs/undated/${FINGERPRINT}.json.gz`);
  });

  it('F31 numbers keep every digit', async () => {
    const record = { id: new LosslessNumber('12345678901234567890'), huge: new LosslessNumber('1e400') };

    await quarantine().put(rejected({ record }), RECORD_TIME, options());

    expect(onlyObject().text).toContain('"huge":1e400,"id":12345678901234567890');
  });

  it('F32 10,000 levels of nesting are stored whole', async () => {
    let nested: unknown = 'core';
    for (let level = 0; level < 10_000; level++) nested = [nested];

    await quarantine().put(rejected({ record: { nested } }), RECORD_TIME, options());

    expect(onlyObject().text).toContain(`${'['.repeat(10_000)}"core"${']'.repeat(10_000)}`);
  });

  it('storing it again replaces it', async () => {
    const bucket = quarantine();
    await bucket.put(rejected(), RECORD_TIME, options());

    await bucket.put(rejected({ reason: 'HTTP 413', httpStatus: 413 }), RECORD_TIME, options());

    expect(JSON.parse(onlyObject().text)).toMatchObject({ httpStatus: 413 });
  });

  it('a failing service is asked again before anybody hears of it', async () => {
    let failures = 3;
    s3().intercept = () => (failures-- > 0 ? { status: 503, body: '' } : undefined);

    await quarantine().put(rejected(), RECORD_TIME, options());

    expect(s3().objects.size).toBe(1);
  });
});

const refused = (status: number, code: string) => () => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${code}</Code><Message>No.</Message></Error>`,
});

describe('F74 the bucket cannot be used', () => {
  it('F74 it does not exist: the error names it and the setting', async () => {
    const error = await problemOf(quarantine('no-such-bucket').put(rejected(), RECORD_TIME, options()));

    expect(error).toBeInstanceOf(QuarantineError);
    expect(error).toMatchObject({
      code: 'quarantine-missing',
      message: expect.stringContaining('no-such-bucket'),
      fix: expect.stringContaining('QUARANTINE_BUCKET'),
    });
  });

  it.each([
    [403, 'AccessDenied', 'quarantine-denied'],
    [403, 'SomethingNew', 'quarantine-denied'],
    [503, 'SlowDown', 'quarantine-unreachable'],
    [500, 'InternalError', 'quarantine-unreachable'],
  ])('F74 status %i %s is %s', async (status, code, expected) => {
    s3().intercept = refused(status, code);

    const error = await problemOf(quarantine().put(rejected(), RECORD_TIME, options()));

    expect(error).toBeInstanceOf(QuarantineError);
    expect(error).toMatchObject({ code: expected });
  });

  it('F74 connections are cut: unreachable', async () => {
    s3().intercept = () => 'reset';

    const error = await problemOf(quarantine().put(rejected(), RECORD_TIME, options()));

    expect(error).toMatchObject({ code: 'quarantine-unreachable' });
  });

  it('no error shows the record', async () => {
    s3().intercept = refused(403, 'AccessDenied');

    const error = (await problemOf(quarantine().put(rejected(), RECORD_TIME, options()))) as QuarantineError;

    expect(`${error.message} ${error.fix} ${JSON.stringify(error)}`).not.toContain('ada@example.com');
    expect(error.cause).toBeUndefined();
  });

  it('a call that our own deadline ends is out of time, not a fault of the bucket', async () => {
    const past: CallOptions = { deadline: { left: () => 0 } };

    expect(await problemOf(quarantine().put(rejected(), RECORD_TIME, past))).toBeInstanceOf(OutOfTime);
    expect(s3().requests).toEqual([]);
  });

  it('a call that is cut off by its signal is out of time, too', async () => {
    const cutOff = new AbortController();
    s3().intercept = () => {
      cutOff.abort();
      return new Promise(() => undefined);
    };

    const error = await problemOf(
      quarantine().put(rejected(), RECORD_TIME, { ...options(), signal: cutOff.signal }),
    );

    expect(error).toBeInstanceOf(OutOfTime);
  });
});

describe('checking the bucket', () => {
  it('a bucket that is there passes, and nothing is written', async () => {
    await expect(quarantine().checkBucket(options())).resolves.toBeUndefined();

    expect(s3().requests.map(({ method }) => method)).toEqual(['HEAD']);
    expect(s3().objects.size).toBe(0);
  });

  it('F74 a missing bucket is named', async () => {
    const error = await problemOf(quarantine('no-such-bucket').checkBucket(options()));

    expect(error).toMatchObject({
      code: 'quarantine-missing',
      message: expect.stringContaining('no-such-bucket'),
    });
  });

  it('F74 a denied bucket has its own error, although S3 answers a HEAD without a body', async () => {
    s3().intercept = () => ({ status: 403 });

    expect(await problemOf(quarantine().checkBucket(options()))).toMatchObject({ code: 'quarantine-denied' });
  });
});

it('the client is made for the first record, and once', async () => {
  const client = vi.fn(() => s3Client(STAND_IN_CLIENT));
  const bucket = s3Quarantine({ bucket: BUCKET, tenant: 'acme', secret: async () => SECRET, client });
  expect(client).not.toHaveBeenCalled();

  await bucket.put(rejected(), RECORD_TIME, options());
  await bucket.put(rejected(), RECORD_TIME, options());

  expect(client).toHaveBeenCalledOnce();
});
