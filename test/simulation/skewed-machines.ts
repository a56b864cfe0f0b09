import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** Constant errors of the machines' clocks; runs that begin about when the lease of another ends. Drawn apart, as `dislikes.ts`. */
export const MACHINE_FAULTS = ['skewed machines'] as const;
export type MachineFault = (typeof MACHINE_FAULTS)[number];

/** Two machines differ by less than the margin of a lease, and each by less than what a record has time to settle. */
export const MAX_SKEW_MS = 9_000;

/** A run posts until five seconds before its end, so at a take-over before that it is still running. */
const TAKE_OVER_MS = { earliest: -18_000, latest: -4_000 };

export interface MachineTraits {
  /** How many runs another one tries to take over. */
  takeOverShare: number;
  /** `opposite`: every other clock is behind as far as possible, the next one ahead. */
  skews: 'drawn' | 'opposite';
}

export const USUAL_MACHINES: MachineTraits = { takeOverShare: 0.4, skews: 'drawn' };

export const drawMachineFaults = (random: Random): MachineFault[] =>
  MACHINE_FAULTS.filter(() => random.chance(0.15));

/**
 * How far the clock of a machine is ahead, in milliseconds.
 * @param id its number, from 1
 */
export function drawSkewMs({ skews }: MachineTraits, id: number, random: Random): number {
  if (skews === 'opposite') return id % 2 === 1 ? -MAX_SKEW_MS : MAX_SKEW_MS;
  return random.between(-MAX_SKEW_MS, MAX_SKEW_MS);
}

/** When invocations start, those added that try to take over from one that takes all of its time. */
export function withTakeOvers({ runs, lambdaTimeoutMs, machines }: Scenario, random: Random): number[] {
  const { earliest, latest } = TAKE_OVER_MS;
  const takeOvers = runs
    .filter(() => random.chance(machines.takeOverShare))
    .map((start) => start + lambdaTimeoutMs + random.between(earliest, latest));
  return [...runs, ...takeOvers].sort((a, b) => a - b);
}
