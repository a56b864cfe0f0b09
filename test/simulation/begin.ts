import { exclusion } from '../../lambda/forwarder/core/logs/exclude.ts';
import type { Ports } from '../../lambda/forwarder/core/ports.ts';
import type { Invocation as RunRequest } from '../../lambda/forwarder/core/runs/stream.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { pageHalvingsOf } from '../../lambda/settings/api-profile.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { IDENTITY_RULES } from '../support/stream-settings.ts';
import type { Invocation } from './invocation.ts';
import type { Bug } from './simulate.ts';
import { simulatedPorts } from './simulated-ports.ts';
import type { World } from './world.ts';

/** What a run keeps back of its time; see the time budget in docs/architecture.md. */
const RESERVE_MS = 5000;

interface Begun {
  invocation: Invocation;
  ports: Ports;
  request: RunRequest;
  /** Ends the invocation with its work, and has the result judged. */
  end: <T>(work: Promise<T>, judge: (result: T) => void) => void;
}

/** A new invocation of the function, with its ports. */
export function begin(world: World, bug: Bug): Begun {
  const { scenario, time } = world;
  const invocation = world.invoke();
  const bare = simulatedPorts(world, invocation);
  const ports = bug.ports?.(bare, world) ?? bare;
  const request = {
    owner: `request-${invocation.id}`,
    deadline: deadlineIn(invocation.clock, scenario.lambdaTimeoutMs - RESERVE_MS),
    remainingMs: scenario.lambdaTimeoutMs,
  };
  return {
    invocation,
    ports,
    request,
    end: (work, judge) => {
      work.then(
        (result) =>
          time.at(time.now, () => {
            invocation.end('finished');
            judge(result);
          }),
        (error) =>
          time.at(time.now, () => {
            throw error;
          }),
      );
    },
  };
}

/** The settings of both streams. */
export function settingsOf({ scenario, profile }: World, { id }: Invocation): StreamSettings {
  const { settings, server, excluded } = scenario;
  const { keepsLowSeverity, ...rest } = settings;
  return {
    ...rest,
    alertSeverities: keepsLowSeverity ? undefined : new Set(['High']),
    // No message is in both streams.
    isExcluded:
      excluded.size > 0
        ? exclusion([{ stream: 'alerts', where: { message: [...excluded] } }], 'alerts')
        : undefined,
    identityRules: { ...IDENTITY_RULES, volatileFields: server.volatileField ? ['lastSeen'] : [] },
    boundedAbove: server.takesUpperBound,
    pageHalvings: pageHalvingsOf(profile.alerts),
    logContext: { tenant: 'default', version: '0.0.0', runId: `run-${id}`, tags: [] },
    maxQuarantined: 1000,
    datadogKeyFix: 'Store a valid key.',
  };
}
