import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';

/**
 * What the function uses of the S3 client. Import this file dynamically: a run without a rejected record needs nothing of it. A
 * dynamic import of the whole package would put all its commands into the artefact.
 */
export const s3 = {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
};
