import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { duration } from '../cli/format.ts';
import { type Finding, fail, ok, warn } from '../doctor/finding.ts';
import { alarmsOf, checkNotifications } from './alarms.ts';
import type { AwsClients } from './aws.ts';
import { loggedRuns } from './logged-runs.ts';
import { readSchedule } from './schedule.ts';
import type { ForwarderStack } from './stack-outputs.ts';
import { isFailure, runText } from './tail.ts';

/** Checks the schedule, the last run and the alarms. */

/** Scheduled runs that may be missing before the check fails. */
const MISSED_RUNS = 3;
const LAST_RUNS_SECONDS = 3 * HOUR_SECONDS;

export async function checkLastRun(aws: AwsClients, stack: ForwarderStack): Promise<Finding> {
  const now = Math.floor(Date.now() / 1000);
  const [runs, schedule] = await Promise.all([
    loggedRuns(aws, stack, now - LAST_RUNS_SECONDS),
    readSchedule(aws, stack),
  ]);
  const last = runs.at(-1);
  const name = 'run.last';
  if (!last) {
    return warn(
      name,
      `no run has ended within ${duration(LAST_RUNS_SECONDS)}`,
      'Check the schedule. After a first deployment, wait for the first run.',
    );
  }
  const [line = ''] = runText(last).split('\n');
  if (isFailure(last))
    return fail(
      name,
      runText(last).replaceAll('\n', ' '),
      'The error names its fix. For more: npm run ops -- tail --failed',
    );
  const overdue =
    schedule.intervalSeconds !== undefined && now - last.at > MISSED_RUNS * schedule.intervalSeconds;
  return overdue
    ? fail(
        name,
        `${line}: no run since then, for ${duration(now - last.at)}`,
        'See "Not running" in docs/runbook.md.',
      )
    : ok(name, line);
}

export async function checkSchedule(aws: AwsClients, stack: ForwarderStack): Promise<Finding> {
  const { expression, enabled } = await readSchedule(aws, stack);
  return enabled
    ? ok('schedule', `${expression}, enabled`)
    : fail(
        'schedule',
        `${expression}, disabled: no run is started`,
        'Enable it in EventBridge Scheduler, or deploy again.',
      );
}

export async function checkAlarms(aws: AwsClients, stack: ForwarderStack): Promise<Finding[]> {
  const alarms = await alarmsOf(aws, stack);
  const raised = alarms.filter(({ isRaised }) => isRaised);
  return [
    ...(raised.length === 0 ? [ok('alarms', 'none is in state ALARM')] : []),
    ...raised.map(({ name, description }) =>
      fail(
        `alarms.${name.slice(stack.alarmPrefix.length + 1)}`,
        description.split('\n')[0] ?? '',
        description.match(/^Runbook: .*$/m)?.[0] ?? 'See docs/runbook.md.',
      ),
    ),
    ...(await checkNotifications(aws, alarms)),
  ];
}
