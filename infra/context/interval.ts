import * as z from 'zod';
import { contextShape } from '../../lambda/settings/definition.ts';
import { operationSettings } from '../../lambda/settings/deployment/operation.ts';
import { tenantsSchema } from '../../lambda/settings/deployment/tenants.ts';
import { given, type Values } from './given.ts';

const { schedule, scheduleIntervalMinutes } = contextShape(operationSettings);

const scheduleSchema = z.object({ schedule, scheduleIntervalMinutes });

/** Undefined where the settings are wrong, which is told where the forwarder's own are read. */
function intervalSeconds(values: Values): number | undefined {
  const { data } = scheduleSchema.safeParse(values);
  if (!data) return undefined;
  if ('interval' in data.schedule) return data.schedule.interval.toSeconds();
  return data.scheduleIntervalMinutes && data.scheduleIntervalMinutes * 60;
}

/**
 * The longest time between two runs of a forwarder, in seconds: what watches all of them must have patience with each.
 * @param context settings, those that are null left out
 */
export function longestInterval(context: Values): number {
  const { tenants = [{}] } = tenantsSchema.safeParse(context).data ?? {};
  const intervals = tenants.map((tenant: Values) =>
    // The spacing beside the list explains the schedule beside the list.
    intervalSeconds(given('schedule' in tenant ? tenant : { ...context, ...tenant })),
  );
  return Math.max(...intervals.map((interval) => interval ?? 0));
}
