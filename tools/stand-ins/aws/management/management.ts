import { type StandIn, type StandInRequest, type StandInResponse, serve } from '../../http-server.ts';
import { type AccessKey, signedWith } from '../signature.ts';
import { type Account, REGION_ACCOUNT } from './account.ts';
import { describeStacks, listStackResources } from './cloudformation.ts';
import { describeAlarms, filterLogEvents } from './cloudwatch.ts';
import { describeKey } from './kms.ts';
import { answerLambda } from './lambda.ts';
import { refuse, result } from './query-protocol.ts';
import { answerScheduler } from './scheduler.ts';
import { listSubscriptions } from './sns.ts';
import { answerStepFunctions } from './step-functions.ts';

const SERVICES = [
  'CLOUDFORMATION',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
  'KMS',
  'LAMBDA',
  'SCHEDULER',
  'SFN',
  'SNS',
  'STS',
] as const;

/** The management services of AWS that an operator asks, on one origin. */
export interface AwsManagement extends StandIn {
  /** Environment variables that point any AWS SDK client at it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Answers a call by its target, such as `AWSStepFunctions.StartExecution`. */
function answerJson(target: string, body: string, account: Account): StandInResponse {
  const request = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const operation = target.replace(/^.*\./, '');
  switch (operation) {
    case 'FilterLogEvents':
      return filterLogEvents(account, request);
    case 'DescribeAlarms':
      return describeAlarms(account, request);
    case 'DescribeKey':
      return describeKey(account, request);
    default:
      return answerStepFunctions(operation, request, account.stateMachine);
  }
}

function answerQuery({ body }: StandInRequest, account: Account): StandInResponse {
  const { stacks, refusal, mayDescribeAllStacks = true } = account;
  const form = new URLSearchParams(body.toString());
  const action = form.get('Action') ?? '';
  if (refusal) return refuse(403, refusal, 'The security token included in the request is expired');
  switch (action) {
    case 'GetCallerIdentity': {
      const Account = REGION_ACCOUNT.account;
      return result(action, { Arn: `arn:aws:iam::${Account}:user/operator`, UserId: 'A', Account });
    }
    case 'DescribeStacks':
      if (!form.has('StackName') && !mayDescribeAllStacks)
        return refuse(
          403,
          'AccessDenied',
          'User is not authorized to perform: cloudformation:DescribeStacks',
        );
      return describeStacks(stacks, form.get('StackName'));
    case 'ListSubscriptionsByTopic':
      return listSubscriptions(account, form.get('TopicArn'));
    case 'ListStackResources':
      return listStackResources(account, form.get('StackName'));
    default:
      return refuse(400, 'InvalidAction', `Could not find operation ${action}`);
  }
}

function answer(request: StandInRequest, account: Account): StandInResponse | Promise<StandInResponse> {
  const { path, headers, body } = request;
  const target = headers['x-amz-target'];
  if (target !== undefined) return answerJson(String(target), body.toString(), account);
  if (path.startsWith('/2015-03-31/')) return answerLambda(request, account);
  if (path.startsWith('/schedules/')) return answerScheduler(request, account);
  return answerQuery(request, account);
}

/**
 * Starts the services on a free port of 127.0.0.1, showing an account that may change at any time.
 * @param accessKey signs the requests that they accept
 */
export async function startAwsManagement(account: Account, accessKey: AccessKey): Promise<AwsManagement> {
  const standIn = await serve((request) => answer(request, account), { refuse: signedWith(accessKey) });
  const environment = Object.fromEntries(
    SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, standIn.origin]),
  );
  return Object.assign(standIn, { environment });
}
