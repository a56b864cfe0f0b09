import { json, type StandInRequest, type StandInResponse } from '../../http-server.ts';
import type { Account, DeployedFunction } from './account.ts';
import { notFound } from './not-found.ts';

/** Lambda: the configuration of a function, and its invocation. */

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

export async function answerLambda(
  request: StandInRequest,
  { functions }: Account,
): Promise<StandInResponse> {
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
