import { ForwarderError } from '../common/errors.ts';

/** What an invocation asks for. */
export type Action = 'run' | 'check';

/** Actions that the events of this product may name; a schedule's own event names none and means a run. */
const KNOWN_ACTIONS = ['check', 'backfill', 'replay'] as const;

/** The event names an action that this function cannot do. */
export class ActionError extends ForwarderError {
  static {
    ActionError.prototype.name = 'ActionError';
  }
}

/**
 * The action that an event asks for.
 * @param event whatever the function was invoked with; `{"action": "check"}` names one
 * @throws {ActionError} naming the actions that there are
 */
export function actionOf(event: unknown): Action {
  const action = event !== null && typeof event === 'object' && 'action' in event ? event.action : undefined;
  if (action === undefined || action === 'run') return 'run';
  if (action === 'check') return action;
  if (action === 'backfill' || action === 'replay') {
    throw new ActionError(
      'action-not-available',
      `The action ${action} is not available in this version of the forwarder.`,
      'Known actions: none (a normal run) and {"action":"check"}.',
    );
  }
  throw new ActionError(
    'action-unknown',
    `There is no such action. Known actions: ${KNOWN_ACTIONS.join(', ')}; without an action the event starts a normal run.`,
    'Correct the event.',
  );
}
