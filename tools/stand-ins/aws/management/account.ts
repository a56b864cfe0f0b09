/** The content of an AWS account, as the stand-ins of its management services show it. */

export const REGION_ACCOUNT = { region: 'us-east-1', account: '123456789012' } as const;

export interface DeployedStack {
  name: string;
  status: string;
  outputs: Readonly<Record<string, string>>;
  /** Physical ids by type; several of one type as a list. */
  resources: Readonly<Record<string, string | readonly string[]>>;
  /** The same for resources that the stack failed to create, because they exist elsewhere. */
  failed?: DeployedStack['resources'];
}

export interface DeployedFunction {
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memoryMiB: number;
  /** Serves an invocation; what it throws becomes the function's error. */
  invoke(event: Record<string, unknown>): Promise<unknown>;
}

export interface DeployedSchedule {
  expression: string;
  state: 'ENABLED' | 'DISABLED';
}

/** An alarm. It belongs to the stack whose name its own begins with; the longest one, if there are several. */
export interface DeployedAlarm {
  name: string;
  description: string;
  /** ALARM, if it is left out. */
  state?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  isComposite?: boolean;
  /** ARNs of what it notifies; a topic with a confirmed subscription, if they are left out. */
  actions?: readonly string[];
}

/** The topic of alarms that name none. */
export const ALARM_TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';

/** A subscription of a topic. */
export interface DeployedSubscription {
  topic: string;
  endpoint: string;
  isConfirmed: boolean;
}

/** A key in KMS. */
export interface DeployedKey {
  arn: string;
  /** Such as `alias/aws/s3`. */
  alias?: string;
  manager: 'AWS' | 'CUSTOMER';
}

export interface LogLine {
  /** Epoch seconds. */
  at: number;
  line: object;
}

/** The status of an execution of the state machine. */
export type ExecutionStatus =
  | { status: 'RUNNING' }
  | { status: 'SUCCEEDED'; output: object }
  | { status: 'FAILED'; error: string; cause: string };

/** Items of a map run; those that are neither pending nor running have ended. */
export interface ItemCounts {
  total: number;
  pending: number;
  running: number;
}

/** A state machine and its executions, by name. */
export interface DeployedStateMachine {
  readonly arn: string;
  readonly definition: object;
  /** Names of the executions that are running. */
  running(): readonly string[];
  start(name: string, input: object): void;
  /** The status of an execution; undefined when there is none of that name. */
  status(name: string): ExecutionStatus | undefined;
  /** How far its items are; undefined before there are any. */
  items(name: string): ItemCounts | undefined;
}

/** The account. Its owner, a test or the local run, may change it at any time. */
export interface Account {
  stacks: DeployedStack[];
  functions: Record<string, DeployedFunction>;
  /** By `GROUP/NAME`. */
  schedules: Record<string, DeployedSchedule>;
  alarms: DeployedAlarm[];
  /** In addition to one of {@link ALARM_TOPIC}. */
  subscriptions?: DeployedSubscription[];
  /** Keys in KMS; access to them is denied when left out. */
  keys?: readonly DeployedKey[];
  /** Lines of the function's log, oldest first. */
  readonly logs: readonly LogLine[];
  /** How many events CloudWatch Logs shows on one page. */
  readonly logEventsPerPage: number;
  readonly stateMachine: DeployedStateMachine;
  /** An error code with which every call to CloudFormation and STS is refused. */
  refusal?: string | undefined;
  /** Whether a call may describe stacks without naming one. */
  mayDescribeAllStacks?: boolean;
}
