import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { ActionName } from '../../lambda/contract.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack-outputs.ts';

interface FailedInvocation {
  errorType?: string;
  errorMessage?: string;
}

/**
 * Invokes the function with an action and waits for its answer.
 * @throws {OpsError} `function-failed` with the function's error, or when Lambda does not answer
 */
export async function invokeAction<T>(
  { lambda, region }: AwsClients,
  { functionName }: ForwarderStack,
  event: { action: ActionName; [field: string]: unknown },
): Promise<T> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    Payload: Buffer.from(JSON.stringify(event)),
  });
  const { FunctionError, Payload } = await awsCall(lambda.send(command), {
    doing: 'invoking the function',
    permission: 'lambda:InvokeFunction',
    region,
  });
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (FunctionError === undefined) return answer as T;
  const { errorType = FunctionError, errorMessage = '' } = (answer ?? {}) as FailedInvocation;
  throw new OpsError(
    'function-failed',
    `The function failed (${errorType}): ${errorMessage}`,
    'For more, see its log: npm run ops -- tail --failed',
  );
}
