import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../lambda/limits.ts';
import { type AwsClients, awsCall } from './aws.ts';
import { OpsError } from './ops-error.ts';
import { resourceListOf } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** When a forwarder runs. */
export interface ForwarderSchedule {
  /** `rate(5 minutes)` or `cron(...)`. */
  expression: string;
  enabled: boolean;
  /** Seconds between two runs; undefined of a cron expression. */
  intervalSeconds: number | undefined;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  minute: MINUTE_SECONDS,
  hour: HOUR_SECONDS,
  day: DAY_SECONDS,
};

function intervalOf(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (\w+?)s?\)$/.exec(expression) ?? [];
  const seconds = UNIT_SECONDS[unit];
  return seconds && Number(count) * seconds;
}

/**
 * The schedule of a stack.
 * @throws {OpsError} also `schedule-missing`
 */
export async function readSchedule(aws: AwsClients, stack: ForwarderStack): Promise<ForwarderSchedule> {
  const resources = await resourceListOf(aws, stack);
  const idOf = (wanted: string, id: string | undefined) =>
    resources.find((each) => each.type === wanted && (id === undefined || each.id === id))?.id;
  const name = idOf('AWS::Scheduler::Schedule', stack.schedule?.name);
  if (!name) {
    throw new OpsError(
      'schedule-missing',
      `The stack ${stack.name} has no schedule.`,
      'Deploy it again (npx cdk deploy --all).',
    );
  }
  const command = new GetScheduleCommand({
    Name: name,
    GroupName: idOf('AWS::Scheduler::ScheduleGroup', stack.schedule?.group),
  });
  const { ScheduleExpression = '', State } = await awsCall(aws.scheduler.send(command), {
    doing: 'reading the schedule',
    permission: 'scheduler:GetSchedule',
    region: aws.region,
  });
  return {
    expression: ScheduleExpression,
    enabled: State === 'ENABLED',
    intervalSeconds: intervalOf(ScheduleExpression),
  };
}
