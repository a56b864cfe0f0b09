import { describe, expect, it } from 'vitest';
import { arnIn, statementsOf } from './role-statements.ts';
import { forwarderTemplate, KMS_KEY } from './synthesised.ts';

describe('permissions for keys', () => {
  it('with an own key each role may use it only through the services it needs', () => {
    const template = forwarderTemplate({ kmsKeyArn: KMS_KEY });
    const keyStatements = (service: string) =>
      statementsOf(template, service).filter(({ Action }) =>
        Action.some((action) => action.startsWith('kms:')),
      );
    for (const [service, through] of [
      ['lambda.amazonaws.com', ['dynamodb', 's3', 'secretsmanager', 'sqs']],
      ['scheduler.amazonaws.com', ['sqs']],
    ] as const) {
      const [use, ...others] = keyStatements(service);
      expect(others).toEqual([]);
      expect(use).toMatchObject({
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
        Resource: KMS_KEY,
      });
      expect([use?.Condition?.StringEquals?.['kms:ViaService']].flat()).toEqual(
        through.map((name) => ({ 'Fn::Join': ['', expect.arrayContaining([`${name}.eu-west-1.`])] })),
      );
    }
  });

  it('with an existing table and bucket the function may use these, and their key only through their services', () => {
    const other = KMS_KEY.replace('12345678', '87654321');
    const settings = { existingStateTable: 'first-state', existingQuarantineBucket: 'first-quarantine' };
    const statementsWith = (more: object) =>
      statementsOf(forwarderTemplate({ ...settings, ...more }), 'lambda.amazonaws.com');
    const kmsOf = (statements: ReturnType<typeof statementsWith>) =>
      statements
        .filter(({ Action }) => Action.some((action) => action.startsWith('kms:')))
        .map(({ Resource, Condition }) => [
          Resource,
          [Condition?.StringEquals?.['kms:ViaService']]
            .flat()
            .map((service) => JSON.stringify(service).match(/\w+(?=\.)/)?.[0]),
        ]);
    const bucket = ['arn:', { Ref: 'AWS::Partition' }, ':s3:::first-quarantine'];

    const plain = statementsWith({});
    expect(plain).toHaveLength(6);
    expect(plain.map(({ Action: [action], Resource }) => [action, Resource])).toEqual(
      expect.arrayContaining([
        ['dynamodb:GetItem', arnIn('dynamodb', ':table/', ['first-state'])],
        [
          's3:DeleteObject',
          { 'Fn::Join': ['', [...bucket.slice(0, 2), `${bucket[2]}/quarantine/default/*`]] },
        ],
        ['s3:ListBucket', { 'Fn::Join': ['', bucket] }],
      ]),
    );
    expect(kmsOf(plain)).toEqual([]);
    const ALL = ['dynamodb', 's3', 'secretsmanager', 'sqs'];
    expect(kmsOf(statementsWith({ kmsKeyArn: KMS_KEY }))).toEqual([[KMS_KEY, ALL]]);
    expect(kmsOf(statementsWith({ existingDataKmsKeyArn: KMS_KEY }))).toEqual([[KMS_KEY, ALL.slice(0, 2)]]);
    expect(kmsOf(statementsWith({ existingDataKmsKeyArn: other, kmsKeyArn: KMS_KEY }))).toEqual([
      [other, ALL.slice(0, 2)],
      [KMS_KEY, ALL.slice(2)],
    ]);
  });

  it('the outputs say which key the function may use for an existing table and bucket, and for these alone', () => {
    const other = KMS_KEY.replace('12345678', '87654321');
    const keysOf = (settings: object) =>
      Object.fromEntries(
        Object.entries(forwarderTemplate({ ...settings }).findOutputs('*'))
          .filter(([name]) => /^Existing/.test(name))
          .map(([name, { Value }]) => [name, Value]),
      );
    const [table, bucket] = [
      { existingStateTable: 'first-state' },
      { existingQuarantineBucket: 'first-objects' },
    ];

    expect(keysOf({ kmsKeyArn: KMS_KEY })).toEqual({});
    expect(keysOf(table)).toEqual({ ExistingStateTableKey: 'none' });
    expect(keysOf({ ...bucket, kmsKeyArn: KMS_KEY })).toEqual({ ExistingQuarantineBucketKey: KMS_KEY });
    expect(keysOf({ ...table, ...bucket, kmsKeyArn: KMS_KEY, existingDataKmsKeyArn: other })).toEqual({
      ExistingStateTableKey: other,
      ExistingQuarantineBucketKey: other,
      ExistingDataKey: other,
    });
  });
});
