import { expect, it } from 'vitest';
import { requestOf } from '../../../../lambda/content-installer/custom-resource.ts';
import { respond } from '../../../../lambda/content-installer/respond.ts';
import { systemClock } from '../../../../lambda/shared/clock.ts';

/** Where an answer to CloudFormation went. */
async function answeredAt(ResponseURL: string, region: string | undefined): Promise<string[]> {
  const asked: string[] = [];
  const request = requestOf({
    RequestType: 'Create',
    ResponseURL,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Item',
  });
  await respond(
    request,
    { status: 'SUCCESS', physicalId: 'id' },
    {
      transport: async ({ url }) => {
        asked.push(url);
        return { status: 200, headers: {}, body: Buffer.alloc(0) };
      },
      clock: systemClock,
      random: () => 0,
      timeLeftMs: 10_000,
      region,
    },
  );
  return asked;
}

it.each([
  ['us-east-1', 'cloudformation-custom-resource-response-useast1.s3.amazonaws.com'],
  ['us-east-1', 'cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com'],
  ['eu-west-1', 'cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com'],
  ['eu-central-2', 'cloudformation-custom-resource-response-eucentral2.s3.eu-central-2.amazonaws.com'],
  [
    'eu-central-2',
    'cloudformation-custom-resource-response-eucentral2.s3.dualstack.eu-central-2.amazonaws.com',
  ],
  ['us-gov-west-1', 'cloudformation-custom-resource-response-usgovwest1.s3-us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'cloudformation-custom-resource-response-euscdeeast1.s3.eusc-de-east-1.amazonaws.eu'],
])('an answer goes to CloudFormation’s bucket of the region: %s, %s', async (region, host) => {
  const url = `https://${host}/answer`;
  expect(await answeredAt(url, region)).toEqual([url]);
});

it.each([
  [
    'another host',
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.attacker.example/answer',
  ],
  ['another domain', 'https://cloudformation-custom-resource-response-useast1.s3.amazonawsxcom/answer'],
  [
    'another domain',
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.eu.example/answer',
  ],
  ['another bucket', 'https://cloudformation-custom-resource-response-useast1-mine.s3.amazonaws.com/answer'],
  ['another bucket', 'https://cloudformation-custom-resource-response-mine.s3.amazonaws.com/answer'],
  [
    'another region',
    'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/answer',
  ],
  ['another partition', 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.cn/answer'],
  ['another port', 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com:8443/answer'],
  ['clear text', 'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer'],
])('no answer goes to %s: %s', async (_, url) => {
  await expect(answeredAt(url, 'us-east-1')).rejects.toMatchObject({ code: 'foreign-response-url' });
});

it('no answer goes to S3 where the region is not known', async () => {
  const url = 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer';
  await expect(answeredAt(url, undefined)).rejects.toMatchObject({ code: 'foreign-response-url' });
});
