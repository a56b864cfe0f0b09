import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { forwarderStacks, forwarderTemplate } from './synthesised.ts';

const stacksOf = (...names: string[]) => forwarderStacks({ tenants: names.map((name) => ({ name })) });
const templateOf = (...names: string[]) => stacksOf(...names).map((stack) => Template.fromStack(stack));

it('each tenant has its own stack, named after it, independent of the others', () => {
  expect(stacksOf('north', 'south').map(({ stackName }) => stackName)).toEqual([
    'ValenceForwarder-north',
    'ValenceForwarder-south',
  ]);
  expect(stacksOf('south').map(({ stackName }) => stackName)).toEqual(['ValenceForwarder-south']);
});

it('each has its own resources and none of another tenant', () => {
  const templates = templateOf('north', 'south');
  const typesOf = (template?: Template) =>
    Object.values(template?.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  for (const [index, tenant] of ['north', 'south'].entries()) {
    const template = templates[index];
    const text = JSON.stringify(template?.toJSON());
    expect(typesOf(template).sort()).toEqual(typesOf(forwarderTemplate()).sort());
    expect(text).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
    expect(text).not.toContain(tenant === 'north' ? 'south' : 'north');
    expect(text).toContain(`/quarantine/${tenant}/*`);
    template?.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TENANT: tenant } },
    });
  }
});

it('a single forwarder may have a name, with the stack and the resources of one without', () => {
  const [stack, ...others] = forwarderStacks({ tenant: 'acme' });
  if (!stack) throw new Error('No stack.');
  const named = Template.fromStack(stack);

  expect(others).toEqual([]);
  expect(stack.stackName).toBe('ValenceForwarder');
  expect(Object.keys(named.toJSON().Resources)).toEqual(Object.keys(forwarderTemplate().toJSON().Resources));
  expect(JSON.stringify(named.toJSON())).toContain('/quarantine/acme/*');
  named.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { TENANT: 'acme' } } });
  named.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'ValenceForwarder-not-set-up',
    Dimensions: [{ Name: 'tenant', Value: 'acme' }],
  });
});

it('a tenant keeps its table, bucket and secrets when others come and go', () => {
  const stateful = (template?: Template) =>
    ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret'].flatMap((type) =>
      Object.keys(template?.findResources(type) ?? {}),
    );
  const [alone] = templateOf('south');
  const [, together] = templateOf('north', 'south');
  expect(stateful(together)).toEqual(stateful(alone));
  expect(stateful(alone)).toEqual(stateful(forwarderTemplate()));
});

it('several start within a window that leaves each run its time; a single one starts on the minute', () => {
  const [alone] = templateOf('north');
  alone?.hasResourceProperties('AWS::Scheduler::Schedule', { FlexibleTimeWindow: { Mode: 'OFF' } });

  for (const template of templateOf('north', 'south')) {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 215 });
  }
});

it('a tenant may override any setting, its AWS region included', () => {
  const [, south] = forwarderStacks({
    awsRegion: 'us-east-1',
    tenants: [{ name: 'north' }, { name: 'south', awsRegion: 'eu-central-1', alertSeverities: ['High'] }],
  });
  expect(south?.region).toBe('eu-central-1');
  if (south) {
    Template.fromStack(south).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ALERT_SEVERITIES: 'High' }) },
    });
  }
});
