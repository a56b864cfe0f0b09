import { type ActionName, LEASE_HELD, RUN_FAILED, STREAMS } from '../lambda/contract.ts';
import { HOUR_SECONDS, MAX_TIMEOUT_SECONDS, MINUTE_SECONDS } from '../lambda/limits.ts';
/**
 * The definition of the state machine that fills a range of the past, in Amazon States Language with JSONata. It has its
 * own file so that a test can read and execute it without the CDK.
 * Sources: Step Functions developer guide, "Transforming data with JSONata", "Using Map state in Distributed mode".
 */

export interface BackfillDefinitionProps {
  readonly functionArn: string;
  /** ARN of Step Functions' Lambda integration; it contains the name of the partition. */
  readonly invokeArn: string;
  /** Slices that are processed concurrently. */
  readonly concurrency: number;
}

/**
 * The most slices that a range is cut into, however long it is: their results together must stay below the 256 KiB that a
 * state may pass on.
 */
export const MAX_SLICES = 400;

/** Executions of the map have it in their ARNs, between the name of the state machine and their own. */
export const MAP_LABEL = 'Slices';

/** A slice that makes no progress in so many calls is given up: by then the waiting alone has taken half an hour. */
const MAX_IDLE_CALLS = 12;

/**
 * A slice that is not covered after so many calls is given up, even if it makes progress: an execution fails at 25,000
 * events of its history, and each call takes at most ten.
 * Source: Step Functions developer guide, "Service quotas", state machine executions.
 */
const MAX_CALLS = 2_000;

/** Seconds. */
const FIRST_WAIT = 15;
const LONGEST_WAIT = 300;

/** Seconds; above the longest timeout that a function may have. */
const TASK_TIMEOUT = MAX_TIMEOUT_SECONDS + MINUTE_SECONDS;

/** Characters of an error that are kept. */
const CAUSE_LENGTH = 200;

const jsonata = (expression: string) => `{% ${expression} %}`;

/** JSONata of a field of the state's own input. */
const input = (field: string) => jsonata(`$states.input.${field}`);

const COUNTS = ['fetched', 'forwarded', 'duplicates', 'quarantined'] as const;

const eachCount = (expression: (count: string) => string) =>
  Object.fromEntries(COUNTS.map((count) => [count, jsonata(expression(count))]));

/** What the result contains of a slice that was not completed. */
const unfinished = (error: string, cause: string) => ({
  start: input('start'),
  from: input('from'),
  to: input('to'),
  ...eachCount((count) => `$states.input.${count}`),
  failure: { error, cause },
});

/** One slice: calls the function, each time from where the last call ended, until the slice is covered. */
function sliceStates({ functionArn, invokeArn }: BackfillDefinitionProps) {
  return {
    Fill: {
      Type: 'Task',
      Comment:
        'One call fills as many hours as its timeout allows. It is safe to repeat: the ledger records what Datadog has.',
      Resource: invokeArn,
      TimeoutSeconds: TASK_TIMEOUT,
      Arguments: {
        FunctionName: functionArn,
        Payload: {
          action: 'backfill' satisfies ActionName,
          stream: input('stream'),
          from: input('from'),
          to: input('to'),
        },
      },
      Output: {
        stream: input('stream'),
        start: input('start'),
        from: jsonata('$states.result.Payload.coveredTo'),
        // Less than requested if the range of the live run begins before.
        to: jsonata('$states.result.Payload.to'),
        held: jsonata(`$states.result.Payload.skipped = '${LEASE_HELD}'`),
        calls: jsonata('$states.input.calls + 1'),
        idle: jsonata('$states.result.Payload.coveredTo > $states.input.from ? 0 : $states.input.idle + 1'),
        ...eachCount((count) => `$states.input.${count} + $states.result.Payload.${count}`),
      },
      Retry: [
        {
          // The concurrency of the account is used up, or Lambda fails.
          ErrorEquals: [
            'Lambda.TooManyRequestsException',
            'Lambda.ServiceException',
            'Lambda.AWSLambdaException',
            'Lambda.SdkClientException',
            'Lambda.ClientExecutionTimeoutException',
          ],
          IntervalSeconds: 5,
          BackoffRate: 2,
          MaxDelaySeconds: LONGEST_WAIT,
          MaxAttempts: 10,
          JitterStrategy: 'FULL',
        },
        {
          // Valence or Datadog fails, or the call was killed: both are often temporary.
          ErrorEquals: [RUN_FAILED, 'Lambda.Unknown', 'Sandbox.Timedout', 'States.Timeout'],
          IntervalSeconds: 60,
          BackoffRate: 2,
          MaxAttempts: 3,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Output: unfinished(
            jsonata('$states.errorOutput.Error & ""'),
            jsonata(`$substring($states.errorOutput.Cause & "", 0, ${CAUSE_LENGTH})`),
          ),
          Next: 'Failed',
        },
      ],
      Next: 'Covered?',
    },
    'Covered?': {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata('$states.input.from >= $states.input.to'), Next: 'Done' },
        { Condition: jsonata(`$states.input.calls >= ${MAX_CALLS}`), Next: 'Give up after too many calls' },
        { Condition: jsonata(`$states.input.idle >= ${MAX_IDLE_CALLS}`), Next: 'Give up' },
        { Condition: input('held'), Next: 'Wait for the other backfill' },
      ],
      Default: 'Fill',
    },
    'Wait for the other backfill': {
      Type: 'Wait',
      Comment: 'Another backfill holds the next hour. It finishes soon, or its lease ends.',
      Seconds: jsonata(`$min([${LONGEST_WAIT}, ${FIRST_WAIT} * $power(2, $states.input.idle - 1)])`),
      Next: 'Fill',
    },
    'Give up': {
      Type: 'Pass',
      Output: unfinished(
        'NoProgress',
        `${MAX_IDLE_CALLS} calls in a row made no progress: another backfill holds the hour, or one second of it has more records than one call can forward.`,
      ),
      Next: 'Failed',
    },
    'Give up after too many calls': {
      Type: 'Pass',
      Output: unfinished('TooManyCalls', `${MAX_CALLS} calls did not cover the slice.`),
      Next: 'Failed',
    },
    Failed: {
      Type: 'Succeed',
      Comment: 'A failed slice does not stop the others. The result lists it; start the same backfill again.',
    },
    Done: {
      Type: 'Succeed',
      Output: { start: input('start'), to: input('to'), ...eachCount((count) => `$states.input.${count}`) },
    },
  };
}

