import { TIME_RESERVE_MS } from '../../limits.ts';
import type { InvocationContext } from '../../shared/aws/invocation-context.ts';
import { type Clock, deadlineIn } from '../../shared/clock.ts';
import type { Invocation } from '../core/runs/stream.ts';
import { leaseOwner } from '../wiring.ts';

/** The core's view of an invocation. Call it when the work begins: it reads the time that is left at that moment. */
export function invocationOf(context: InvocationContext, clock: Clock): Invocation {
  const remainingMs = context.getRemainingTimeInMillis();
  return {
    owner: leaseOwner(context.awsRequestId),
    deadline: deadlineIn(clock, remainingMs - TIME_RESERVE_MS),
    remainingMs,
  };
}
