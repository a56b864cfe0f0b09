import jsonata from 'jsonata';
import type { ItemCounts } from './account.ts';

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

interface Retrier {
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

/** The world that an execution acts in. */
export interface ExecutionWorld {
  /** Does what a task asks for. Fails with a {@link TaskError}. */
  invoke: (payload: unknown) => Promise<unknown>;
  /** Lets time pass in a state that waits. */
  wait?: (seconds: number) => void | Promise<void>;
  /** Lets time pass before a task is tried again: up to so many seconds, as chance will have it. */
  pause?: (seconds: number) => void | Promise<void>;
  /** Told of each state that is entered, and of each further attempt at a task: what AWS bills. */
  onTransition?: (state: string) => void;
  /** Told how far a map is, whenever an item begins or ends. */
  onItems?: (counts: ItemCounts) => void;
}

interface Scope {
  input: unknown;
  result?: unknown;
  errorOutput?: { Error: string; Cause: string };
  context?: unknown;
}

/** Evaluates the JSONata of a field, wherever in it it stands; one that comes to nothing is an error, as it is there. */
async function evaluated(template: unknown, states: Scope): Promise<unknown> {
  if (typeof template === 'string' && template.startsWith('{%')) {
    const expression = template.slice(2, -2);
    const value: unknown = await jsonata(expression).evaluate(undefined, { states });
    if (value === undefined) throw new TaskError('States.QueryEvaluationError', expression);
    // Its lists carry marks of its own.
    return JSON.parse(JSON.stringify(value));
  }
  if (Array.isArray(template)) return Promise.all(template.map((item) => evaluated(item, states)));
  if (template === null || typeof template !== 'object') return template;
  const fields = await Promise.all(
    Object.entries(template).map(async ([key, value]) => [key, await evaluated(value, states)] as const),
  );
  return Object.fromEntries(fields);
}

const matches = ({ ErrorEquals }: { ErrorEquals: string[] }, { name }: TaskError) =>
  ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');

/** Seconds before an attempt, without the jitter. Source: Amazon States Language, "Retrying after an error". */
const delayOf = ({ IntervalSeconds, BackoffRate, MaxDelaySeconds = Infinity }: Retrier, made: number) =>
  Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** made);

async function task(
  name: string,
  state: State,
  input: unknown,
  { invoke, pause, onTransition }: ExecutionWorld,
): Promise<unknown> {
  const attempts = new Map<object, number>();
  for (;;) {
    try {
      const { Payload } = (await evaluated(state.Arguments, { input })) as { Payload: unknown };
      return { Payload: await invoke(Payload) };
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      const retry = state.Retry?.find((rule) => matches(rule, error));
      const made = retry ? (attempts.get(retry) ?? 0) : 0;
      if (!retry || made >= retry.MaxAttempts) throw error;
      attempts.set(retry, made + 1);
      await pause?.(delayOf(retry, made));
      onTransition?.(name);
    }
  }
}

async function map(state: State, input: unknown, world: ExecutionWorld): Promise<unknown> {
  const items = (await evaluated(state.Items, { input })) as unknown[];
  const waiting = [...items.entries()];
  const results: unknown[] = [];
  let running = 0;
  const tell = () => world.onItems?.({ total: items.length, pending: waiting.length, running });
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [Index, Value] = next;
      running++;
      tell();
      const context = { Map: { Item: { Index, Value } } };
      const item = await evaluated(state.ItemSelector, { input, context });
      results[Index] = await execute(state.ItemProcessor as StateMachine, item, world);
      running--;
      tell();
    }
  };
  await Promise.all(Array.from({ length: state.MaxConcurrency ?? items.length }, work));
  return results;
}

/**
 * Executes a definition as Step Functions does, as far as the project's definitions go; its expressions are evaluated by the
 * language's own implementation. Waiting takes as long as the world lets it.
 * @returns the output of the execution
 * @throws {TaskError} when it fails
 */
export async function execute(
  machine: StateMachine,
  start: unknown,
  world: ExecutionWorld,
): Promise<unknown> {
  let input = start;
  let name: string | undefined = machine.StartAt;
  while (name !== undefined) {
    const state: State | undefined = machine.States[name];
    if (!state) throw new Error(`There is no state ${name}.`);
    world.onTransition?.(name);
    let result: unknown;
    const entered = name;
    name = state.Next;
    switch (state.Type) {
      case 'Pass':
      case 'Succeed':
        break;
      case 'Fail':
        throw new TaskError(state.Error ?? '', state.Cause ?? '');
      case 'Choice':
        name = state.Default;
        for (const { Condition, Next } of state.Choices ?? []) {
          if ((await evaluated(Condition, { input })) !== true) continue;
          name = Next;
          break;
        }
        break;
      case 'Wait':
        await world.wait?.((await evaluated(state.Seconds, { input })) as number);
        break;
      case 'Map':
        result = await map(state, input, world);
        break;
      case 'Task':
        try {
          result = await task(entered, state, input, world);
        } catch (error) {
          if (!(error instanceof TaskError)) throw error;
          const caught: NonNullable<State['Catch']>[number] | undefined = state.Catch?.find((rule) =>
            matches(rule, error),
          );
          if (!caught) throw error;
          const errorOutput = { Error: error.name, Cause: error.message };
          input = await evaluated(caught.Output, { input, errorOutput });
          name = caught.Next;
          continue;
        }
        break;
      default:
        throw new Error(`A state of type ${state.Type} is not known here.`);
    }
    if (state.Output !== undefined) input = await evaluated(state.Output, { input, result });
    else if (result !== undefined) input = result;
  }
  return input;
}
