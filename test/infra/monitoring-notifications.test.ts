import type { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { alarmsOf, monitoredTemplate } from './monitored.ts';
import { forwarderTemplate } from './synthesised.ts';

describe('alarms are sent', () => {
  const existing = 'arn:aws:sns:eu-west-1:111122223333:security';
  const toExisting = (stack: Stack) => ({ alarmTopic: Topic.fromTopicArn(stack, 'Existing', existing) });

  it('nowhere without an address or a topic', () => {
    const template = monitoredTemplate();
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
    template.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', { AlarmActions: Match.absent() });
  });

  it('by mail through an own topic, when they are raised and when they end', () => {
    const template = monitoredTemplate({ alarmEmail: 'oncall@example.com' });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
    });
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const sent = { AlarmActions: [{ Ref: topic }], OKActions: [{ Ref: topic }] };
    template.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      ...sent,
      ActionsEnabled: Match.absent(),
    });
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 3);
    const notifying = Object.values(alarmsOf(template)).filter(({ AlarmActions }) => AlarmActions);
    expect(notifying).toEqual([expect.objectContaining({ AlarmName: 'Watched-not-set-up', ...sent })]);
  });

  it('to an existing topic, and to both when both are given', () => {
    const one = monitoredTemplate({ more: toExisting });
    one.resourceCountIs('AWS::SNS::Topic', 0);
    one.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmActions: [existing],
      OKActions: [existing],
    });

    const both = monitoredTemplate({ alarmEmail: 'oncall@example.com', more: toExisting });
    const [topic] = Object.keys(both.findResources('AWS::SNS::Topic'));
    both.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmActions: [{ Ref: topic }, existing],
    });
  });

  it('the topic has an encryption key that CloudWatch may use, unlike the AWS managed key for SNS', () => {
    const template = monitoredTemplate({ alarmEmail: 'oncall@example.com' });
    const [[id, key] = [], ...others] = Object.entries(template.findResources('AWS::KMS::Key'));
    expect(others).toEqual([]);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [id, 'Arn'] } });
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    expect(key?.Properties.KeyPolicy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:*',
        Principal: {
          AWS: {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root'],
            ],
          },
        },
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Principal: { Service: ['cloudwatch.amazonaws.com', 'sns.amazonaws.com'] },
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        Sid: 'Alarms',
      },
    ]);
  });

  it('the topic accepts messages only from alarms of this account, over TLS', () => {
    const template = monitoredTemplate({ alarmEmail: 'oncall@example.com' });
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const [policy, ...others] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    expect(others).toEqual([]);
    expect(policy?.Properties.Topics).toEqual([{ Ref: topic }]);
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      {
        Sid: 'AllowPublishThroughSSLOnly',
        Effect: 'Deny',
        Action: 'sns:Publish',
        Principal: '*',
        Resource: { Ref: topic },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: '1',
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: { Ref: topic },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':cloudwatch:',
                  { Ref: 'AWS::Region' },
                  ':',
                  { Ref: 'AWS::AccountId' },
                  ':alarm:*',
                ],
              ],
            },
          },
        },
      },
    ]);
  });

  it('settings of the deployment reach the alarms', () => {
    const template = forwarderTemplate({ alarmEmail: 'oncall@example.com', alarmTopicArn: existing });
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    template.allResourcesProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmActions: [{ Ref: topic }, existing],
    });
  });
});
