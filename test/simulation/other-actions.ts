import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { BackfillRequest } from '../../lambda/forwarder/core/runs/backfill.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

/** What operators do while scheduled runs go on. Drawn apart, as `dislikes.ts`. */
export const OTHER_ACTIONS = ['backfills', 'replays'] as const;
export type OtherAction = (typeof OTHER_ACTIONS)[number];

export interface ActionPlan {
  backfills: readonly (BackfillRequest & { at: number })[];
  /** When the quarantine is replayed, epoch milliseconds. */
  replays: readonly number[];
  /** From then on the intake takes the records that it refused before, epoch milliseconds. */
  repairedAt: number;
}

/** Scheduled runs alone. */
export const NO_OTHER_ACTIONS: ActionPlan = {
  backfills: [],
  replays: [],
  repairedAt: Number.POSITIVE_INFINITY,
};

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** So far before the start of a stream are records that only a backfill forwards, in seconds. */
export const PAST_SECONDS = 2 * HOUR_SECONDS;

export const drawOtherActions = (random: Random): OtherAction[] =>
  OTHER_ACTIONS.filter(() => random.chance(0.12));

/** When operators act, and on what. */
export function planActions(
  { faults, server, start, faultsEnd, settings }: Scenario,
  random: Random,
): ActionPlan {
  const moment = () => random.between(start, faultsEnd);
  const first = Math.floor(start / 1000) + server.offset - settings.initialLookbackSeconds - PAST_SECONDS;
  const backfills = Array.from({ length: random.between(2, 6) }, () => {
    const from = random.between(first, Math.floor(faultsEnd / 1000));
    const to = from + random.between(10 * MINUTE_SECONDS, 5 * HOUR_SECONDS);
    const stream: Stream = random.pick(STREAMS as readonly [Stream, ...Stream[]]);
    return { at: moment(), stream, from, to };
  });
  // Some are started twice.
  const twice = backfills.filter(() => random.chance(0.3)).map((plan) => ({ ...plan, at: plan.at + 500 }));
  const replays = Array.from({ length: random.between(2, 5) }, moment);
  return {
    backfills: faults.has('backfills') ? [...backfills, ...twice] : [],
    replays: faults.has('replays') ? [...replays, faultsEnd] : [],
    repairedAt: faults.has('replays') ? moment() : Number.POSITIVE_INFINITY,
  };
}
