import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { contentProblems, readContentConfig } from '../../infra/context/content.ts';
import { contentItems } from '../../infra/datadog/content.ts';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { contentStack, installContent } from '../../infra/install-content.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { appWithoutCode } from './synthesised.ts';

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
      const template = Template.fromStack(stack);
      template.resourceCountIs('Custom::DatadogContent', stack === content ? 1 : 0);
      template.hasOutput('DeployCommand', { Value: 'npx cdk deploy --all' });
    }
  },
);

it('without content there is one stack, which a plain deployment takes', () => {
  const app = appWithoutCode();
  addForwarders(app, SECRETS);

  const [stack, ...others] = app.node.children.filter((child) => child instanceof Stack);
  expect(others).toEqual([]);
  expect(stack && Template.fromStack(stack).findOutputs('DeployCommand')).toEqual({});
});

it('the README deploys every stack, also where a setting is changed later', () => {
  const [change] = /^To change a setting, .*?\n\n/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
  expect(change).toContain('`--all`');
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

it.each([
  [{ rules: true }, 1],
  [{ dashboards: true, monitors: true }, 1],
  [{ rules: true, pipeline: true }, 0],
  [{ monitors: true }, 0],
])('%j is warned of %i times: rules and dashboards need the pipeline', (datadogContent, warnings) => {
  const config = readContentConfig({
    existingDatadogSecret: 'datadog/api',
    existingDatadogAppKeySecret: 'datadog/app',
    datadogContent,
  });
  if (!config) throw new Error('Nothing is installed.');
  const stack = contentStack(appWithoutCode(), config);
  installContent(stack, config);

  const found = Annotations.fromStack(stack).findWarning(
    '*',
    Match.stringLikeRegexp('the pipeline is switched off'),
  );
  expect(found).toHaveLength(warnings);
});
