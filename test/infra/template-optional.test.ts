import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readContentConfig } from '../../infra/context/content.ts';
import { contentStack, installContent } from '../../infra/install-content.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import { appWithoutCode, forwarderStacks, forwarderTemplate } from './synthesised.ts';

/** What each optional part adds to the template of default settings, and what it changes and removes there. */

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

/** The differences of two values by the path to each, `removed` where the second has nothing. */
function changes(before: unknown, after: unknown, path = ''): JsonObject {
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  if (!isObject(before) || !isObject(after)) return { [path]: after === undefined ? 'removed' : after };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.assign(
    {},
    ...keys.map((key) => changes(before[key], after[key], path === '' ? key : `${path}/${key}`)),
  );
}

/** Without what changes with the code. */
const masked = (template: Template): JsonObject =>
  JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}/g, '<hash of the code>'));

/** With an address of its own, the runbook is not in the template. */
const WITH_RUNBOOK = { runbookUrl: 'https://example.com/runbook' };

const plain = masked(forwarderTemplate(WITH_RUNBOOK));

describe('the template', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a key of one’s own', { kmsKeyArn: KEY }],
    ['a network, with a security group of its own', { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d' }],
    [
      'a network, with a security group that is there',
      { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d', securityGroupIds: 'sg-0123456789abcdef0' },
    ],
    ['a proxy', { httpsProxy: 'http://proxy.example.com:3128', noProxy: '.datadoghq.eu' }],
    [
      'a network, and a proxy with credentials',
      {
        vpcId: 'vpc-0a1b2c3d',
        subnetIds: 'subnet-0a1b2c3d',
        httpsProxy: 'http://proxy.example.com:3128',
        existingProxySecret: 'proxy/credentials',
      },
    ],
    ['alarms by mail', { alarmEmail: 'oncall@example.com' }],
    ['alarms to a topic', { alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' }],
    ['secrets that are there', { existingValenceSecret: 'valence', existingDatadogSecret: 'datadog' }],
    [
      'a table and a bucket that are there',
      { existingStateTable: 'forwarder-state', existingQuarantineBucket: 'forwarder-quarantine' },
    ],
    ['a permissions boundary', { permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary' }],
    ['everything destroyed with the stack', { removalPolicy: 'destroy' }],
    ['tags', { resourceTags: { CostCenter: '1234' } }],
    ['reserved concurrency', { reservedConcurrency: 5 }],
    ['one stream only', { collectAlerts: false }],
  ])('with %s differs from the default in this alone', (_, settings) => {
    expect(changes(plain, masked(forwarderTemplate({ ...WITH_RUNBOOK, ...settings })))).toMatchSnapshot();
  });

  it('of each of two tenants differs from that of a forwarder without tenants, and from the other, in this alone', () => {
    const stacks = forwarderStacks({
      ...WITH_RUNBOOK,
      tenants: [{ name: 'north' }, { name: 'south', region: 'eu' }],
    });

    expect(stacks.map(({ stackName }) => stackName)).toEqual([
      'ValenceForwarder-north',
      'ValenceForwarder-south',
    ]);
    const [north, south] = stacks.map((stack) => masked(Template.fromStack(stack)));
    expect(changes(plain, north)).toMatchSnapshot();
    const renamed = JSON.parse(JSON.stringify(north).replaceAll('north', 'south'));
    expect(changes(renamed, south)).toMatchSnapshot();
  });

  it('of the content holds its installer and one resource an item', () => {
    const config = readContentConfig({
      existingDatadogSecret: 'datadog/api',
      existingDatadogAppKeySecret: 'datadog/app',
      datadogContent: { pipeline: true, dashboards: false, rules: false, monitors: false },
      kmsKeyArn: KEY,
    });
    if (!config) throw new Error('There is no content.');
    const stack = contentStack(appWithoutCode(), config);
    installContent(stack, config);
    const template = masked(Template.fromStack(stack));

    expect(
      JSON.parse(JSON.stringify(template, (key, value) => (key === 'Body' ? '<body>' : value))),
    ).toMatchSnapshot();
  });
});
