import * as z from 'zod/mini';
import { ACTIONS, quarantineRoot, STREAMS } from '../../contract.ts';
import { FIRST_MILLISECONDS } from '../../limits.ts';
import { setting, settingProblems } from '../../settings/problems.ts';
import { oneOf, wholeNumber } from '../../settings/readers.ts';
import { ForwarderError, named } from '../../shared/errors.ts';

/** What an invocation asks for. Times are epoch seconds. */
export type Action =
  | { action: 'run' | 'check' }
  | ({ action: 'backfill' } & z.output<typeof backfillEvent>)
  | ({ action: 'replay' } & z.output<typeof replayEvent>);

const epochSeconds = (description: string) =>
  setting(wholeNumber(0, FIRST_MILLISECONDS - 1), {
    description,
    allowed: 'a whole number of epoch seconds',
    // An event may contain anything, also secrets.
    secret: true,
  });

const backfillEvent = z
  .object({
    stream: setting(oneOf(STREAMS), {
      description: 'What to fill.',
      allowed: STREAMS.join(', '),
      secret: true,
    }),
    from: epochSeconds('First second to fill.'),
    to: epochSeconds('End of what to fill; that second itself is left out.'),
  })
  .check(z.refine(({ from, to }) => from < to, { path: ['to'], error: 'is not later than from' }));

const replayEvent = z.object({
  prefix: setting(z.optional(z.string({ error: 'is not text' })), {
    description: 'Beginning of the keys to replay.',
    allowed: `text that begins with ${quarantineRoot('<tenant>')}, or no prefix for everything`,
    secret: true,
  }),
  after: setting(z.optional(z.string({ error: 'is not text' })), {
    description: 'Key after which to continue.',
    allowed: 'the next of an earlier replay, or no key to start at the first',
    secret: true,
  }),
  acceptUnsigned: setting(z.optional(z.boolean({ error: 'is not true or false' })), {
    description: 'Whether to send objects without a signature, which earlier versions wrote.',
    allowed: 'true, false',
    secret: true,
  }),
});

/** The event names an unknown action, or has wrong fields. */
export class ActionError extends ForwarderError {
  static {
    named(ActionError, 'ActionError');
  }
}

/**
 * The action that an event asks for.
 * @param event the payload of the invocation; `{"action": "check"}` names an action
 * @throws {ActionError} naming the actions that there are, or every field that is wrong
 */
export function actionOf(event: unknown): Action {
  const action = event !== null && typeof event === 'object' && 'action' in event ? event.action : undefined;
  switch (action) {
    case undefined:
    case 'run':
      return { action: 'run' };
    case 'check':
      return { action };
    case 'backfill':
      return {
        action,
        ...read(
          backfillEvent,
          event,
          '{"action":"backfill","stream":"alerts","from":1767000000,"to":1767003600}',
        ),
      };
    case 'replay':
      return {
        action,
        ...read(replayEvent, event, `{"action":"replay","prefix":"${quarantineRoot('<tenant>')}alerts/"}`),
      };
    default:
      throw new ActionError(
        'action-unknown',
        `Unknown action. Known actions: ${ACTIONS.join(', ')}; an event without an action starts a normal run.`,
        'Correct the event.',
      );
  }
}

function read<T extends z.ZodMiniObject>(schema: T, event: unknown, example: string): z.output<T> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new ActionError(
    'action-incomplete',
    `The event is not valid: ${settingProblems(schema, parsed.error, event).join(' ')}`,
    `Correct the event. Example: ${example}`,
  );
}
