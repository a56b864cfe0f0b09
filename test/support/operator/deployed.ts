/** What an account holds, as the stand-ins of AWS's management services show it. */

export const REGION_ACCOUNT = { region: 'us-east-1', account: '123456789012' } as const;

export interface DeployedStack {
  name: string;
  status: string;
  outputs: Readonly<Record<string, string>>;
  /** Physical ids by type. */
  resources: Readonly<Record<string, string>>;
}

export interface DeployedFunction {
  environment: Readonly<Record<string, string>>;
  /** Serves an invocation; what it throws becomes the function's error. */
  invoke(event: Record<string, unknown>): Promise<unknown>;
}

export interface DeployedSchedule {
  expression: string;
  state: 'ENABLED' | 'DISABLED';
}

export interface RingingAlarm {
  name: string;
  description: string;
}

export interface LogLine {
  /** Epoch seconds. */
  at: number;
  line: object;
}

/** An execution of the state machine: what each further look at it shows. */
export interface ExecutionScript {
  /** Item counts while it is running, one for each look. */
  running: { total: number; pending: number; running: number }[];
  end: { status: 'SUCCEEDED'; output: object } | { status: 'FAILED'; error: string; cause: string };
}

/** The account; a test changes it as it goes. */
export interface Account {
  stacks: DeployedStack[];
  functions: Record<string, DeployedFunction>;
  /** By `GROUP/NAME`. */
  schedules: Record<string, DeployedSchedule>;
  alarms: RingingAlarm[];
  logs: LogLine[];
  stateMachine: {
    arn: string;
    definition: object;
    script: ExecutionScript;
    /** Names of executions that were started earlier and are at work. */
    atWork: string[];
  };
  /** Inputs of the executions that were started, in order. */
  started: object[];
  /** An error code with which every call to CloudFormation and STS is refused. */
  refusal: string | undefined;
}
