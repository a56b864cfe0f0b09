import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import type { LogEvent } from '../../lambda/contract.ts';
import { type AwsClients, awsCall } from './aws.ts';
import type { ForwarderStack } from './stack-outputs.ts';

const streamOutcome = z.object({
  fetched: z.number(),
  forwarded: z.number(),
  duplicates: z.number(),
  quarantined: z.number(),
  watermark: z.number(),
  caughtUp: z.boolean(),
  skipped: z.nullable(z.string()),
  error: z.nullable(z.object({ code: z.string(), message: z.string() })),
});

/** The line that every run ends with. */
const finishedRun = z.object({
  run_id: z.string(),
  status: z.enum(['ok', 'partial', 'failed']),
  streams: z.record(z.string(), streamOutcome),
});

/** Lambda's own line about an invocation that did not end well. Source: AWS Lambda, Telemetry API schema. */
const endedInvocation = z.object({
  type: z.literal('platform.report'),
  record: z.object({ requestId: z.string(), status: z.string() }),
});

/** A run according to the log. `killed`: it ended before it could log its result, mostly because of its timeout. */
export interface LoggedRun {
  /** When it ended, in epoch seconds. */
  at: number;
  runId: string;
  status: 'ok' | 'partial' | 'failed' | 'killed';
  /** Lambda's word for how a killed run ended, such as `timeout`. */
  cause?: string;
  streams: Readonly<Record<string, z.output<typeof streamOutcome>>>;
}

const RUN_FINISHED: LogEvent = 'run-finished';

/** The message of a run's last line in versions whose lines carry no `event`. */
const OLD_RUN_FINISHED = 'Run finished.';

const PATTERN = `{ ($.event = "${RUN_FINISHED}") || ($.message = "${OLD_RUN_FINISHED}") || ($.type = "platform.report" && $.record.status != "success") }`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function runOf(message: string, at: number): LoggedRun | undefined {
  const line = parsed(message);
  const finished = finishedRun.safeParse(line).data;
  if (finished) return { at, runId: finished.run_id, status: finished.status, streams: finished.streams };
  const ended = endedInvocation.safeParse(line).data?.record;
  return ended && { at, runId: ended.requestId, status: 'killed', cause: ended.status, streams: {} };
}

/**
 * The runs that ended since a moment, oldest first.
 * @param since epoch seconds
 * @throws {OpsError}
 */
export async function loggedRuns(
  { logs, region }: AwsClients,
  { logGroup }: ForwarderStack,
  since: number,
): Promise<LoggedRun[]> {
  const runs = new Map<string, LoggedRun>();
  let nextToken: string | undefined;
  do {
    const command: FilterLogEventsCommand = new FilterLogEventsCommand({
      logGroupName: logGroup,
      startTime: since * 1000,
      filterPattern: PATTERN,
      nextToken,
    });
    const answer = await awsCall(logs.send(command), {
      doing: 'reading the log of the function',
      permission: 'logs:FilterLogEvents',
      region,
    });
    for (const { message = '', timestamp = 0 } of answer.events ?? []) {
      const run = runOf(message, Math.floor(timestamp / 1000));
      // A run that failed logs it itself, before Lambda does.
      if (run && (run.status !== 'killed' || !runs.has(run.runId))) runs.set(run.runId, run);
    }
    nextToken = answer.nextToken;
  } while (nextToken);
  return [...runs.values()].sort((one, other) => one.at - other.at);
}
