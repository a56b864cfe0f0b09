import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { type ContentConfig, readContentConfig } from '../../infra/context/content.ts';
import { contentStack, installContent } from '../../infra/install-content.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import { statementsOf } from './role-statements.ts';
import { appWithoutCode, forwarderTemplate } from './synthesised.ts';

describe('permissions for secrets', () => {
  it('a secret given by name is asked for by that name, also if the name ends as an ARN does', () => {
    const [name, other] = ['dd-secret', 'datadog-apikey'];
    const environmentOf = (template: Template) =>
      Object.values(template.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables,
      );
    const forwarder = forwarderTemplate({ existingValenceSecret: name, existingDatadogSecret: other });
    const content = readContentConfig({
      datadogContent: true,
      existingDatadogSecret: name,
      existingDatadogAppKeySecret: other,
    });
    const stack = contentStack(appWithoutCode(), content as ContentConfig);
    installContent(stack, content as ContentConfig);
    const installer = Template.fromStack(stack);

    expect(environmentOf(forwarder)).toMatchObject([{ VALENCE_SECRET_ID: name, DATADOG_SECRET_ID: other }]);
    expect(environmentOf(installer)).toMatchObject([
      { DATADOG_SECRET_ID: name, DATADOG_APP_KEY_SECRET_ID: other },
    ]);
    for (const template of [forwarder, installer]) {
      const read = statementsOf(template, 'lambda.amazonaws.com').find(({ Action }) =>
        Action.includes('secretsmanager:GetSecretValue'),
      );
      for (const secret of [name, other])
        expect(JSON.stringify(read?.Resource)).toContain(`:secret:${secret}-??????"`);
    }
  });

  it('a name that may be the key itself is refused, whoever imports the secret', () => {
    const stack = new Stack(appWithoutCode(), 'Other');
    const datadogSecret = Secret.fromSecretNameV2(stack, 'Datadog', '0123456789abcdef0123456789abcdef');

    expect(() => new ValenceForwarder(stack, 'Forwarder', { datadogSecret })).toThrow('datadogSecret');
  });

  it('existing secrets are used instead of new ones, and their own key may decrypt them', () => {
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
    const decryption = statementsOf(template, 'lambda.amazonaws.com').filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    );
    expect(decryption).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt'],
        Resource: encryptionKey.keyArn,
        Condition: {
          StringEquals: {
            'kms:ViaService': [
              {
                'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
              },
            ],
          },
        },
      },
    ]);
  });
});
