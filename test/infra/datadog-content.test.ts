import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { DatadogContent, type DatadogContentProps } from '../../infra/constructs/datadog-content.ts';
import { contentProblems, readContentConfig } from '../../infra/context/content.ts';
import { contentItems } from '../../infra/datadog/content.ts';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { contentStack, installContent } from '../../infra/install-content.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
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

describe('the settings', () => {
  const KEYS = { existingDatadogSecret: 'datadog/api', existingDatadogAppKeySecret: 'datadog/app' };

  it('install nothing by default', () => {
    expect(readContentConfig({})).toBeUndefined();
    expect(readContentConfig({ ...KEYS, datadogContent: false })).toBeUndefined();
    expect(readContentConfig({ ...KEYS, datadogContent: { dashboards: false } })).toBeUndefined();
  });

  it.each([true, 'true'])('%j installs all of it', (datadogContent) => {
    expect(readContentConfig({ ...KEYS, datadogContent })?.parts).toEqual(
      CONTENT_KINDS.map((kind) => ({ kind })),
    );
  });

  it.each([[{ dashboards: true, rules: 'true', monitors: false }], ['{"dashboards":true,"rules":true}']])(
    '%j installs those parts',
    (datadogContent) => {
      expect(readContentConfig({ ...KEYS, datadogContent })?.parts).toEqual([
        { kind: 'dashboard' },
        { kind: 'rule' },
      ]);
    },
  );

  it.each([{}, { existingDatadogSecret: 'datadog/api' }, { existingDatadogAppKeySecret: 'datadog/app' }])(
    'without stored secrets (%j) the error explains how to store them',
    (given) => {
      const [problem, ...others] = contentProblems({ datadogContent: true, ...given });
      expect(others).toEqual([]);
      expect(problem).toMatch(/existingDatadogSecret .*existingDatadogAppKeySecret .*deploy again/);
    },
  );

  it('every mistake is reported with the allowed values', () => {
    const problems = contentProblems({
      datadogContent: { dashboard: true },
      existingDatadogAppKeySecret: 'two words',
      datadogTeam: 'Security Team',
      datadogNotify: { critical: 'slack-security' },
      datadogMonitorTags: 'prod',
    });

    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).toMatch(/datadogMonitorTags.* = "prod": holds a tag that is not key:value/);
    expect(problems.join('\n')).toMatch(/datadogContent\.dashboard: there is no such setting/);
    expect(problems.join('\n')).toMatch(/existingDatadogAppKeySecret: is not the name of a secret/);
    expect(problems.join('\n')).toMatch(/datadogTeam = "Security Team": is not the handle of a team/);
    expect(problems.join('\n')).toMatch(/datadogNotify\.critical\.0 = .*starts with @/);
  });

  it('create the installer in a stack', () => {
    const stack = new Stack(appWithoutCode(), 'Content');
    const config = readContentConfig({ ...KEYS, datadogContent: true, datadogSite: 'us5.datadoghq.com' });
    if (config) installContent(stack, config);
    const template = Template.fromStack(stack);

    template.resourceCountIs('Custom::DatadogContent', contentItems().length);
    const [installer, ...others] = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(others).toEqual([]);
    expect(installer?.Properties.Environment.Variables).toEqual({
      DATADOG_SITE: 'us5.datadoghq.com',
      DATADOG_SECRET_ID: 'datadog/api',
      DATADOG_APP_KEY_SECRET_ID: 'datadog/app',
    });
  });
});

describe('with httpsProxy the installer', () => {
  const PROXY = {
    datadogContent: { monitors: true },
    existingDatadogSecret: 'datadog/api-key',
    existingDatadogAppKeySecret: 'datadog/app-key',
    httpsProxy: 'http://proxy.example.com:3128',
    noProxy: '.datadoghq.eu',
    existingProxySecret: 'proxy/credentials',
  };
  const installed = (context: object) => {
    const config = readContentConfig({ ...PROXY, ...context });
    if (!config) throw new Error('Nothing is installed.');
    const stack = contentStack(appWithoutCode(), config);
    installContent(stack, config);
    return Template.fromStack(stack);
  };

  it('gets it, and may read its credentials', () => {
    const template = installed({});

    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          HTTPS_PROXY_URL: 'http://proxy.example.com:3128',
          NO_PROXY_HOSTS: '.datadoghq.eu',
          PROXY_SECRET_ID: 'proxy/credentials',
        }),
      },
      VpcConfig: Match.absent(),
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain(
      ':secret:proxy/credentials-??????',
    );
  });

  it('runs in the network of the forwarder, from which the proxy is reached', () => {
    const template = installed({ vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d' });

    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: Match.objectLike({ SubnetIds: ['subnet-0a1b2c3d'] }),
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [
        Match.objectLike({ FromPort: 443, ToPort: 443 }),
        Match.objectLike({ FromPort: 3128, ToPort: 3128 }),
      ],
    });
  });
});

const SECRETS = { existingDatadogSecret: 'api', existingDatadogAppKeySecret: 'app' };

it.each([
  ['one forwarder', {}, ['ValenceForwarder']],
  ['one forwarder with a name', { tenant: 'acme' }, ['ValenceForwarder']],
  [
    'tenants',
    { tenants: [{ name: 'north' }, { name: 'south' }] },
    ['ValenceForwarder-north', 'ValenceForwarder-south'],
  ],
])(
  'with %s the content has a stack of its own, which comes after the forwarders',
  (_, settings, forwarders) => {
    const app = appWithoutCode();
    addForwarders(app, { ...settings, ...SECRETS, datadogContent: { pipeline: true } });

    const stacks = app.node.children.filter((child) => child instanceof Stack);
    expect(stacks.map(({ stackName }) => stackName)).toEqual([...forwarders, 'ValenceForwarder-content']);
    const content = stacks.at(-1);
    expect(content?.dependencies.map(({ stackName }) => stackName)).toEqual(forwarders);
    for (const stack of stacks) {
      Template.fromStack(stack).resourceCountIs('Custom::DatadogContent', stack === content ? 1 : 0);
    }
  },
);

it('without content there is one stack', () => {
  const app = appWithoutCode();
  addForwarders(app, SECRETS);

  expect(app.node.children.filter((child) => child instanceof Stack)).toHaveLength(1);
});

it('the content has its own stack, whose name no tenant may use', () => {
  const settings = { existingDatadogSecret: 'a', existingDatadogAppKeySecret: 'b', datadogContent: true };
  const config = readContentConfig({ ...settings, awsRegion: 'eu-west-1' });

  expect(config && contentStack(appWithoutCode(), config)).toMatchObject({
    stackName: 'ValenceForwarder-content',
    region: 'eu-west-1',
  });
  const withKey = readContentConfig({
    ...settings,
    kmsKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f',
  });
  expect(withKey && contentStack(appWithoutCode(), withKey)).toMatchObject({ region: 'eu-central-1' });
  expect(contentProblems(settings, ['north'])).toEqual([]);
  expect(contentProblems(settings, ['north', 'content'])).toEqual([
    expect.stringMatching(/^tenants: none may be named content/),
  ]);
});
