import { json, type StandInRequest, type StandInResponse } from '../../http-server.ts';
import type { Account } from './account.ts';
import { notFound } from './not-found.ts';

/** EventBridge Scheduler: reading a schedule. */
export function answerScheduler({ path, query }: StandInRequest, { schedules }: Account): StandInResponse {
  const name = decodeURIComponent(path.replace('/schedules/', ''));
  const schedule = schedules[`${query.get('groupName')}/${name}`];
  if (!schedule) return notFound(`Schedule ${name}`);
  return json(200, { Name: name, ScheduleExpression: schedule.expression, State: schedule.state });
}
