import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { Ports } from '../../lambda/forwarder/core/ports.ts';
import { runStream } from '../../lambda/forwarder/core/runs/stream.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { begin, settingsOf } from './begin.ts';
import { type DecideFate, Violation } from './gateway.ts';
import { scaleLimits } from './production-limits.ts';
import type { Scenario } from './scenario.ts';
import { startBackfill, startReplay } from './start-actions.ts';
import { World } from './world.ts';

/** How a bug is put into the production code: by its settings, its ports, or its functions. */
export interface Bug {
  settings?: Partial<StreamSettings>;
  ports?: (ports: Ports, world: World) => Ports;
  /** Has a replay do its work in a way of its own. */
  aroundReplay?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Replaces functions of the production code. Returns what undoes it. */
  install?: () => () => void;
}

export interface Outcome {
  violation: Violation | undefined;
  world: World;
}

export interface Circumstances {
  bug?: Bug | undefined;
  /** What becomes of each call; by the scenario's own faults when left out. */
  decide?: DecideFate | undefined;
}

/** Lives through a scenario, then lets the system run quietly until everything is final, and says what broke. */
export async function simulate(
  scenario: Scenario,
  { bug = {}, decide }: Circumstances = {},
): Promise<Outcome> {
  const world = new World(scenario, decide);
  const restore = scaleLimits(scenario);
  const uninstall = bug.install?.();
  try {
    for (const at of scenario.runs) world.time.at(at, () => start(world, bug));
    const { backfills, replays } = scenario.actions;
    for (const plan of backfills) world.time.at(plan.at, () => startBackfill(world, bug, plan));
    for (const at of replays) world.time.at(at, () => startReplay(world, bug));
    world.time.at(scenario.faultsEnd, () => runQuietly(world, bug, scenario.quietRuns));
    await world.time.run();
    world.checker.atEnd(world.table.states);
    return { violation: undefined, world };
  } catch (error) {
    if (error instanceof Violation) return { violation: error, world };
    throw error;
  } finally {
    uninstall?.();
    restore();
  }
}

function runQuietly(world: World, bug: Bug, runsLeft: number): void {
  if (isFinal(world)) return;
  if (runsLeft === 0) {
    throw new Violation('P6', 'It does not catch up after the faults have ended.', [...world.table.states]);
  }
  start(world, bug);
  world.time.at(world.time.now + world.scenario.quietInterval, () => runQuietly(world, bug, runsLeft - 1));
}

/** Whether everything that happened lies below the line that no run crosses again, and no hole can be filled. */
function isFinal({ table, scenario, valence, checker }: World): boolean {
  const line = valence.time(scenario.faultsEnd) + 1300;
  return STREAMS.every((stream) => {
    const state = table.states.get(stream);
    if (!state || checker.fillable(state).length > 0) return false;
    return (scenario.profile === 'full' ? state.finalWatermark : state.watermark) >= line;
  });
}

/** What the entry of the function does, with both streams side by side. */
function start(world: World, bug: Bug): void {
  const { invocation, ports, request, end } = begin(world, bug);
  const settings = { ...settingsOf(world, invocation), ...bug.settings };
  const serve = async (stream: Stream) => {
    invocation.reports[stream] = await runStream(stream, ports, settings, request);
  };
  end(Promise.all(STREAMS.map(serve)), () => world.checker.runEnded(invocation));
}
