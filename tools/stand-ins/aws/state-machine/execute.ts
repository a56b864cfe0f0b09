import { inPool } from '../../../../lambda/shared/concurrency.ts';
import { type State, type StateMachine, TaskError } from './definition.ts';
import { evaluated } from './evaluate.ts';
import { matches, task } from './task.ts';
import type { ExecutionWorld } from './world.ts';

async function map(state: State, input: unknown, world: ExecutionWorld): Promise<unknown> {
  const items = (await evaluated(state.Items, { input })) as unknown[];
  let [pending, running] = [items.length, 0];
  const report = () => world.onItems?.({ total: items.length, pending, running });
  return inPool(items, state.MaxConcurrency ?? items.length, async (Value, Index) => {
    pending--;
    running++;
    report();
    const context = { Map: { Item: { Index, Value } } };
    const item = await evaluated(state.ItemSelector, { input, context });
    const result = await execute(state.ItemProcessor as StateMachine, item, world);
    running--;
    report();
    return result;
  });
}

/**
 * States that one execution may enter. Step Functions ends an execution at 25,000 events of its history, and a state takes
 * two at least. Source: Step Functions developer guide, "Service quotas", state machine executions.
 */
const MAX_STATES_ENTERED = 12_500;

/**
 * Executes a definition as Step Functions does, as far as the project's definitions go; its expressions are evaluated by the
 * language's own implementation. Waiting takes as long as the world lets it.
 * @returns the output of the execution
 * @throws {TaskError} when it fails, or enters so many states that it must be going round in a circle
 */
export async function execute(
  machine: StateMachine,
  start: unknown,
  world: ExecutionWorld,
): Promise<unknown> {
  let input = start;
  let name: string | undefined = machine.StartAt;
  for (let entries = 1; name !== undefined; entries++) {
    if (entries > MAX_STATES_ENTERED) {
      throw new TaskError('States.Runtime', 'The execution reached the maximum number of history events.');
    }
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
