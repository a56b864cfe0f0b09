import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import {
  type StandIn,
  type StandInOptions,
  type StandInRequest,
  type StandInResponse,
  serve,
} from '../http-server.ts';
import { xml } from '../xml.ts';
import { type AccessKey, signedWith } from './signature.ts';

export interface S3Options extends Omit<StandInOptions, 'refuse'> {
  accessKey: AccessKey;
  /** Buckets that exist. */
  buckets: readonly string[];
  /** Folder that keeps the objects, as `BUCKET/KEY`; in memory alone when left out. */
  folder?: string;
}

/** S3 on a free port of 127.0.0.1, path style: objects one by one, and their listing. */
export interface S3 extends StandIn {
  /** Content by `BUCKET/KEY`; what is put here, no folder keeps. */
  readonly objects: Map<string, Buffer>;
  /** How every bucket is set up, as its description shows it. */
  readonly settings: BucketSettings;
}

interface BucketSettings {
  /** Former versions are not kept in any case. */
  versioning: 'Enabled' | 'Suspended';
  /** The policy of the bucket, which nothing here enforces. */
  policy: string | undefined;
  /** Key that new objects are encrypted with, by any name; undefined for a key of S3. Nothing here encrypts. */
  encryptionKey: string | undefined;
}

/** As the forwarder's stack has it. */
const DEMANDS_TLS = JSON.stringify({
  Statement: [{ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
});

/** What is asked about a bucket as a whole; undefined for its list of objects. */
function describe(
  { versioning, policy, encryptionKey }: BucketSettings,
  query: URLSearchParams,
): StandInResponse | undefined {
  if (query.has('versioning')) return answer(200, { VersioningConfiguration: { Status: versioning } });
  if (query.has('encryption')) {
    const byDefault = {
      SSEAlgorithm: encryptionKey ? 'aws:kms' : 'AES256',
      ...(encryptionKey && { KMSMasterKeyID: encryptionKey }),
    };
    const Rule = { ApplyServerSideEncryptionByDefault: byDefault };
    return answer(200, { ServerSideEncryptionConfiguration: { Rule } });
  }
  if (!query.has('policy')) return undefined;
  if (policy === undefined) return refuse(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist');
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
}

const DEFAULT_MAX_KEYS = 1000;

const answer = (status: number, document: Parameters<typeof xml>[1]): StandInResponse =>
  xml(status, document, 'application/xml');

const refuse = (status: number, Code: string, Message: string): StandInResponse =>
  answer(status, { Error: { Code, Message } });

const etag = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;

/** One page of a bucket's keys; the continuation token is the last key of the page before. */
function list(objects: ReadonlyMap<string, Buffer>, bucket: string, query: URLSearchParams): StandInResponse {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const maxKeys = Number(query.get('max-keys') ?? DEFAULT_MAX_KEYS);
  const matching = [...objects.entries()]
    .map(([path, content]) => ({ path, key: path.slice(bucket.length + 1), size: content.length }))
    .filter(({ path, key }) => path.startsWith(`${bucket}/${prefix}`) && key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = matching.slice(0, maxKeys);
  const cut = shown.length < matching.length;
  const last = shown.at(-1);
  return answer(200, {
    ListBucketResult: {
      Name: bucket,
      Prefix: prefix,
      KeyCount: shown.length,
      MaxKeys: maxKeys,
      IsTruncated: cut,
      ...(cut && last && { NextContinuationToken: last.key }),
      Contents: shown.map(({ key, size }) => ({ Key: key, Size: size })),
    },
  });
}

/** What an earlier process left in the folder. */
async function load(folder: string): Promise<Map<string, Buffer>> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(
        async (file) =>
          [relative(folder, file).split(sep).join('/'), await readFile(file)] as [string, Buffer],
      ),
    ),
  );
}

/** Starts S3. Errors carry S3's own codes. */
export async function startS3({ accessKey, buckets, folder, ...options }: S3Options): Promise<S3> {
  const objects = folder === undefined ? new Map<string, Buffer>() : await load(folder);

  const settings: BucketSettings = { versioning: 'Enabled', policy: DEMANDS_TLS, encryptionKey: undefined };

  const fileOf = (path: string): string | undefined => {
    if (folder === undefined) return undefined;
    const file = join(folder, path);
    if (relative(folder, file).startsWith('..')) throw new Error('a key that leads out of the folder');
    return file;
  };

  const putObject = async (path: string, content: Buffer): Promise<StandInResponse> => {
    const file = fileOf(path);
    if (file) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    objects.set(path, content);
    return { status: 200, headers: { etag: etag(content) } };
  };

  const deleteObject = async (path: string): Promise<StandInResponse> => {
    const file = fileOf(path);
    if (file) await rm(file, { force: true });
    objects.delete(path);
    return { status: 204 };
  };

  const handle = ({
    method,
    path,
    query,
    body,
  }: StandInRequest): StandInResponse | Promise<StandInResponse> => {
    const full = decodeURIComponent(path.slice(1)).replace(/\/$/, '');
    const [bucket = ''] = full.split('/');
    if (!buckets.includes(bucket)) {
      return refuse(404, 'NoSuchBucket', 'The specified bucket does not exist');
    }
    if (full === bucket) {
      if (method === 'HEAD') return { status: 200 };
      if (method === 'GET') return describe(settings, query) ?? list(objects, bucket, query);
      return refuse(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    }
    if (method === 'PUT') return putObject(full, body);
    if (method === 'DELETE') return deleteObject(full);
    const content = objects.get(full);
    if (!content) return refuse(404, 'NoSuchKey', 'The specified key does not exist.');
    return { status: 200, headers: { etag: etag(content) }, body: content };
  };

  const standIn = await serve(handle, { ...options, refuse: signedWith(accessKey) });
  return Object.assign(standIn, { objects, settings });
}
