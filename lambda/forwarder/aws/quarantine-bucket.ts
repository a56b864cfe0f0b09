import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { OutOfTime, QuarantineError } from '../../common/errors.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { CallOptions, Quarantine, QuarantinedRecord } from '../core/ports.ts';
import { awsFailure } from './aws-failure.ts';
import { s3Client } from './clients.ts';

const compress = promisify(gzip);

export interface QuarantineBucketOptions {
  bucket: string;
  tenant: string;
  /** Called when S3 is first needed. @default {@link s3Client} */
  client?: () => Promise<S3Client>;
}

/** The quarantine in S3. */
export interface QuarantineBucket extends Quarantine {
  /**
   * Asks whether the bucket is there, writing nothing. Needs `s3:ListBucket`.
   * @throws {QuarantineError} as {@link Quarantine.put} does
   */
  checkBucket(options: CallOptions): Promise<void>;
}

const LAST_DATED_YEAR = 9999;

/** `yyyy/mm/dd` (UTC) of a time in epoch seconds, or `undated` for what has no such date. */
function dayOf(recordTime: number | undefined): string {
  const date = new Date((recordTime ?? Number.NaN) * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= LAST_DATED_YEAR
    ? date.toISOString().slice(0, 10).replaceAll('-', '/')
    : 'undated';
}

/** Key of a record's object, the same each time the record is met. */
const objectKey = (
  tenant: string,
  { stream, fingerprint }: QuarantinedRecord,
  recordTime: number | undefined,
) => `quarantine/${tenant}/${stream}/${dayOf(recordTime)}/${fingerprint}.json.gz`;

/**
 * The object's content. Canonical JSON keeps every digit of a number and does not recurse, so that a record that no other
 * writer can hold still gets here.
 */
const encode = ({ alertType, ...rest }: QuarantinedRecord): Promise<Buffer> =>
  compress(canonicalJson(alertType === undefined ? rest : { ...rest, alertType }));

/**
 * Quarantine in an S3 bucket, one gzipped JSON object per record.
 * @returns a quarantine that throws {@link QuarantineError} with code `quarantine-missing`, `quarantine-denied` or
 *   `quarantine-unreachable`, and {@link OutOfTime} when the caller's own deadline or signal ended the call
 */
export function s3Quarantine({
  bucket,
  tenant,
  client = s3Client,
}: QuarantineBucketOptions): QuarantineBucket {
  let connected: Promise<S3Client> | undefined;

  async function send(command: PutObjectCommand | HeadBucketCommand, { deadline, signal }: CallOptions) {
    const left = Math.floor(deadline.left());
    if (left <= 0) throw new OutOfTime('quarantining a record');
    const time = AbortSignal.timeout(left);
    const abortSignal = signal ? AbortSignal.any([signal, time]) : time;
    try {
      connected ??= client();
      const s3 = await connected;
      // The overloads of `send` do not take a union of commands.
      await s3.send(command as PutObjectCommand, { abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? new OutOfTime('quarantining a record') : quarantineError(bucket, error);
    }
  }

  return {
    async put(record, recordTime, options) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: objectKey(tenant, record, recordTime),
        Body: await encode(record),
        ContentType: 'application/gzip',
      });
      await send(command, options);
    },

    async checkBucket(options) {
      const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
      await send(new HeadBucketCommand({ Bucket: bucket }), options);
    },
  };
}

function quarantineError(bucket: string, error: unknown): QuarantineError {
  const { kind, text } = awsFailure(error);
  switch (kind) {
    case 'missing':
      return new QuarantineError(
        'quarantine-missing',
        `There is no bucket ${bucket} (${text}).`,
        'Set QUARANTINE_BUCKET to the bucket of the stack, or deploy the stack again.',
      );
    case 'denied':
      return new QuarantineError(
        'quarantine-denied',
        `Access to the bucket ${bucket} was denied (${text}).`,
        'Allow s3:PutObject on it and s3:ListBucket for its check to the role of the function, and kms:GenerateDataKey when the bucket has a key of its own.',
      );
    default:
      return new QuarantineError(
        'quarantine-unreachable',
        `The bucket ${bucket} did not take the request (${text}).`,
        'Nothing is dropped and the next run goes on. If it lasts, check the region of the bucket, the way from the function to S3 (VPC endpoint) and AWS_ENDPOINT_URL_S3.',
      );
  }
}
