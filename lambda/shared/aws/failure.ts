/**
 * Why a call to AWS failed.
 * - `throttled`: asked too often, after all of the SDK's own attempts.
 * - `denied`: no permission, or no usable credentials.
 * - `missing`: there is no such resource.
 * - `refused`: the service answered with another error of the caller.
 * - `unreachable`: no answer, or an error of the service.
 */
export type AwsFailureKind = 'throttled' | 'denied' | 'missing' | 'refused' | 'unreachable';

/** A failed call to AWS in words that may be logged. */
export interface AwsFailure {
  kind: AwsFailureKind;
  /** The error's name, as AWS documents it. */
  name: string;
  /** Name and, when AWS itself or the network wrote it, message. */
  text: string;
}

/**
 * Names under which AWS services refuse a caller. `Forbidden` and `NotFound`
 * are what S3 answers to HeadBucket, which has no body.
 */
const NAMES: Partial<Record<AwsFailureKind, readonly string[]>> = {
  throttled: [
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'SlowDown',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
  ],
  denied: [
    'AccessDenied',
    'AccessDeniedException',
    'CredentialsProviderError',
    'ExpiredToken',
    'ExpiredTokenException',
    'Forbidden',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'UnrecognizedClientException',
  ],
  missing: ['NoSuchBucket', 'NotFound', 'ResourceNotFoundException'],
};

const KINDS = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.map((name) => [name, kind as AwsFailureKind])),
);

function kindOf(name: string, status: number | undefined): AwsFailureKind {
  const known = KINDS.get(name);
  if (known) return known;
  if (status === undefined || status >= 500) return 'unreachable';
  return status === 403 ? 'denied' : 'refused';
}

/**
 * What a failed call means. The SDK's error itself is not handed on, because it holds the whole answer; nor is a message
 * that only quotes the answer, as a parser's does.
 * @param error thrown by `send` of a client
 */
export function awsFailure(error: unknown): AwsFailure {
  if (!(error instanceof Error)) return { kind: 'unreachable', name: 'Error', text: 'Error' };
  const { name, message } = error;
  const { $fault, $metadata, code } = error as {
    $fault?: unknown;
    $metadata?: { httpStatusCode?: number };
    code?: unknown;
  };
  const shown = $fault || code || name === 'TimeoutError' || name === 'CredentialsProviderError';
  return {
    kind: kindOf(name, $fault ? $metadata?.httpStatusCode : undefined),
    name,
    text: shown && message && message !== name ? `${name}: ${message}` : name,
  };
}
