import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  ListMapRunsCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import type { BackfillRequest } from '../../lambda/forwarder/core/runs/backfill.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';

/** The state machine that backfills past ranges. */

const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 15_000;

const unfinishedSlice = z.object({
  start: z.number(),
  /** Where the next execution continues. */
  from: z.number(),
  to: z.number(),
  failure: z.object({ error: z.string(), cause: z.string() }),
});

const backfillResult = z.object({
  slices: z.number(),
  done: z.number(),
  fetched: z.number(),
  forwarded: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  failures: z.array(unfinishedSlice),
});

/** The result of a backfill. */
export type BackfillResult = z.output<typeof backfillResult>;

const call = <T>(aws: AwsClients, promise: Promise<T>, permission: string): Promise<T> =>
  awsCall(promise, { doing: 'asking the backfill state machine', permission, region: aws.region });

const firstConcurrency = (value: unknown): number | undefined => {
  if (value === null || typeof value !== 'object') return undefined;
  if ('MaxConcurrency' in value) return Number(value.MaxConcurrency);
  return Object.values(value).map(firstConcurrency).find(Boolean);
};

/** How many slices are processed concurrently. */
export async function concurrencyOf(aws: AwsClients, stateMachineArn: string): Promise<number> {
  const command = new DescribeStateMachineCommand({ stateMachineArn });
  const { definition = '{}' } = await call(
    aws,
    aws.stepFunctions.send(command),
    'states:DescribeStateMachine',
  );
  return firstConcurrency(JSON.parse(definition)) ?? 1;
}

/** The prefix of the names of all executions for a range: the range as given, because its end is shortened each time. */
const nameOf = ({ stream, from }: BackfillRequest, askedTo: number) => `${stream}-${from}-${askedTo}-`;

/**
 * The executions that are running.
 * @throws {OpsError}
 */
export async function runningBackfills(
  aws: AwsClients,
  stateMachineArn: string,
): Promise<ExecutionListItem[]> {
  const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
  const { executions = [] } = await call(aws, aws.stepFunctions.send(list), 'states:ListExecutions');
  return executions;
}

/**
 * Starts a backfill, unless one of the same range is running.
 * @returns ARN of the execution, and whether it was running already
 */
export async function startBackfill(
  aws: AwsClients,
  stateMachineArn: string,
  request: BackfillRequest,
  askedTo: number,
): Promise<{ arn: string; found: boolean }> {
  const { stepFunctions } = aws;
  const executions = await runningBackfills(aws, stateMachineArn);
  const running = executions.find(({ name }) => name?.startsWith(nameOf(request, askedTo)));
  if (running?.executionArn) return { arn: running.executionArn, found: true };
  const { stream, from, to } = request;
  const start = new StartExecutionCommand({
    stateMachineArn,
    name: `${nameOf(request, askedTo)}${Date.now()}`,
    input: JSON.stringify({ stream, from, to }),
  });
  const { executionArn = '' } = await call(aws, stepFunctions.send(start), 'states:StartExecution');
  return { arn: executionArn, found: false };
}

/** How many slices of how many have ended; undefined before there are any. */
async function slicesEnded(
  aws: AwsClients,
  executionArn: string,
): Promise<{ ended: number; total: number } | undefined> {
  const { stepFunctions } = aws;
  const list = new ListMapRunsCommand({ executionArn });
  const { mapRuns = [] } = await call(aws, stepFunctions.send(list), 'states:ListMapRuns');
  const mapRunArn = mapRuns[0]?.mapRunArn;
  if (!mapRunArn) return undefined;
  const describe = new DescribeMapRunCommand({ mapRunArn });
  const { itemCounts } = await call(aws, stepFunctions.send(describe), 'states:DescribeMapRun');
  if (!itemCounts) return undefined;
  const { total = 0, pending = 0, running = 0 } = itemCounts;
  return { ended: total - pending - running, total };
}

/**
 * Waits for the end of a backfill.
 * @param onProgress called with the number of slices that have ended
 * @throws {OpsError} `backfill-failed` when the execution itself did not succeed; failures of slices are in the result
 */
export async function followBackfill(
  aws: AwsClients,
  executionArn: string,
  onProgress: (ended: number, total: number) => void,
): Promise<BackfillResult> {
  const describe = new DescribeExecutionCommand({ executionArn });
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(LONGEST_POLL_MS, wait * 2)) {
    const execution = await call(aws, aws.stepFunctions.send(describe), 'states:DescribeExecution');
    if (execution.status === 'SUCCEEDED') return backfillResult.parse(JSON.parse(execution.output ?? '{}'));
    if (execution.status !== 'RUNNING') {
      const { status, error = 'no error given', cause = '' } = execution;
      throw new OpsError(
        'backfill-failed',
        `The backfill ended as ${status} (${error}). ${cause}`.trim(),
        'Start it again with the same command: forwarded records are not sent twice.',
      );
    }
    const slices = await slicesEnded(aws, executionArn);
    if (slices) onProgress(slices.ended, slices.total);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
