import type { ItemCounts } from '../management/account.ts';

/** What an execution acts on, and who observes it. */
export interface ExecutionWorld {
  /** Does what a task asks for. Fails with a {@link TaskError}. */
  invoke: (payload: unknown) => Promise<unknown>;
  /** Lets time pass in a state that waits. */
  wait?: (seconds: number) => void | Promise<void>;
  /** Lets time pass before a task is tried again: a random length up to so many seconds. */
  pause?: (seconds: number) => void | Promise<void>;
  /** Called for each state that is entered, and each further attempt at a task: what AWS bills. */
  onTransition?: (state: string) => void;
  /** Called with the progress of a map whenever an item begins or ends. */
  onItems?: (counts: ItemCounts) => void;
}
