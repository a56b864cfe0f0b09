import type { Ports } from '../../lambda/forwarder/core/ports.ts';
import { backfill } from '../../lambda/forwarder/core/runs/backfill.ts';
import { replay } from '../../lambda/forwarder/core/runs/replay.ts';
import { hourLeases, quarantineArchive } from './action-ports.ts';
import { begin, settingsOf } from './begin.ts';
import type { ActionPlan } from './other-actions.ts';
import type { Bug } from './simulate.ts';
import type { World } from './world.ts';

/** Starts the backfill of a past range, as an operator does. */
export function startBackfill(
  world: World,
  bug: Bug,
  { stream, from, to }: ActionPlan['backfills'][number],
): void {
  const { invocation, ports, request, end } = begin(world, bug);
  invocation.action = 'backfill';
  const { store } = ports;
  const read: Ports['store']['read'] = async (of) => {
    const state = await store.read(of);
    const { finalWatermark = from } = world.table.read(of) ?? {};
    invocation.backfillOf = { from, to: Math.min(to, finalWatermark) };
    return state;
  };
  const hours = hourLeases(world, invocation);
  const settings = { ...settingsOf(world, invocation), ...bug.settings };
  end(
    backfill({ stream, from, to }, { ...ports, store: { ...store, read }, hours }, settings, request),
    (report) => world.checker.actions.backfillEnded(invocation, report),
  );
}

/** Starts a replay of the whole quarantine. */
export function startReplay(world: World, bug: Bug): void {
  const { invocation, ports, request, end } = begin(world, bug);
  invocation.action = 'replay';
  const { logContext, identityRules, datadogKeyFix } = settingsOf(world, invocation);
  const settings = {
    logContext,
    datadogKeyFix,
    readElement: () => undefined,
    identityRules: { alerts: identityRules, 'audit-logs': identityRules },
  };
  const quarantine = quarantineArchive(world, invocation);
  const { aroundReplay = (work) => work() } = bug;
  const work = () => replay({ prefix: '' }, { ...ports, quarantine }, settings, request);
  end(aroundReplay(work), (report) => world.checker.actions.replayEnded(invocation, report));
}
