import { json, type StandIn, type StandInRequest, type StandInResponse, serve } from '../http-server.ts';
import type { Account, DeployedFunction } from './management/account.ts';
import { answerJson } from './management/json-apis.ts';
import { answerQuery } from './management/query-api.ts';

const SERVICES = [
  'CLOUDFORMATION',
  'CLOUDWATCH',
  'CLOUDWATCH_LOGS',
  'LAMBDA',
  'SCHEDULER',
  'SFN',
  'STS',
] as const;

/** The management services of AWS that an operator asks, on one origin. */
export interface AwsManagement extends StandIn {
  /** Environment variables that point any AWS SDK client at it. */
  readonly environment: Readonly<Record<string, string>>;
}

const notFound = (what: string): StandInResponse =>
  json(404, { message: `${what} not found` }, { 'x-amzn-errortype': 'ResourceNotFoundException' });

async function invoke(
  { invoke: call }: DeployedFunction,
  { body }: StandInRequest,
): Promise<StandInResponse> {
  try {
    return json(200, await call(JSON.parse(body.toString())));
  } catch (error) {
    const { name, message } = error as Error;
    return json(200, { errorType: name, errorMessage: message }, { 'x-amz-function-error': 'Unhandled' });
  }
}

async function answerLambda(request: StandInRequest, { functions }: Account): Promise<StandInResponse> {
  const [, name = '', operation] = /^\/2015-03-31\/functions\/([^/]+)\/(\w+)$/.exec(request.path) ?? [];
  const deployed = functions[decodeURIComponent(name)];
  if (!deployed) return notFound(`Function ${name}`);
  if (operation === 'invocations') return invoke(deployed, request);
  return json(200, {
    FunctionName: name,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Timeout: deployed.timeoutSeconds,
    MemorySize: deployed.memoryMiB,
    Environment: { Variables: deployed.environment },
  });
}

function answerScheduler({ path, query }: StandInRequest, { schedules }: Account): StandInResponse {
  const name = decodeURIComponent(path.replace('/schedules/', ''));
  const schedule = schedules[`${query.get('groupName')}/${name}`];
  if (!schedule) return notFound(`Schedule ${name}`);
  return json(200, { Name: name, ScheduleExpression: schedule.expression, State: schedule.state });
}

/** Starts the services on a free port of 127.0.0.1, showing an account that may change at any time. */
export async function startAwsManagement(account: Account): Promise<AwsManagement> {
  const standIn = await serve((request) => {
    const { path, headers, body } = request;
    const target = headers['x-amz-target'];
    if (target !== undefined) return answerJson(String(target), body.toString(), account);
    if (path.startsWith('/2015-03-31/')) return answerLambda(request, account);
    if (path.startsWith('/schedules/')) return answerScheduler(request, account);
    return answerQuery(new URLSearchParams(body.toString()), account.stacks, account.refusal);
  });
  const environment = Object.fromEntries(
    SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, standIn.origin]),
  );
  return Object.assign(standIn, { environment });
}
