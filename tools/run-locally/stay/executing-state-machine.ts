import type {
  DeployedStateMachine,
  ExecutionStatus,
  ItemCounts,
} from '../../stand-ins/aws/management/account.ts';
import { type StateMachine, TaskError } from '../../stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../stand-ins/aws/state-machine/execute.ts';
import { InvocationFailed } from '../artefact.ts';

export interface ExecutingOptions {
  arn: string;
  definition: object;
  /** Invokes the function with a payload. */
  invoke: (payload: object) => Promise<unknown>;
}

interface Execution {
  status: ExecutionStatus;
  items: ItemCounts | undefined;
}

/** An error of an invocation as Step Functions names it. Source: Step Functions developer guide, "Error names". */
function taskError(error: unknown): TaskError {
  const { message } = error as Error;
  if (!(error instanceof InvocationFailed)) return new TaskError('Lambda.Unknown', message);
  const { errorType } = error;
  return new TaskError(errorType, JSON.stringify({ errorMessage: message, errorType }));
}

/** Real time, which keeps no process alive. */
const pass = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000).unref());

/** A state machine whose executions really run, in real time. */
export function executingStateMachine({ arn, definition, invoke }: ExecutingOptions): DeployedStateMachine {
  const executions = new Map<string, Execution>();

  async function run(execution: Execution, input: object): Promise<void> {
    try {
      const output = await execute(definition as StateMachine, input, {
        invoke: (payload) =>
          invoke(payload as object).catch((error: unknown) => {
            throw taskError(error);
          }),
        wait: pass,
        pause: (seconds) => pass(Math.random() * seconds),
        onItems: (counts) => {
          execution.items = counts;
        },
      });
      execution.status = { status: 'SUCCEEDED', output: output as object };
    } catch (error) {
      const { name, message } = error as Error;
      execution.status = { status: 'FAILED', error: name, cause: message };
    }
  }

  return {
    arn,
    definition,
    running: () =>
      [...executions].filter(([, { status }]) => status.status === 'RUNNING').map(([name]) => name),
    start(name, input) {
      const execution: Execution = { status: { status: 'RUNNING' }, items: undefined };
      executions.set(name, execution);
      void run(execution, input);
    },
    status: (name) => executions.get(name)?.status,
    items: (name) => executions.get(name)?.items,
  };
}
