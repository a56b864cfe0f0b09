import type { Conditions } from './conditions.ts';
import {
  drawIntakeFaults,
  drawIntakeTraits,
  INTAKE_FAULTS,
  type IntakeTraits,
  LIKES_ALL,
} from './dislikes.ts';
import { drawExcluded } from './excluded.ts';
import {
  deviatingServer,
  drawListFaults,
  fileUnderAnotherTime,
  LIST_FAULTS,
  withoutTypicalSize,
} from './list-deviations.ts';
import {
  type ActionPlan,
  drawOtherActions,
  NO_OTHER_ACTIONS,
  OTHER_ACTIONS,
  planActions,
} from './other-actions.ts';
import { seededRandom } from './random.ts';
import { CHANGE_FAULTS, drawChangeFaults, withChanges } from './record-changes.ts';
import {
  drawRefusalFaults,
  drawRefusals,
  type RangeRefusals,
  REFUSAL_FAULTS,
  REFUSES_NOTHING,
} from './refusals.ts';
import { drawServerTraits, type ServerTraits } from './server-traits.ts';
import {
  drawMachineFaults,
  MACHINE_FAULTS,
  type MachineTraits,
  USUAL_MACHINES,
  withTakeOvers,
} from './skewed-machines.ts';
import { makeTruth, type Truth } from './truth.ts';

/** `full`: the promises as they ship. `core`: no look-back and no sweep, which would repair what ordering bugs lose. */
export type Profile = 'full' | 'core';

/** What a seed may switch on. Each seed takes a random part of them, because otherwise they mask each other. */
const DRAWN_FAULTS = [
  'source errors',
  'source throttling',
  'source slow',
  'source key refused',
  'source outage',
  'pages too large',
  'sink errors',
  'sink throttling',
  'sink slow',
  'sink key refused',
  'sink outage',
  'intake refuses everything',
  'rejected records',
  'records too large',
  'store throttling',
  'store replies lost',
  'store slow',
  'quarantine errors',
  'crashes',
  'freezes',
  'clock jumps',
  'overlapping runs',
  'pauses',
  'late records',
  'insertions while paging',
  'removals while paging',
  'vanishing records',
  'identical records',
  'alert edits',
  'undated records',
  'future records',
  'odd times',
  'records without vuid',
  'server clock offset',
] as const;

/** Drawn apart, too: see `refusals.ts`. */
const STORE_FAULTS = ['delayed saves'] as const;

export const FAULTS = [
  ...DRAWN_FAULTS,
  ...INTAKE_FAULTS,
  ...MACHINE_FAULTS,
  ...LIST_FAULTS,
  ...OTHER_ACTIONS,
  ...REFUSAL_FAULTS,
  ...STORE_FAULTS,
  ...CHANGE_FAULTS,
];
export type Fault = (typeof FAULTS)[number];

const CORE_LEAVES_OUT: ReadonlySet<Fault> = new Set([
  'late records',
  'insertions while paging',
  'removals while paging',
  'vanishing records',
  'alert edits',
  'moved alert times',
]);

/** A stretch of time, epoch milliseconds. */
export interface Window {
  from: number;
  to: number;
}

/** What is left out of a scenario. Later random choices may then differ from those of the whole one. */
export interface Reduction {
  without?: readonly Fault[] | undefined;
  /** Only the last so many runs while there are faults. */
  runs?: number | undefined;
}

