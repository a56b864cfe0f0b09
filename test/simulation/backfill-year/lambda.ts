import { type BackfillReport, backfill } from '../../../lambda/forwarder/core/runs/backfill.ts';
import type { StreamSettings } from '../../../lambda/forwarder/core/slices/stream-context.ts';
import { deadlineIn } from '../../../lambda/shared/clock.ts';
import { TaskError } from '../../../tools/stand-ins/aws/state-machine/definition.ts';
import { IDENTITY_RULES } from '../../support/stream-settings.ts';
import { Machine } from './machine.ts';
import { type Notes, yearPorts } from './ports.ts';
import { STREAM, type YearWorld } from './world.ts';

/** The reserve of an invocation's time; see "Time" in docs/architecture.md. */
const RESERVE_MS = 5000;

/** Secrets and connections, before the work begins. */
const START_MS = 100;

const SETTINGS: StreamSettings = {
  initialLookbackSeconds: 43_200,
  settleSeconds: 120,
  holdBackSeconds: 0,
  lookbackSeconds: 86_400,
  parallelSlices: 4,
  alertUpdates: false,
  alertSeverities: undefined,
  isExcluded: undefined,
  identityRules: IDENTITY_RULES,
  boundedAbove: true,
  logContext: { tenant: 'default', version: '0.0.0', runId: 'backfill', tags: [] },
  maxQuarantined: 1000,
  datadogKeyFix: 'Store a valid key.',
};

interface Payload {
  from: number;
  to: number;
}

/**
 * Invokes the function's `backfill` action, on a machine of its own.
 * @throws {TaskError} under the name that Step Functions knows: the invocation failed, or was killed
 */
export function invokeBackfill(world: YearWorld, payload: unknown): Promise<BackfillReport> {
  const { time, measures, settings, tally } = world;
  const { from, to } = payload as Payload;
  const notes: Notes = { accepted: 0, noted: 0 };
  return new Promise((resolve, reject) => {
    const machine = new Machine(++measures.invocations, time, (ending) => {
      measures.billedMs += Math.ceil(time.now - machine.startedAt);
      // Records that were accepted without a ledger entry are sent again.
      tally.inDoubt += Math.max(0, notes.accepted - notes.noted);
      if (ending === 'finished') return;
      measures.killed++;
      const error = ending === 'timed out' ? 'Sandbox.Timedout' : 'Lambda.Unknown';
      time.at(time.now, () => reject(new TaskError(error, `The invocation ${ending}.`)));
    });
    machine.killAfter(settings.timeoutMs);
    const end = (report: BackfillReport) => {
      machine.end('finished');
      if (report.error) reject(new TaskError('RunFailed', report.error.message));
      else resolve(report);
    };
    const start = async () => {
      await machine.clock.sleep(START_MS);
      const remainingMs = settings.timeoutMs - START_MS;
      return backfill({ stream: STREAM, from, to }, yearPorts(world, machine, notes), SETTINGS, {
        owner: `invocation-${machine.id}`,
        deadline: deadlineIn(machine.clock, remainingMs - RESERVE_MS),
        remainingMs,
      });
    };
    start().then((report) => time.at(time.now, () => end(report)), reject);
  });
}
