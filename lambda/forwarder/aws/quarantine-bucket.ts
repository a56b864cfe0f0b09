import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { QUARANTINE_PREFIX } from '../../contract.ts';
import { MAX_OBJECT_BYTES } from '../../limits.ts';
import { s3Client } from '../../shared/aws/clients.ts';
import { awsFailure } from '../../shared/aws/failure.ts';
import { OutOfTime, QuarantineError } from '../../shared/errors.ts';
import type { DigestSecret } from '../../shared/keyed-digest.ts';
import type { CallOptions, QuarantineArchive } from '../core/ports.ts';
import { decodeObject, encodeObject, objectKey } from './quarantine-object.ts';

export interface QuarantineBucketOptions {
  bucket: string;
  tenant: string;
  /** The secret of the state table, for the signatures. Called when the first object is written or read. */
  secret: () => Promise<DigestSecret>;
  /** Called when S3 is first needed. @default {@link s3Client} */
  client?: () => Promise<S3Client>;
}

/** The quarantine in S3. */
export interface QuarantineBucket extends QuarantineArchive {
  /**
   * Asks whether the bucket is there, writing nothing. Needs `s3:ListBucket`.
   * @throws {QuarantineError} as {@link QuarantineArchive.put} does
   */
  checkBucket(options: CallOptions): Promise<void>;
}

/**
 * Quarantine in an S3 bucket, one gzipped JSON object per record or unreadable element.
 * @returns a quarantine that throws {@link QuarantineError} with code `quarantine-missing`, `quarantine-denied` or
 *   `quarantine-unreachable`, and {@link OutOfTime} when the caller's own deadline or signal ended the call
 */
export function s3Quarantine({
  bucket,
  tenant,
  secret,
  client = s3Client,
}: QuarantineBucketOptions): QuarantineBucket {
  let connected: Promise<S3Client> | undefined;

  /** @param call one request of a client */
  async function request<T>(
    { deadline, signal }: CallOptions,
    call: (s3: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const left = Math.floor(deadline.left());
    if (left <= 0) throw new OutOfTime('using the quarantine');
    const time = AbortSignal.timeout(left);
    const abortSignal = signal ? AbortSignal.any([signal, time]) : time;
    try {
      connected ??= client();
      return await call(await connected, { abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? new OutOfTime('using the quarantine') : quarantineError(bucket, error);
    }
  }

  return {
    async put(object, recordTime, options) {
      const { PutObjectCommand } = (await import('../../shared/aws/s3.ts')).s3;
      const key = objectKey(tenant, object, recordTime);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: await encodeObject(object, key, await secret()),
        ContentType: 'application/gzip',
      });
      await request(options, (s3, call) => s3.send(command, call));
    },

    async list(prefix, options) {
      const { paginateListObjectsV2 } = (await import('../../shared/aws/s3.ts')).s3;
      return request(options, async (client, call) => {
        const keys: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2(
          { client },
          { Bucket: bucket, Prefix: prefix },
          call,
        )) {
          keys.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
        }
        return keys;
      });
    },

    async get(key, { acceptUnsigned = false, ...options }) {
      const { GetObjectCommand, NoSuchKey } = (await import('../../shared/aws/s3.ts')).s3;
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const content = await request(options, async (s3, call) => {
        try {
          const { Body, ContentLength = 0 } = await s3.send(command, call);
          if (ContentLength <= MAX_OBJECT_BYTES)
            return Body && Buffer.from(await Body.transformToByteArray());
          if (Body instanceof Readable) Body.destroy();
          return undefined;
        } catch (error) {
          if (error instanceof NoSuchKey) return 'gone';
          throw error;
        }
      });
      if (content === 'gone') return content;
      if (!content) return 'unreadable';
      return decodeObject(content, { key, secret: await secret(), acceptUnsigned });
    },

    async delete(key, options) {
      const { DeleteObjectCommand } = (await import('../../shared/aws/s3.ts')).s3;
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      await request(options, (s3, call) => s3.send(command, call));
    },

    async checkBucket(options) {
      const { HeadBucketCommand } = (await import('../../shared/aws/s3.ts')).s3;
      await request(options, (s3, call) => s3.send(new HeadBucketCommand({ Bucket: bucket }), call));
    },
  };
}

function quarantineError(bucket: string, error: unknown): QuarantineError {
  const { kind, text } = awsFailure(error);
  switch (kind) {
    case 'missing':
      return new QuarantineError(
        'quarantine-missing',
        `The bucket ${bucket} does not exist (${text}).`,
        'Set QUARANTINE_BUCKET to the bucket of the stack, or deploy the stack again.',
      );
    case 'denied':
      return new QuarantineError(
        'quarantine-denied',
        `Access to the bucket ${bucket} was denied (${text}).`,
        `Allow s3:PutObject, s3:GetObject and s3:DeleteObject below ${QUARANTINE_PREFIX} and s3:ListBucket on it to the role of the function, and kms:GenerateDataKey and kms:Decrypt when the bucket has a key of its own.`,
      );
    default:
      return new QuarantineError(
        'quarantine-unreachable',
        `The bucket ${bucket} did not accept the request (${text}).`,
        'Nothing is lost; the next run continues. If it persists, check the region of the bucket, the network path from the function to S3 (VPC endpoint) and AWS_ENDPOINT_URL_S3.',
      );
  }
}
