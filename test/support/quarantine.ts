import { afterEach, beforeEach, vi } from 'vitest';
import { s3Quarantine } from '../../lambda/forwarder/aws/quarantine-bucket.ts';
import type { CallOptions, QuarantinedRecord } from '../../lambda/forwarder/core/ports.ts';
import { s3Client } from '../../lambda/shared/aws/clients.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { type S3, startS3 } from '../../tools/stand-ins/aws/s3.ts';
import { accessKey, STAND_IN_CLIENT } from './aws-client.ts';
import { SECRET } from './core-records.ts';

export const BUCKET = 'quarantine-bucket';
export const FINGERPRINT = '0123456789abcdef0123456789abcdef';
/** 2025-12-29T09:20:00Z */
export const RECORD_TIME = 1_767_000_000;

export const options = (): CallOptions => ({ deadline: deadlineIn(systemClock, 30_000) });

/** A record that Datadog rejected. */
export const rejected = (change: Partial<QuarantinedRecord> = {}): QuarantinedRecord => ({
  stream: 'audit-logs',
  record: { actor: 'ada@example.com', timeEpoch: RECORD_TIME },
  fingerprint: FINGERPRINT,
  reason: 'HTTP 400',
  httpStatus: 400,
  quarantinedAt: '2025-12-29T09:21:00.000Z',
  ...change,
});

/** An S3 stand-in with an empty bucket for each test of the file, and the quarantine in it. */
export function useQuarantine() {
  let s3: S3;
  beforeEach(async () => {
    s3 = await startS3({ accessKey, buckets: [BUCKET] });
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.origin);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await s3.close();
  });
  return {
    s3: () => s3,
    quarantine: (bucket = BUCKET) =>
      s3Quarantine({
        bucket,
        tenant: 'acme',
        secret: async () => SECRET,
        client: () => s3Client(STAND_IN_CLIENT),
      }),
  };
}
