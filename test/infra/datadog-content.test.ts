import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { DatadogContent, type DatadogContentProps } from '../../infra/constructs/datadog-content.ts';
import { dashboard, monitor, pipeline, rule } from '../support/content-items.ts';
import { appWithoutCode } from './synthesised.ts';

const ITEMS = [pipeline(), dashboard(), rule(), monitor()];

function stackWith(props: Partial<DatadogContentProps> = {}): Stack {
  const stack = new Stack(appWithoutCode(), 'Content');
  new DatadogContent(stack, 'Content', {
    items: ITEMS,
    apiKeySecret: Secret.fromSecretNameV2(stack, 'ApiKey', 'datadog/api-key'),
    appKeySecret: Secret.fromSecretNameV2(stack, 'AppKey', 'datadog/app-key'),
    ...props,
  });
  return stack;
}

const templateWith = (props?: Partial<DatadogContentProps>) => Template.fromStack(stackWith(props));

/** The ARN of an imported secret, without the characters that Secrets Manager adds to its name. */
const secretNamed = (name: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':secretsmanager:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:secret:${name}`,
    ],
  ],
});

interface Policy {
  PolicyDocument: { Statement: object[] };
}

interface ItemResource {
  Properties: { Kind: string; Key: string; Body: string; Destination: object; ServiceTimeout: number };
  DependsOn?: string[];
}

const resourcesIn = (template: Template) =>
  Object.entries(template.findResources('Custom::DatadogContent')) as [string, ItemResource][];

describe('the resources', () => {
  it('are one per item, each with its body as one ASCII text', () => {
    const resources = resourcesIn(templateWith());

    expect(resources.map(([, { Properties }]) => `${Properties.Kind} ${Properties.Key}`).sort()).toEqual([
      'dashboard overview',
      'monitor lag',
      'pipeline valence',
      'rule several-alerts',
    ]);
    for (const [, { Properties }] of resources) {
      expect(Properties.Body).toMatch(/^[\x20-\x7e]+$/);
      const item = ITEMS.find(({ kind }) => kind === Properties.Kind);
      expect(JSON.parse(Properties.Body)).toEqual(item?.body);
    }
  });

  it('name the destination, so that another one means other objects', () => {
    const destinations = (props?: Partial<DatadogContentProps>) =>
      resourcesIn(templateWith(props)).map(([, { Properties }]) => Properties.Destination);
    const secrets = { ApiKeySecret: 'datadog/api-key', AppKeySecret: 'datadog/app-key' };

    expect(destinations()).toEqual(ITEMS.map(() => ({ Site: 'datadoghq.com', ...secrets })));
    expect(destinations({ datadogSite: 'datadoghq.eu', datadogApiUrl: 'https://api.example.com' })).toEqual(
      ITEMS.map(() => ({ Site: 'datadoghq.eu', ApiUrl: 'https://api.example.com', ...secrets })),
    );
  });

  it('depend on each other, so that CloudFormation handles one at a time', () => {
    const resources = new Map(resourcesIn(templateWith()));
    const chain: string[] = [];
    let [id] = [...resources].find(([, { DependsOn }]) => !DependsOn) ?? [];
    while (id) {
      chain.push(resources.get(id)?.Properties.Kind ?? '');
      const before = id;
      [id] = [...resources].find(([, { DependsOn }]) => DependsOn?.includes(before)) ?? [];
    }

    expect(chain).toEqual(['pipeline', 'dashboard', 'rule', 'monitor']);
  });

  it('keep their logical ids when other items are added or removed', () => {
    const idOf = (items: DatadogContentProps['items']) =>
      resourcesIn(templateWith({ items })).find(([, { Properties }]) => Properties.Kind === 'rule')?.[0];

    expect(idOf([rule({ name: 'Another title' })])).toBe(idOf(ITEMS));
  });

  it('the synthesis refuses an item too large for an event, by name', () => {
    const items = [dashboard({ description: 'x'.repeat(120_000) })];

    expect(() => stackWith({ items })).toThrow(/dashboard overview: 120\d+ bytes of JSON/);
  });
});

describe('the installer', () => {
  it('may write its log and read the two secrets, and nothing else', () => {
    const template = templateWith();
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));

    expect(Object.keys(template.findResources('AWS::IAM::Role'))).toHaveLength(1);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    const [log] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    expect(role?.Properties.Policies.map(({ PolicyDocument }: Policy) => PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [log, 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: [secretNamed('datadog/api-key-??????'), secretNamed('datadog/app-key-??????')],
        },
      ],
    ]);
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'lambda.amazonaws.com' },
      },
    ]);
  });

  it('may decrypt with the customer’s key of the secrets', () => {
    const stack = new Stack(appWithoutCode(), 'Keys');
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';
    new DatadogContent(stack, 'Content', {
      items: ITEMS,
      apiKeySecret: Secret.fromSecretNameV2(stack, 'ApiKey', 'a'),
      appKeySecret: Secret.fromSecretNameV2(stack, 'AppKey', 'b'),
      secretsKey: Key.fromKeyArn(stack, 'Key', arn),
    });

    const through = {
      'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
    };
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              {
                Action: 'kms:Decrypt',
                Resource: arn,
                Effect: 'Allow',
                Condition: { StringEquals: { 'kms:ViaService': [through] } },
              },
            ]),
          },
        },
      ],
    });
  });

  it('runs like the forwarder, and Lambda may retry it until CloudFormation gives up', () => {
    const template = templateWith({ datadogSite: 'datadoghq.eu' });

    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 180,
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: Match.objectLike({ DATADOG_SITE: 'datadoghq.eu' }) },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 900,
    });
    template.allResourcesProperties('Custom::DatadogContent', { ServiceTimeout: '900' });
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 90 },
    });
  });

  it.each([
    { pack: 'AWS Solutions', checks: new AwsSolutionsChecks() },
    { pack: 'Serverless', checks: new ServerlessChecks() },
  ])('meets the rules of $pack, with every exception explained', ({ checks }) => {
    expect(checks.validateScope(stackWith().node.root).violations).toEqual([]);
  });
});
