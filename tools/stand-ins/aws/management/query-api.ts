import type { StandInResponse } from '../../http-server.ts';
import { type DeployedStack, REGION_ACCOUNT } from './account.ts';

/** CloudFormation and STS, which speak AWS's query protocol: a form comes in, XML goes out. */

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const xml = (status: number, body: string): StandInResponse => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body,
});

const answer = (action: string, result: string): StandInResponse =>
  xml(
    200,
    `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
  );

const refuse = (status: number, code: string, message: string): StandInResponse =>
  xml(
    status,
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  );

const member = (fields: Readonly<Record<string, string>>, more = '') =>
  `<member>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}${more}</member>`;

const shownStack = ({ name, status, outputs }: DeployedStack) =>
  member(
    { StackName: name, StackStatus: status, CreationTime: '2026-01-01T00:00:00Z' },
    `<Outputs>${Object.entries(outputs)
      .map(([OutputKey, OutputValue]) => member({ OutputKey, OutputValue }))
      .join('')}</Outputs>`,
  );

const missing = (name: string | null) =>
  refuse(400, 'ValidationError', `Stack with id ${name} does not exist`);

/** @param refusal an error code for every call, such as `ExpiredToken` */
export function answerQuery(
  form: URLSearchParams,
  stacks: readonly DeployedStack[],
  refusal: string | undefined,
): StandInResponse {
  const action = form.get('Action') ?? '';
  if (refusal) return refuse(403, refusal, 'The security token included in the request is expired');
  const name = form.get('StackName');
  const named = stacks.filter((stack) => name === null || stack.name === name);
  switch (action) {
    case 'GetCallerIdentity':
      return answer(
        action,
        `<Arn>arn:aws:iam::${REGION_ACCOUNT.account}:user/operator</Arn><UserId>A</UserId><Account>${REGION_ACCOUNT.account}</Account>`,
      );
    case 'DescribeStacks':
      if (name !== null && named.length === 0) return missing(name);
      return answer(action, `<Stacks>${named.map(shownStack).join('')}</Stacks>`);
    case 'ListStackResources': {
      const [stack] = named;
      if (!stack) return missing(name);
      const resources = Object.entries(stack.resources).map(([ResourceType, PhysicalResourceId], index) =>
        member({
          LogicalResourceId: `Resource${index}`,
          PhysicalResourceId,
          ResourceType,
          LastUpdatedTimestamp: '2026-01-01T00:00:00Z',
          ResourceStatus: 'CREATE_COMPLETE',
        }),
      );
      return answer(action, `<StackResourceSummaries>${resources.join('')}</StackResourceSummaries>`);
    }
    default:
      return refuse(400, 'InvalidAction', `Could not find operation ${action}`);
  }
}
