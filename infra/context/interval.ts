import * as z from 'zod/mini';
import { contextShape } from '../../lambda/settings/definition.ts';
import { cronGaps } from '../../lambda/settings/deployment/cron-gaps.ts';
import { operationSettings } from '../../lambda/settings/deployment/operation.ts';
import { tenantsSchema } from '../../lambda/settings/deployment/tenants.ts';
import { given, type Values } from './given.ts';

const { schedule, scheduleIntervalMinutes } = contextShape(operationSettings);

const scheduleSchema = z.object({ schedule, scheduleIntervalMinutes });

/** Undefined if the settings are wrong, which the reader of the forwarder's own settings reports. */
function intervalSeconds(values: Values): number | undefined {
  const { data } = scheduleSchema.safeParse(values);
  if (!data) return undefined;
  if ('interval' in data.schedule) return data.schedule.interval.toSeconds();
  const { cron } = data.schedule;
  return Math.max((data.scheduleIntervalMinutes ?? 0) * 60, cronGaps(cron).longest);
}

/**
 * The longest time between two runs of a forwarder, in seconds: what watches all of them must have patience with each.
 * @param context settings, those that are null left out
 */
export function longestInterval(context: Values): number {
  const { tenants = [{}] } = tenantsSchema.safeParse(context).data ?? {};
  const intervals = tenants.map((tenant: Values) =>
    // The interval outside the list belongs to the schedule outside the list.
    intervalSeconds(given('schedule' in tenant ? tenant : { ...context, ...tenant })),
  );
  return Math.max(...intervals.map((interval) => interval ?? 0));
}
