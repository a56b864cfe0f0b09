import { HOUR_SECONDS } from '../../../../lambda/limits.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { cursorPage, isList, json, paged, secondsOf, usual } from './answers.ts';
import type { Truth, ZooApi } from './api.ts';
import type { ListRequest } from './list-request.ts';
import { usualRecords } from './usual-records.ts';

/** The records whose last change is in the range. The n-th one changed n minutes after its time, if that has passed. */
function changedBetween(list: ListRequest): JsonObject[] {
  if (!isList(list)) return [...list.all];
  const [from = 0, to = Number.POSITIVE_INFINITY] = [list.number('from'), list.number('to')];
  return list.all.filter((record, index) => {
    const changed = Math.min(list.now - 200, list.timeOf(record) + (index % 180) * 60);
    return changed >= from && changed <= to;
  });
}

const CHANGED_EVERY = 6;
const CHANGED_AFTER_SECONDS = 2 * HOUR_SECONDS;

/** The usual records, whose alerts say when they were changed last: most of them when they were created. */
function changedRecords(now: number): Truth {
  const { alerts, ...others } = usualRecords(now);
  const updated = alerts.map((alert, n) => {
    const created = Number(alert['creationTimestamp']);
    const changed = n % CHANGED_EVERY === 0 ? Math.min(now - 300, created + CHANGED_AFTER_SECONDS) : created;
    return { ...alert, updatedAt: new Date(changed * 1000).toISOString() };
  });
  return { ...others, alerts: updated };
}

/** APIs whose records have a time of their last change, which most of them filter by. */
export const CHANGED_TIMES: readonly ZooApi[] = [
  {
    name: 'changed-range',
    about: 'Filters by the time of the last change, which is up to three hours after the time in the record.',
    answer: (list) => json(cursorPage(changedBetween(list), list.number('cursor') ?? 0, list.limit)),
    withDefault: 'everything',
    profile: { alerts: { timeFilter: 'update' }, auditLogs: { timeFilter: 'update' } },
  },
  {
    name: 'changed-field',
    about: 'Filters alerts by the change that few of them have, and takes the range as since and until.',
    records: changedRecords,
    answer: (list) => {
      const [since = 0, until = Number.POSITIVE_INFINITY] = [list.number('since'), list.number('until')];
      if (list.kind !== 'alerts') return paged(list, list.number('since'), list.number('until'));
      const changed = list.all.filter(({ updatedAt }) => {
        const time = secondsOf(String(updatedAt)) ?? 0;
        return time >= since && time <= until;
      });
      return json(cursorPage(changed, list.number('cursor') ?? 0, list.limit));
    },
    withDefault: 'everything',
    profile: { fromParam: 'since', toParam: 'until', alerts: { timeFilter: 'update' } },
  },
  {
    name: 'unused-field',
    about: 'Shows when alerts were changed, and filters by their creation all the same.',
    records: changedRecords,
    answer: (list) => json(usual(list)),
    withDefault: 'everything',
  },
];
