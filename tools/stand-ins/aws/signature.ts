import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Hash } from '@smithy/core/serde';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import { json, type StandInResponse } from '../http-server.ts';

/** The access key of a stand-in's account. Whoever signs with it is its owner, and may do everything. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

const KEY_BYTES = 12;
const SECRET_BYTES = 30;

/** A random access key, so that of all programs on this machine only those that got it can use the stand-ins. */
export const newAccessKey = (): AccessKey => ({
  accessKeyId: `LOCAL${randomBytes(KEY_BYTES).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(SECRET_BYTES).toString('base64url'),
});

/** The environment variables that let an AWS SDK client use an access key. */
export const accessKeyEnvironment = ({ accessKeyId, secretAccessKey }: AccessKey) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});

/** Source: IAM user guide, "Elements of an AWS API request signature". */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=[0-9a-f]{64}$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The answer to a request that is not signed, in the protocol of most services. */
const NOT_SIGNED = json(
  403,
  {
    __type: 'InvalidSignatureException',
    message: 'The request is not signed with the access key that the stand-ins made at their start.',
  },
  { 'x-amzn-errortype': 'InvalidSignatureException' },
);

/**
 * Refuses requests that are not signed with an access key.
 * @returns the answer to such a request, undefined for a signed one
 */
export const signedWith =
  (key: AccessKey) =>
  async (request: IncomingMessage): Promise<StandInResponse | undefined> =>
    (await isSigned(key, request)) ? undefined : NOT_SIGNED;

/**
 * Whether a request is signed with an access key (Signature Version 4). The time of the signature does not matter, because tests move
 * clocks. Nor is the body hashed: its hash is among the headers that are signed, and only the owner of the key can sign one.
 */
async function isSigned(key: AccessKey, request: IncomingMessage): Promise<boolean> {
  const { headers, method = '', url = '/' } = request;
  const { authorization = '' } = headers;
  const [, id, region = '', service = '', names = ''] = AUTHORIZATION.exec(authorization) ?? [];
  const time = String(headers['x-amz-date']);
  const signed = names.split(';');
  if (id !== key.accessKeyId || !TIME.test(time) || !signed.includes('x-amz-content-sha256')) return false;
  const { pathname, searchParams } = new URL(url, 'http://stand-in');
  const expected = await new SignatureV4({
    credentials: key,
    region,
    service,
    sha256: Hash.bind(null, 'sha256'),
    // Every service but S3 encodes the path twice.
    uriEscapePath: service !== 's3',
  }).sign(
    new HttpRequest({
      method,
      path: pathname,
      query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    }),
    { signingDate: new Date(time.replace(TIME, '$1-$2-$3T$4:$5:$6Z')) },
  );
  return isSame(expected.headers['authorization'] ?? '', authorization);
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
