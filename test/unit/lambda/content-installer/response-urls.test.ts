import { expect, it } from 'vitest';
import { requestOf } from '../../../../lambda/content-installer/custom-resource.ts';
import { respond } from '../../../../lambda/content-installer/respond.ts';
import { systemClock } from '../../../../lambda/shared/clock.ts';

/** Where an answer to CloudFormation went. */
async function answeredAt(ResponseURL: string): Promise<string[]> {
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
    },
  );
  return asked;
}

it.each([
  'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/answer',
  'https://cloudformation-custom-resource-response-eucentral2.s3.eu-central-2.amazonaws.com/answer',
  'https://cloudformation-custom-resource-response-usgovwest1.s3-us-gov-west-1.amazonaws.com/answer',
  'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/answer',
  'https://cloudformation-custom-resource-response-euscdeeast1.s3.eusc-de-east-1.amazonaws.eu/answer',
])('an answer goes to CloudFormation’s bucket in any partition: %s', async (url) => {
  expect(await answeredAt(url)).toEqual([url]);
});

it.each([
  'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.attacker.example/answer',
  'https://cloudformation-custom-resource-response-useast1.s3.amazonawsxcom/answer',
  'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.eu.example/answer',
])('no answer goes to a host that only looks like one: %s', async (url) => {
  await expect(answeredAt(url)).rejects.toMatchObject({ code: 'foreign-response-url' });
});
