import type { DeployedStateMachine, ItemCounts } from '../../../tools/stand-ins/aws/management/account.ts';

/** What each further request for the status of an execution returns. */
export interface ExecutionScript {
  /** Item counts while it is running, one for each request. */
  running: ItemCounts[];
  end: { status: 'SUCCEEDED'; output: object } | { status: 'FAILED'; error: string; cause: string };
}

/** A state machine that executes nothing: a test says beforehand how it will look. */
export interface ScriptedStateMachine extends DeployedStateMachine {
  script: ExecutionScript;
  /** Names of executions that were started earlier and are at work. */
  atWork: string[];
  /** Inputs of the executions that were started, in order. */
  started: object[];
}

export function scriptedStateMachine(arn: string): ScriptedStateMachine {
  const machine: ScriptedStateMachine = {
    arn,
    definition: { States: { Slices: { Type: 'Map', MaxConcurrency: 4 } } },
    script: { running: [], end: { status: 'FAILED', error: 'NotScripted', cause: '' } },
    atWork: [],
    started: [],
    running: () => machine.atWork,
    start: (_, input) => void machine.started.push(input),
    status: () => (machine.script.running.length > 0 ? { status: 'RUNNING' } : machine.script.end),
    items: () => machine.script.running.shift(),
  };
  return machine;
}
