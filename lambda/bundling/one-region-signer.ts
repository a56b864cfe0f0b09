import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Replaces `@aws-sdk/signature-v4-multi-region` in the bundles. The quarantine bucket is an ordinary one in one region, for which the
 * package signs as its base class does. The rest of it is for multi-region access points and directory buckets.
 */
export class SignatureV4MultiRegion extends SignatureV4 {
  static sigv4aDependency(): 'none' {
    return 'none';
  }
}

/** The base class of the signer for directory buckets, which are never used. */
export class SignatureV4SignWithCredentials extends SignatureV4 {}
