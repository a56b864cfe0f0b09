import { backfillDefinition } from '../../../infra/backfill-definition.ts';
import { STACK_OUTPUTS, stackNameOf } from '../../../lambda/contract.ts';
import { VERSION } from '../../../lambda/shared/version.ts';
import { type Account, REGION_ACCOUNT } from '../../stand-ins/aws/management/account.ts';
import { RESOURCES, stackResources } from '../resources.ts';
import { executingStateMachine } from './executing-state-machine.ts';
import type { LocalLambda } from './function.ts';
import { readLogLines } from './log-lines.ts';

const FUNCTION_NAME = 'local-forwarder';
const GROUP = 'local-forwarder-group';
const SCHEDULE = 'local-forwarder-schedule';

/** A small machine does not have the cores for more. */
const BACKFILL_CONCURRENCY = 2;

/** Source: CloudWatch Logs API, `FilterLogEvents`, `limit`. */
const LOG_EVENTS_PER_PAGE = 10_000;

const { region, account } = REGION_ACCOUNT;
const functionArn = `arn:aws:lambda:${region}:${account}:function:${FUNCTION_NAME}`;
const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:LocalBackfill`;

export interface LocalAccountOptions {
  lambda: LocalLambda;
  /** The function's settings, as its configuration shows them. */
  settings: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMiB: number;
  scheduleExpression: string;
  /** What the function writes. */
  logFile: string;
}

/** The account that holds the forwarder of this machine, as a deployment of its stack would leave it. */
export function localAccount(options: LocalAccountOptions): Account {
  const { lambda, settings, timeoutSeconds, memoryMiB, scheduleExpression, logFile } = options;
  const invoke = (event: object) => lambda.invoke(event);
  return {
    stacks: [
      {
        name: stackNameOf(),
        status: 'CREATE_COMPLETE',
        outputs: {
          [STACK_OUTPUTS.functionName]: FUNCTION_NAME,
          [STACK_OUTPUTS.stateTable]: RESOURCES.STATE_TABLE,
          [STACK_OUTPUTS.quarantineBucket]: RESOURCES.QUARANTINE_BUCKET,
          [STACK_OUTPUTS.logGroup]: `/aws/lambda/${FUNCTION_NAME}`,
          [STACK_OUTPUTS.backfillStateMachine]: stateMachineArn,
          [STACK_OUTPUTS.version]: VERSION,
        },
        resources: stackResources({
          functionName: FUNCTION_NAME,
          stateMachineArn,
          schedule: SCHEDULE,
          scheduleGroup: GROUP,
        }),
      },
    ],
    functions: { [FUNCTION_NAME]: { environment: settings, timeoutSeconds, memoryMiB, invoke } },
    schedules: { [`${GROUP}/${SCHEDULE}`]: { expression: scheduleExpression, state: 'ENABLED' } },
    alarms: [],
    get logs() {
      return readLogLines(logFile);
    },
    logEventsPerPage: LOG_EVENTS_PER_PAGE,
    stateMachine: executingStateMachine({
      arn: stateMachineArn,
      definition: backfillDefinition({
        functionArn,
        invokeArn: 'arn:aws:states:::lambda:invoke',
        concurrency: BACKFILL_CONCURRENCY,
      }),
      invoke,
    }),
  };
}
