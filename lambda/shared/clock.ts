import { setTimeout } from 'node:timers/promises';

/** The clock of every part that waits or needs the time. Tests and simulations pass their own. */
export interface Clock {
  /** Wall clock in epoch milliseconds. It may jump. */
  wall(): number;
  /** Milliseconds since some fixed moment. It never jumps, but it stops while the machine is frozen. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A source of random numbers in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal && { signal }).catch(() => undefined),
};

/** The wall clock in whole epoch seconds. */
export const wallSeconds = (clock: Clock): number => Math.floor(clock.wall() / 1000);

/** The moment on the monotonic clock by which a piece of work must have ended. */
export interface Deadline {
  /** Milliseconds until new work must no longer start; zero or less when it has passed. */
  left(): number;
}

/** A deadline `ms` milliseconds from now. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const end = clock.monotonic() + ms;
  return { left: () => end - clock.monotonic() };
}
