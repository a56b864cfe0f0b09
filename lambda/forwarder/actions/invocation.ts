import { type Clock, deadlineIn } from '../../shared/clock.ts';
import type { Invocation } from '../core/runs/stream.ts';
import { leaseOwner } from '../wiring.ts';

/** Kept free at the end of an invocation for saving progress and writing the result, in milliseconds. */
const RESERVE_MS = 5_000;

/** What is needed of the Lambda context. */
export interface InvocationContext {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The invocation as it stands now: to be asked for when the work begins, since waiting before that is time gone. */
export function invocationOf(context: InvocationContext, clock: Clock): Invocation {
  const killedInMs = context.getRemainingTimeInMillis();
  return {
    owner: leaseOwner(context.awsRequestId),
    deadline: deadlineIn(clock, killedInMs - RESERVE_MS),
    killedInMs,
  };
}
