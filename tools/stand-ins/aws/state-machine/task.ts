import { type Retrier, type State, TaskError } from './definition.ts';
import { evaluated } from './evaluate.ts';
import type { ExecutionWorld } from './world.ts';

/** Whether a rule applies to an error. */
export const matches = ({ ErrorEquals }: { ErrorEquals: string[] }, { name }: TaskError) =>
  ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');

/** Seconds before an attempt, without the jitter. Source: Amazon States Language, "Retrying after an error". */
const delayOf = ({ IntervalSeconds, BackoffRate, MaxDelaySeconds = Infinity }: Retrier, made: number) =>
  Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** made);

/**
 * Runs a task with the retries of its state.
 * @throws {TaskError} when no retrier applies any more
 */
export async function task(
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
