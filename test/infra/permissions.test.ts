import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { appWithoutCode, forwarderStack, forwarderTemplate } from './synthesised.ts';

interface Statement {
  Action: string | string[];
  Effect: string;
  Resource: unknown;
}

/** Action and resource of each statement of a role, by the role's principal. */
function statementsOf(template: Template, service: string) {
  const roles = Object.values(template.findResources('AWS::IAM::Role')).filter(({ Properties }) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes(service),
  );
  return roles
    .flatMap(({ Properties }) => Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map(({ Action, Effect, Resource }) => ({ Effect, Action: [Action].flat(), Resource }));
}

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

test('the function may do exactly this', () => {
  expect(statementsOf(forwarderTemplate(), 'lambda.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: arnOf('ForwarderFunctionLogs4100A71B'),
    },
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      Resource: arnOf('ForwarderStateTable4C9BE5A6'),
    },
    {
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [
        { Ref: 'ForwarderSecretsDatadogApiKey4D033596' },
        { Ref: 'ForwarderSecretsValenceApiKeyCB03D5E5' },
      ],
    },
    {
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: { 'Fn::Join': ['', [arnOf('ForwarderQuarantineBucket48295AC6'), '/quarantine/default/*']] },
    },
    { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: arnOf('ForwarderQuarantineBucket48295AC6') },
  ]);
});

test('the scheduler may start the function, for this account alone, and nothing else', () => {
  const template = forwarderTemplate();
  expect(statementsOf(template, 'scheduler.amazonaws.com')).toEqual([
    {
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: arnOf('ForwarderFunctionHandlerE64C6221'),
    },
  ]);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    },
  });
});

test('no role gets a managed policy, a policy from elsewhere, or a further role', () => {
  const template = forwarderTemplate();
  template.resourceCountIs('AWS::IAM::Role', 2);
  template.resourceCountIs('AWS::IAM::Policy', 0);
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
  }
});

test('the AWS Solutions rules are met, with every exception explained', () => {
  const app = forwarderStack({ schedule: 'rate(1 minute)' }).node.root;
  expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
});

test('existing secrets are used instead of new ones, and their own key may decrypt them', () => {
  const stack = new Stack(appWithoutCode(), 'Other');
  const encryptionKey = Key.fromKeyArn(
    stack,
    'Key',
    'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012',
  );
  new ValenceForwarder(stack, 'Forwarder', {
    valenceSecret: Secret.fromSecretAttributes(stack, 'Valence', {
      secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:valence-AbCdEf',
      encryptionKey,
    }),
    datadogSecret: Secret.fromSecretNameV2(stack, 'Datadog', 'security/datadog'),
  });
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  const use = statementsOf(template, 'lambda.amazonaws.com').find(({ Action }) =>
    Action.includes('secretsmanager:GetSecretValue'),
  );
  expect(JSON.stringify(use?.Resource)).toContain(':secret:valence-AbCdEf"');
  expect(JSON.stringify(use?.Resource)).toContain(':secret:security/datadog-??????"');
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'kms:Decrypt', Resource: encryptionKey.keyArn }] },
  });
});
