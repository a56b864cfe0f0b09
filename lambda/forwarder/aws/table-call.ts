import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { awsFailure } from '../../shared/aws/failure.ts';
import { StateError } from '../../shared/errors.ts';

/** The result of a write whose condition did not hold. */
export const CONDITION_FAILED = Symbol('condition failed');

/**
 * Waits for a call to the state table.
 * @param onConditionFailed what to resolve with when the write's condition did not hold
 * @throws {StateError} for every other error of AWS, saying what to do
 */
export async function tableCall<T, F = never>(
  table: string,
  call: Promise<T>,
  onConditionFailed?: F,
): Promise<T | F> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && onConditionFailed) return onConditionFailed;
    throw stateError(table, error);
  }
}

function stateError(table: string, error: unknown): StateError {
  const { kind, text } = awsFailure(error);
  const failed = (code: string, what: string, fix: string) => new StateError(code, `${what} (${text}).`, fix);
  switch (kind) {
    case 'throttled':
      return failed(
        'state-throttled',
        `DynamoDB throttled table ${table}, also on every retry`,
        'Nothing is lost; the next run continues. If it persists, check the maximum throughput of the table and the quotas of the account.',
      );
    case 'denied':
      return failed(
        'state-denied',
        `Access to table ${table} was denied`,
        'Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query and dynamodb:UpdateItem on the table to the role of the function, and kms:Decrypt when the table has a key of its own.',
      );
    case 'missing':
      return failed(
        'state-missing-table',
        `The table ${table} does not exist in this account and region`,
        'Set STATE_TABLE to the table of the stack, or deploy the stack again.',
      );
    case 'refused':
      return failed(
        'state-refused',
        `DynamoDB refused a request to table ${table}`,
        'Check that the table has the keys pk (S, hash) and sk (S, range).',
      );
    case 'unreachable':
      return failed(
        'state-unreachable',
        `Table ${table} did not answer`,
        'Nothing is lost; the next run continues. If it persists, check the AWS region, the network path from the function to DynamoDB (VPC endpoint) and AWS_ENDPOINT_URL_DYNAMODB.',
      );
  }
}