export interface Scenario {
  seed: number;
  profile: Profile;
  reduction: Reduction;
  faults: ReadonlySet<Fault>;
  /** How often a call meets a fault of each class that is on. */
  faultRate: number;
  /** Epoch milliseconds of the first run. */
  start: number;
  faultsEnd: number;
  /** When invocations start while there are faults, epoch milliseconds. */
  runs: number[];
  /** Milliseconds between runs once the faults have ended. */
  quietInterval: number;
  quietRuns: number;
  lambdaTimeoutMs: number;
  settings: {
    initialLookbackSeconds: number;
    settleSeconds: number;
    holdBackSeconds: number;
    lookbackSeconds: number;
    parallelSlices: number;
    alertUpdates: boolean;
    keepsLowSeverity: boolean;
  };
  server: ServerTraits;
  sourceOutages: Window[];
  sinkOutages: Window[];
  intakeRefusals: Window[];
  clockJumps: (Window & { ms: number })[];
  machines: MachineTraits;
  /** What the intake dislikes, for ever. */
  intake: IntakeTraits;
  /** Actions that run concurrently with the scheduled runs. */
  actions: ActionPlan;
  /** What the source refuses while it answers for the rest. */
  refusals: RangeRefusals;
  /** Larger posts are answered with 413. */
  maxPostBytes: number;
  /** Limits of the production code, scaled down. */
  maxSliceRecords: number;
  maxBatchLogs: number;
  /** Most records, or groups of identical ones, of a stream; drawn with the records when left out. */
  density?: number;
  truths: Truth[];
  /** The messages of logs that the setting `exclude` leaves out. */
  excluded: ReadonlySet<string>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const lastOf = <T>(items: readonly T[], count = items.length): T[] =>
  items.slice(Math.max(0, items.length - count));

/**
 * The scenario of a seed, or what is left of it.
 * @param conditions what it has in any case
 */
export function makeScenario(
  seed: number,
  profile: Profile,
  reduction: Reduction = {},
  { faults: given, interval: givenInterval, server, settings, ...limits }: Conditions = {},
): Scenario {
  const random = seededRandom(seed, `scenario ${profile}`);
  const likelihood = random.pick([0, 0.1, 0.2, 0.2, 0.4]);
  const intakeRandom = seededRandom(seed, `intake ${profile}`);
  const machineRandom = seededRandom(seed, `machines ${profile}`);
  const listRandom = seededRandom(seed, `lists ${profile}`);
  const actionRandom = seededRandom(seed, `actions ${profile}`);
  const refusalRandom = seededRandom(seed, `refusals ${profile}`);
  const changeRandom = seededRandom(seed, `changes ${profile}`);
  const newestRandom = seededRandom(seed, `newest ${profile}`);
  const drawn: Fault[] = [
    ...DRAWN_FAULTS.filter(
      (fault) => random.chance(likelihood) && !(profile === 'core' && CORE_LEAVES_OUT.has(fault)),
    ),
    ...drawIntakeFaults(intakeRandom),
    ...drawMachineFaults(machineRandom),
    ...drawRefusalFaults(refusalRandom),
    ...drawListFaults(listRandom),
    ...drawOtherActions(actionRandom),
    ...STORE_FAULTS.filter(() => refusalRandom.chance(0.1)),
    ...drawChangeFaults(changeRandom, newestRandom).filter(
      (fault) => !(profile === 'core' && CORE_LEAVES_OUT.has(fault)),
    ),
  ];
  const faults = new Set(given ?? drawn);
  for (const fault of reduction.without ?? []) faults.delete(fault);
  const start = 1_767_000_000_000 + random.between(0, 86_400) * SECOND;
  const drawnInterval = random.pick([5, 10, 15, 30]) * MINUTE;
  const interval = givenInterval ?? drawnInterval;
  const faultsEnd = start + random.between(1, profile === 'full' ? 5 : 8) * HOUR;
  const within = (longest: number): Window => {
    const from = random.between(start, faultsEnd);
    return { from, to: from + random.between(MINUTE, longest) };
  };
  const when = <T>(fault: Fault, make: () => T): T[] => (faults.has(fault) ? [make(), make()] : []);
  const tellsDate = random.chance(0.7);
  const lookbackSeconds = profile === 'core' ? 0 : random.pick([5400, 7200, 10_800]);
  const scenario: Scenario = {
    seed,
    profile,
    reduction,
    faults,
    faultRate: random.pick([0.005, 0.02, 0.05, 0.15]),
    start,
    faultsEnd,
    runs: lastOf(runTimes(), reduction.runs),
    quietInterval: random.pick([10, 15, 30]) * MINUTE,
    quietRuns: 60,
    lambdaTimeoutMs: random.pick([60, 240]) * SECOND,
    settings: {
      initialLookbackSeconds: random.pick([0, 3600, 14_400]),
      settleSeconds: random.pick([30, 120]),
      holdBackSeconds: newestRandom.pick([0, 0, 20, 120]),
      lookbackSeconds,
      parallelSlices: random.pick([1, 2, 4]),
      alertUpdates: random.chance(0.5),
      keepsLowSeverity: random.chance(0.8),
    },
    server: drawServerTraits(random, faults, tellsDate),
    sourceOutages: when('source outage', () => within(HOUR)),
    sinkOutages: when('sink outage', () => within(2 * HOUR)),
    intakeRefusals: when('intake refuses everything', () => within(HOUR)),
    clockJumps: when('clock jumps', () => ({
      ...within(20 * MINUTE),
      // Without the server's date nothing shows that the clock is wrong.
      ms: tellsDate ? random.pick([-1, 1]) * HOUR : random.between(-60, 60) * SECOND,
    })),
    machines: USUAL_MACHINES,
    intake: LIKES_ALL,
    actions: NO_OTHER_ACTIONS,
    refusals: REFUSES_NOTHING,
    maxPostBytes: faults.has('records too large') ? 6000 : 5_000_000,
    maxSliceRecords: random.pick([12, 40, 44_000]),
    maxBatchLogs: random.pick([3, 10, 1000]),
    truths: [],
    excluded: new Set(),
  };
  Object.assign(scenario, limits);
  Object.assign(scenario.settings, settings);
  // Without the server's date only the local clock bounds a scan, and without a sweep nothing corrects its error.
  if (profile === 'core' && !tellsDate) {
    scenario.server.offset = 0;
    scenario.clockJumps = [];
    faults.delete('skewed machines');
  }
  if (faults.has('skewed machines')) scenario.runs = withTakeOvers(scenario, machineRandom);
  scenario.server = deviatingServer(scenario, listRandom);
  Object.assign(scenario.server, server);
  scenario.truths = withoutTypicalSize(
    makeTruth(scenario, seededRandom(seed, `truth ${profile}`)),
    scenario.server,
  );
  scenario.truths = withChanges(scenario, changeRandom, newestRandom);
  scenario.excluded = drawExcluded(scenario.truths, seededRandom(seed, `exclude ${profile}`));
  fileUnderAnotherTime(scenario, listRandom);
  scenario.intake = drawIntakeTraits(faults, scenario.truths, intakeRandom);
  scenario.actions = planActions(scenario, actionRandom);
  scenario.refusals = drawRefusals(scenario, refusalRandom);
  return scenario;

  function runTimes(): number[] {
    const times: number[] = [];
    for (let at = start; at < faultsEnd; at += interval) {
      times.push(at);
      if (faults.has('overlapping runs') && random.chance(0.3)) {
        const later = random.between(0, 5 * MINUTE);
        // Every other one is the same invocation delivered twice, which comes within a second.
        times.push(at + (later % 2 === 0 ? later : later % SECOND));
      }
      if (faults.has('pauses') && random.chance(0.15)) at += random.between(HOUR, 4 * HOUR);
    }
    return times;
  }
}
