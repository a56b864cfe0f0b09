import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { Random } from './random.ts';
import { messageOf } from './record-changes.ts';
import type { Truth } from './truth.ts';

/** Lasting faults of the intake, or of what lies before it, that depend on what is posted. */
export const INTAKE_FAULTS = ['disliked records', 'large posts fail'] as const;
export type IntakeFault = (typeof INTAKE_FAULTS)[number];

const DISLIKES = ['refused', 'fails', 'stores and fails', 'stores and fails, refused alone'] as const;

/** The answer to each post with a certain log: 403, 500, 500 although it is stored, or the latter until the log is alone. */
export type Dislike = (typeof DISLIKES)[number];

/** So few that all of them are quarantined within the runs in which everything must recover. */
const MOST_DISLIKED = 4;

export interface IntakeTraits {
  /** By message. */
  dislikes: ReadonlyMap<string, Dislike>;
  /** Posts of more logs get a 500. */
  mostLogs: number;
  /** Whether they are stored anyway. */
  storesLargePosts: boolean;
}

/** An intake that accepts everything. */
export const LIKES_ALL: IntakeTraits = { dislikes: new Map(), mostLogs: Infinity, storesLargePosts: false };

/**
 * Which of these faults a seed has. They are drawn apart, so that seeds keep what else they draw. What is disliked goes to
 * quarantine, so half of those seeds trouble that, too.
 */
export function drawIntakeFaults(random: Random): (IntakeFault | 'quarantine errors')[] {
  const drawn = INTAKE_FAULTS.filter(() => random.chance(0.12));
  return drawn.includes('disliked records') && random.chance(0.5) ? [...drawn, 'quarantine errors'] : drawn;
}

/** What the intake dislikes, drawn for each record. */
export function drawIntakeTraits(
  faults: ReadonlySet<string>,
  truths: readonly Truth[],
  random: Random,
): IntakeTraits {
  const dislikes = new Map<string, Dislike>();
  const disliked = { alerts: 0, 'audit-logs': 0 };
  for (const { stream, versions } of truths) {
    if (!faults.has('disliked records') || !random.chance(0.15)) continue;
    if (++disliked[stream] > MOST_DISLIKED) continue;
    const dislike = random.pick(DISLIKES);
    for (const { record } of versions) dislikes.set(messageOf(record), dislike);
  }
  return {
    dislikes,
    mostLogs: faults.has('large posts fail') ? random.pick([1, 2, 4]) : Infinity,
    storesLargePosts: random.chance(0.5),
  };
}

/** How the intake answers to what it dislikes, and whether it stores the logs before. */
export function dislikedAnswer(
  { dislikes, mostLogs, storesLargePosts }: IntakeTraits,
  logs: readonly Log[],
): { status: 403 | 500; stores: boolean } | undefined {
  const found = new Set(logs.map(({ message }) => dislikes.get(message ?? '')));
  const isAlone = logs.length === 1;
  if (found.has('refused') || (isAlone && found.has('stores and fails, refused alone'))) {
    return { status: 403, stores: false };
  }
  if (found.has('stores and fails') || found.has('stores and fails, refused alone')) {
    return { status: 500, stores: true };
  }
  if (found.has('fails')) return { status: 500, stores: false };
  return logs.length > mostLogs ? { status: 500, stores: storesLargePosts } : undefined;
}
