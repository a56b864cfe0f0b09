import type { CallEntry } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { Scenario } from './scenario.ts';
import type { Outcome } from './simulate.ts';

const SHOWN_CALLS = 40;

const clock = (ms: number) => new Date(ms).toISOString().slice(5, 23).replace('T', ' ');

const textOf = (value: unknown) =>
  value === undefined ? '' : JSON.stringify(value, (_, item) => (item === undefined ? null : item));

/** Everything needed to understand a broken promise, and how to see it again. */
export function failureReport({ violation, world }: Outcome): string {
  const { scenario, gateway, invocations, table } = world;
  const { seed, profile, faults, server, settings, intake, truths: _, ...rest } = scenario;
  return [
    `Seed ${seed} (${profile}) breaks ${violation?.promise}: ${violation?.message}`,
    `  about: ${textOf(violation?.subject)}`,
    `  faults: ${[...faults].join(', ') || 'none'}`,
    `  server: ${textOf({ ...server, refusals: rest.refusals })}`,
    `  intake: ${textOf({ ...intake, dislikes: [...intake.dislikes] })}`,
    `  settings: ${textOf({ ...settings, faultRate: rest.faultRate, maxSliceRecords: rest.maxSliceRecords, maxBatchLogs: rest.maxBatchLogs, lambdaTimeoutMs: rest.lambdaTimeoutMs })}`,
    `  state: ${textOf([...table.states])}`,
    `Runs (faults end ${clock(scenario.faultsEnd)}):`,
    ...invocations.map(runLine),
    `Last calls (it is now ${clock(world.time.now)}):`,
    ...gateway.log.slice(-SHOWN_CALLS).map(callLine),
    `Replay: ${replayOf(scenario)}`,
  ].join('\n');
}

/** The command that lives through a scenario again. */
function replayOf({ seed, profile, reduction: { without = [], runs } }: Scenario): string {
  const options = [
    `--seed ${seed}`,
    ...(profile === 'core' ? ['--core'] : []),
    ...(without.length > 0 ? [`--without '${without.join(', ')}'`] : []),
    ...(runs === undefined ? [] : [`--runs ${runs}`]),
  ];
  return `npm run sim -- ${options.join(' ')}`;
}

function runLine({ id, action, startedAt, endedAt, ending, reports }: Invocation): string {
  const streams = Object.entries(reports).map(([stream, report]) => {
    const { fetched, forwarded, duplicates, quarantined, watermark, finalWatermark, skipped, error, holes } =
      report;
    const end = skipped ?? error?.code ?? (report.caughtUp ? 'caught up' : 'partial');
    return `${stream}: ${fetched} read, ${forwarded} sent, ${duplicates} known, ${quarantined} quarantined, W=${watermark} V=${finalWatermark}, ${holes.length} holes, ${end}`;
  });
  return `  ${action} ${id} ${clock(startedAt)} to ${endedAt ? clock(endedAt) : '...'} ${ending}; ${streams.join('; ')}`;
}

function callLine({ number, at, invocation, name, fate }: CallEntry): string {
  const { result, delayMs, crash, freezeMs } = fate;
  const odd = [
    ...(crash ? [`crash ${crash}`] : []),
    ...(freezeMs ? [`frozen ${freezeMs} ms`] : []),
    ...(result === 'ok' ? [] : [result]),
  ];
  return `  ${number} ${clock(at)} run ${invocation} ${name} (${delayMs} ms)${odd.length > 0 ? ` ${odd.join(', ')}` : ''}`;
}
