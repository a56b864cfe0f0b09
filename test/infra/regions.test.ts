import { Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';
import {
  AWS_PARTITIONS,
  AWS_REGION,
  isAwsPartition,
  partitionOf,
} from '../../lambda/shared/aws-partitions.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { appWithoutCode, forwarderTemplate } from './synthesised.ts';

const problemsOf = (context: Record<string, unknown>): readonly string[] => {
  try {
    readConfig(context);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

const secretIn = (region: string) => `arn:aws:secretsmanager:${region}:111122223333:secret:name-AbCdEf`;
const KEY = 'key/12345678-1234-1234-1234-123456789012';
const REGIONS = RegionInfo.regions.map(({ name, partition = '', domainSuffix }) => ({
  name,
  partition,
  domainSuffix,
}));

describe('a region of AWS', () => {
  it.each(REGIONS.filter(({ partition }) => isAwsPartition(partition)))(
    '$name of $partition is accepted, alone and in ARNs',
    ({ name, partition, domainSuffix }) => {
      const arn = (place: string) => `arn:${place}:kms:${name}:111122223333:${KEY}`;

      expect(problemsOf({ awsRegion: name })).toEqual([]);
      expect(problemsOf({ kmsKeyArn: arn(partition) })).toEqual([]);
      expect(problemsOf({ kmsKeyArn: arn(partition === 'aws' ? 'aws-cn' : 'aws') }).join()).toContain(
        'its region is not one of its partition',
      );
      expect(AWS_REGION.test(name)).toBe(true);
      // The installer, whose bundle does not hold the library, goes by the beginning of the name.
      expect(partitionOf(name)).toBe(partition);
      expect(isAwsPartition(partition) && AWS_PARTITIONS[partition].suffix).toBe(domainSuffix);
    },
  );

  it.each(REGIONS.filter(({ partition }) => !isAwsPartition(partition)))(
    '$name is refused with the name of its partition',
    ({ name, partition }) => {
      const stack = new Stack(appWithoutCode(), 'Elsewhere', { env: { region: name } });

      expect(problemsOf({ awsRegion: name }).join()).toContain(`is in the AWS partition ${partition}`);
      expect(() => new ValenceForwarder(stack, 'Forwarder')).toThrow(
        `The stack's region ${name} is in the AWS partition ${partition}`,
      );
    },
  );

  it('that does not exist is refused, also in the ARN of a secret', () => {
    expect(problemsOf({ awsRegion: 'eu-west-9' }).join()).toContain('is not an AWS region');
    expect(problemsOf({ existingValenceSecret: secretIn('eu-west-9') }).join()).toContain(
      'its region is not one of its partition',
    );
  });

  it.each(Object.entries(AWS_PARTITIONS))('has the console of its partition %s', (partition, { console }) => {
    const awsRegion = REGIONS.find((region) => region.partition === partition)?.name;
    const { Outputs } = forwarderTemplate({ awsRegion }).toJSON();

    expect(JSON.stringify(Outputs.Dashboard)).toContain(`https://${awsRegion}.${console}/`);
  });
});

const CONTENT = {
  datadogContent: true,
  existingDatadogSecret: 'api',
  existingDatadogAppKeySecret: 'app',
};

describe('what a stack uses', () => {
  it.each<[string, Record<string, unknown>]>([
    ['existingValenceSecret', { existingValenceSecret: secretIn('us-east-1') }],
    [
      'existingDataKmsKeyArn',
      {
        existingStateTable: 'state',
        existingDataKmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012',
      },
    ],
    ['alarmTopicArn', { alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' }],
    ['permissionsBoundary', { permissionsBoundary: 'arn:aws-cn:iam::111122223333:policy/boundary' }],
    ['existingDatadogAppKeySecret', { ...CONTENT, existingDatadogAppKeySecret: secretIn('us-east-1') }],
  ])('has to be in its region: %s', (key, settings) => {
    expect(problemsOf({ awsRegion: 'eu-west-1', ...settings })).toEqual([
      expect.stringMatching(new RegExp(`^${key}.*is in another region than the stack`)),
    ]);
  });

  it('has to be in one region, also if no setting says in which', () => {
    const settings = {
      existingValenceSecret: secretIn('eu-west-1'),
      existingDatadogSecret: secretIn('us-east-1'),
    };
    expect(problemsOf(settings).join()).toContain('existingDatadogSecret');
  });

  it.each(['existingDatadogSecret', 'existingDatadogAppKeySecret'])(
    'has to be in the region of the content, wherever the tenants are: %s',
    (key) => {
      const tenants = ['eu-central-1', 'us-east-1'].map((awsRegion) => ({
        name: awsRegion,
        awsRegion,
        existingDatadogSecret: 'api',
      }));
      const settings = { awsRegion: 'eu-west-1', ...CONTENT, tenants };

      expect(problemsOf({ ...settings, [key]: secretIn('eu-west-1') })).toEqual([]);
      expect(problemsOf({ ...settings, [key]: secretIn('us-east-1') })).toEqual([
        expect.stringMatching(new RegExp(`^${key}.*is in another region than the stack`)),
      ]);
    },
  );
});

it('names of tags that differ in case only are refused, because IAM refuses them', () => {
  expect(problemsOf({ resourceTags: { Owner: 'a', owner: 'b' } }).join()).toContain('differ in case only');
});