/**
 * The definition. Input: `{"stream":"alerts","from":1767000000,"to":1769678400}`, epoch seconds. Result: the range, the
 * numbers of all and of completed slices, counts of records, and each failure with the time to continue from.
 */
export const backfillDefinition = (props: BackfillDefinitionProps): object => ({
  Comment:
    'Forwards the records of a past range that Datadog does not have. Input: {"stream":"alerts","from":1767000000,"to":1769678400}, epoch seconds. You can start it again at any time: nothing is forwarded twice.',
  QueryLanguage: 'JSONata',
  StartAt: 'Is there a range?',
  States: {
    'Is there a range?': {
      Type: 'Choice',
      Choices: [
        {
          Condition: jsonata(
            `$states.input.stream in [${STREAMS.map((stream) => `'${stream}'`).join(', ')}] and $type($states.input.from) = 'number' and $type($states.input.to) = 'number' and $states.input.from < $states.input.to`,
          ),
          Next: 'Cut into slices',
        },
      ],
      Default: 'No range',
    },
    'No range': {
      Type: 'Fail',
      Error: 'NoRange',
      Cause: `The input must be {"stream":"alerts","from":1767000000,"to":1769678400}: ${STREAMS.join(' or ')}, and epoch seconds, with from earlier than to.`,
    },
    'Cut into slices': {
      Type: 'Pass',
      Comment: `Cuts the range into at most ${MAX_SLICES} slices of whole hours.`,
      Output: jsonata(
        `(
          $first := $floor($states.input.from / ${HOUR_SECONDS});
          $hours := $ceil($states.input.to / ${HOUR_SECONDS}) - $first;
          $each := $ceil($hours / ${MAX_SLICES});
          {
            "stream": $states.input.stream,
            "from": $states.input.from,
            "to": $states.input.to,
            "firstHour": $first,
            "hoursEach": $each,
            "slices": $ceil($hours / $each)
          }
        )`.replaceAll(/\s+/g, ' '),
      ),
      Next: 'Fill all slices',
    },
    'Fill all slices': {
      Type: 'Map',
      Label: MAP_LABEL,
      Items: jsonata('[0..($states.input.slices - 1)]'),
      MaxConcurrency: props.concurrency,
      // For errors that a slice cannot catch itself; the result then reports fewer completed slices than there are.
      ToleratedFailurePercentage: 100,
      ItemSelector: {
        stream: input('stream'),
        start: jsonata(
          `$max([$states.input.from, ($states.input.firstHour + $states.context.Map.Item.Value * $states.input.hoursEach) * ${HOUR_SECONDS}])`,
        ),
        from: jsonata(
          `$max([$states.input.from, ($states.input.firstHour + $states.context.Map.Item.Value * $states.input.hoursEach) * ${HOUR_SECONDS}])`,
        ),
        to: jsonata(
          `$min([$states.input.to, ($states.input.firstHour + ($states.context.Map.Item.Value + 1) * $states.input.hoursEach) * ${HOUR_SECONDS}])`,
        ),
        calls: 0,
        idle: 0,
        ...Object.fromEntries(COUNTS.map((count) => [count, 0])),
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Fill',
        States: sliceStates(props),
      },
      Output: {
        stream: input('stream'),
        from: input('from'),
        to: jsonata('$max($append($states.result.to, $states.input.from))'),
        slices: input('slices'),
        done: jsonata('$count($states.result[$exists(to) and $not($exists(failure))])'),
        ...eachCount((count) => `$sum($append($states.result.${count}, 0))`),
        failures: jsonata('[$states.result[$exists(failure)]]'),
      },
      End: true,
    },
  },
});
