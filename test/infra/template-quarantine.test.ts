import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { forwarderTemplate } from './synthesised.ts';

const template = forwarderTemplate();

describe('the quarantine bucket', () => {
  it('is encrypted, private, and deletes after a year', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 365, Status: 'Enabled' })]),
      },
    });
  });

  it('refuses requests without TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it('quarantined records are kept as long as configured', () => {
    forwarderTemplate({ quarantineRetentionDays: 30 }).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 30 })]) },
    });
  });

  it('a quarantined record that was deleted or replaced can be restored for a month', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            ExpiredObjectDeleteMarker: true,
          }),
        ]),
      },
    });
  });

  it('quarantineLocked lets only the role of the function write to the bucket, until the stack is deleted', () => {
    const lock = (statements: unknown) => JSON.stringify(statements).includes('OnlyTheForwarderWrites');
    const policies = (given: Template) => Object.values(given.findResources('AWS::S3::BucketPolicy'));
    const [locked] = policies(forwarderTemplate({ quarantineLocked: true }));

    expect(policies(template).some(lock)).toBe(false);
    expect(locked?.['DeletionPolicy']).toBeUndefined();
    const statements = locked?.['Properties'].PolicyDocument.Statement as Record<string, unknown>[];
    expect(statements.find(lock)).toMatchObject({
      Sid: 'OnlyTheForwarderWrites',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: [
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:PutObject',
        's3:ReplicateDelete',
        's3:ReplicateObject',
      ],
      Resource: { 'Fn::Join': ['', [expect.anything(), '/*']] },
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [expect.stringMatching(/Role/), 'Arn'] } },
      },
    });
  });
});
