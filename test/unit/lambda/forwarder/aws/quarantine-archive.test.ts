import { gzipSync } from 'node:zlib';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import type { QuarantinedRecord } from '../../../../../lambda/forwarder/core/ports.ts';
import { OutOfTime } from '../../../../../lambda/shared/errors.ts';
import { nested } from '../../../../support/core-records.ts';
import {
  BUCKET,
  FINGERPRINT,
  options,
  RECORD_TIME,
  rejected,
  useQuarantine,
} from '../../../../support/quarantine.ts';

const { s3, quarantine } = useQuarantine();

const fingerprint = (n: number) => n.toString(16).padStart(32, '0');

const place = (key: string, content: Uint8Array) =>
  void s3().objects.set(`${BUCKET}/${key}`, Buffer.from(content));

describe('listing', () => {
  it('gives every key below the prefix, over as many pages as it takes', async () => {
    const { put, list } = quarantine();
    s3().intercept = ({ query }) => {
      if (query.has('list-type')) query.set('max-keys', '2');
      return undefined;
    };
    for (let n = 0; n < 5; n++) await put(rejected({ fingerprint: fingerprint(n) }), RECORD_TIME, options());
    await put(rejected({ stream: 'alerts' }), RECORD_TIME, options());

    const keys = await list('quarantine/acme/audit-logs/', options());

    expect(keys).toEqual(
      [0, 1, 2, 3, 4].map((n) => `quarantine/acme/audit-logs/2025/12/29/${fingerprint(n)}.json.gz`),
    );
    expect(s3().requests.filter(({ method }) => method === 'GET')).toHaveLength(3);
  });

  it('gives nothing where nothing is', async () => {
    expect(await quarantine().list('quarantine/acme/', options())).toEqual([]);
  });

  it('F74 a denied bucket is an error that names the permissions', async () => {
    s3().intercept = () => ({ status: 403 });

    await expect(quarantine().list('quarantine/acme/', options())).rejects.toMatchObject({
      code: 'quarantine-denied',
      fix: expect.stringContaining('s3:ListBucket'),
    });
  });
});

describe('reading one object', () => {
  it.each<[string, Partial<QuarantinedRecord>]>([
    ['an audit record', {}],
    ['an alert and its type', { stream: 'alerts', alertType: { vuid: 'type-1' } }],
    ['numbers of many digits', { record: { big: new LosslessNumber('12345678901234567890') } }],
    ['odd text and keys', { record: JSON.parse('{"__proto__":{"a":1},"b":"\\ud800\\u0000"}') }],
    ['thousands of levels', { record: { deep: nested(5_000) } }],
  ])('%s comes back as it was put there', async (_, change) => {
    const { put, list, get } = quarantine();
    await put(rejected(change), RECORD_TIME, options());
    const [key = ''] = await list('quarantine/acme/', options());
    const stored = [...s3().objects.values()][0];

    const record = (await get(key, options())) as QuarantinedRecord;
    await put(record, RECORD_TIME, options());

    expect(record.stream).toBe(change.stream ?? 'audit-logs');
    expect([...s3().objects.values()][0]).toEqual(stored);
  });

  it('F91 an unreadable element comes back as it was put there, below the undated ones', async () => {
    const { put, list, get } = quarantine();
    const element = {
      stream: 'alerts',
      fingerprint: FINGERPRINT,
      reason: 'unreadable',
      raw: 'TmFO',
      quarantinedAt: '2025-12-29T09:21:00.000Z',
    } as const;

    await put(element, undefined, options());

    const key = `quarantine/acme/alerts/undated/${FINGERPRINT}.json.gz`;
    expect(await list('quarantine/acme/', options())).toEqual([key]);
    expect(await get(key, options())).toEqual(element);
  });

  it('one that no longer exists is reported as gone', async () => {
    expect(await quarantine().get('quarantine/acme/nothing', options())).toBe('gone');
  });

  it.each([
    ['no gzip', Buffer.from('text')],
    ['nothing', Buffer.alloc(0)],
    ['half of it', gzipSync(JSON.stringify(rejected())).subarray(0, 40)],
    ['no JSON', gzipSync('text')],
    ['a gzip bomb', gzipSync(Buffer.alloc(100_000_000))],
    ['a list', gzipSync(JSON.stringify([rejected()]))],
    ['another stream', gzipSync(JSON.stringify({ ...rejected(), stream: '__proto__' }))],
    ['a record that is text', gzipSync(JSON.stringify({ ...rejected(), record: 'text' }))],
    ['no record', gzipSync(JSON.stringify({ ...rejected(), record: null }))],
    [
      'no record but bytes, for another reason',
      gzipSync(JSON.stringify({ ...rejected(), record: undefined, raw: 'TmFO' })),
    ],
    ['a type that is a list', gzipSync(JSON.stringify({ ...rejected(), alertType: [] }))],
    ['another fingerprint', gzipSync(JSON.stringify({ ...rejected(), fingerprint: `${FINGERPRINT}"` }))],
  ])('F29 one that holds %s is unreadable, not an error', async (_, content) => {
    place('quarantine/acme/hostile', content);

    const found = quarantine().get('quarantine/acme/hostile', { ...options(), acceptUnsigned: true });
    expect(await found).toBe('unreadable');
  });

  it('one without a signature is not even parsed: its text may need a hundred times its memory', async () => {
    place('quarantine/acme/unsigned', gzipSync('no JSON'));
    place('quarantine/acme/forged', gzipSync(`no JSON,"signature":"${'0'.repeat(64)}"}`));

    expect(await quarantine().get('quarantine/acme/unsigned', options())).toBe('unsigned');
    expect(await quarantine().get('quarantine/acme/forged', { ...options(), acceptUnsigned: true })).toBe(
      'forged',
    );
  });

  it('one that is far too large is not even read', async () => {
    place('quarantine/acme/large', Buffer.alloc(29_000_000));

    expect(await quarantine().get('quarantine/acme/large', options())).toBe('unreadable');
  });

  it('F74 connections are cut: unreachable', async () => {
    s3().intercept = () => 'reset';

    await expect(quarantine().get('quarantine/acme/x', options())).rejects.toMatchObject({
      code: 'quarantine-unreachable',
    });
  });

  it('a call that our own deadline ends is out of time', async () => {
    await expect(quarantine().get('x', { deadline: { left: () => 0 } })).rejects.toBeInstanceOf(OutOfTime);
  });
});

describe('deleting one object', () => {
  it('takes that one alone, and may be repeated', async () => {
    const { put, list, delete: remove } = quarantine();
    await put(rejected(), RECORD_TIME, options());
    await put(rejected({ fingerprint: fingerprint(1) }), RECORD_TIME, options());
    const [one = '', other] = await list('quarantine/acme/', options());

    await remove(one, options());
    await remove(one, options());

    expect(await list('quarantine/acme/', options())).toEqual([other]);
  });

  it('F74 a denied deletion is an error that names the permission', async () => {
    s3().intercept = () => ({ status: 403 });

    await expect(quarantine().delete('x', options())).rejects.toMatchObject({
      code: 'quarantine-denied',
      fix: expect.stringContaining('s3:DeleteObject'),
    });
  });
});
