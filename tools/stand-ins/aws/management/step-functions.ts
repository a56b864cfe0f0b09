import type { StandInResponse } from '../../http-server.ts';
import { type DeployedStateMachine, REGION_ACCOUNT } from './account.ts';
import { type JsonRequest, refuse, reply } from './json-protocol.ts';

/** Step Functions: one state machine and its executions. */

const { region, account } = REGION_ACCOUNT;
const executionArn = (name: string) => `arn:aws:states:${region}:${account}:execution:Backfill:${name}`;
const mapRunArn = (name: string) => `arn:aws:states:${region}:${account}:mapRun:Backfill/Slices:${name}`;
const nameIn = (arn: unknown) => String(arn).split(':').at(-1) ?? '';

/** Answers one operation. An execution's input and output are JSON texts within JSON. */
export function answerStepFunctions(
  operation: string,
  request: JsonRequest,
  machine: DeployedStateMachine,
): StandInResponse {
  switch (operation) {
    case 'DescribeStateMachine':
      return reply({ definition: JSON.stringify(machine.definition) });
    case 'ListExecutions':
      return reply({
        executions: machine
          .running()
          .map((name) => ({ name, executionArn: executionArn(name), status: 'RUNNING' })),
      });
    case 'StartExecution': {
      const name = String(request['name']);
      machine.start(name, JSON.parse(String(request['input'])));
      return reply({ executionArn: executionArn(name), startDate: Date.now() / 1000 });
    }
    case 'DescribeExecution': {
      const status = machine.status(nameIn(request['executionArn']));
      if (!status) return refuse('ExecutionDoesNotExist', 'There is no such execution.');
      return reply('output' in status ? { ...status, output: JSON.stringify(status.output) } : status);
    }
    case 'ListMapRuns': {
      const name = nameIn(request['executionArn']);
      return reply({ mapRuns: [{ mapRunArn: mapRunArn(name), executionArn: executionArn(name) }] });
    }
    case 'DescribeMapRun':
      return reply({
        mapRunArn: request['mapRunArn'],
        itemCounts: machine.items(nameIn(request['mapRunArn'])),
      });
    default:
      return refuse('UnknownOperationException', `Unknown: ${operation}`);
  }
}
