/** What of Amazon States Language the project's definitions use. */
export interface StateMachine {
  StartAt: string;
  States: Record<string, State>;
}

export interface State {
  Type: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Choices?: { Condition: string; Next: string }[];
  Arguments?: { FunctionName: unknown; Payload: unknown };
  Output?: unknown;
  Seconds?: unknown;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Output: unknown; Next: string }[];
  Items?: unknown;
  ItemSelector?: unknown;
  ItemProcessor?: StateMachine;
  MaxConcurrency?: number;
  Error?: string;
  Cause?: string;
}

export interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
  IntervalSeconds: number;
  BackoffRate: number;
  MaxDelaySeconds?: number;
}

/** An error under the name that Step Functions knows it by. */
export class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}
