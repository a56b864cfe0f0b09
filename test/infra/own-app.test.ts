import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it, onTestFinished, vi } from 'vitest';

const EXAMPLE = 'examples/own-app/app.ts';

/** Programs that documents show. */
const programsIn = (document: string) =>
  [...readFileSync(document, 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, program]) => program);

it('the documents show one program, which is the example that is compiled', () => {
  const documents = ['README.md', 'docs/configuration.md', 'docs/security.md', 'docs/operations.md'];

  expect(documents.flatMap(programsIn)).toEqual([readFileSync(EXAMPLE, 'utf8')]);
});

it('the example is synthesised, and its own key serves the log groups, the alarms and their topic', async () => {
  const assembly = mkdtempSync(join(tmpdir(), 'own-app-'));
  onTestFinished(() => rmSync(assembly, { recursive: true }));
  vi.stubEnv('CDK_OUTDIR', assembly);

  await import('../../examples/own-app/app.ts');

  const template = Template.fromJSON(
    JSON.parse(readFileSync(join(assembly, 'Security.template.json'), 'utf8')),
  );
  const [[id = '', key] = []] = Object.entries(template.findResources('AWS::KMS::Key'));
  const account = { Ref: 'AWS::AccountId' };
  expect(key?.['Properties'].KeyPolicy.Statement.slice(1)).toEqual([
    {
      Sid: 'CloudWatchLogs',
      Effect: 'Allow',
      Principal: { Service: { 'Fn::Join': ['', ['logs.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': {
            'Fn::Join': ['', expect.arrayContaining([account, ':log-group:*'])],
          },
        },
      },
    },
    {
      Sid: 'Alarms',
      Effect: 'Allow',
      Principal: { Service: ['cloudwatch.amazonaws.com', 'sns.amazonaws.com'] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  ]);
  template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::GetAtt': [id, 'Arn'] } });
});
