import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json } from '../../http-server.ts';
import { absent, changed, errors, type KindRules, pageOf, wholeNumber } from './kind.ts';

/** Options that the server does not echo, because they are its defaults. */
function withoutDefaults(options: unknown): object {
  const { on_missing_data, ...others } = (options ?? {}) as JsonObject;
  return on_missing_data === undefined || on_missing_data === 'default'
    ? others
    : { ...others, on_missing_data };
}

const MINUTES = { m: 1, h: 60, d: 24 * 60 } as const;

/** The minutes of a duration such as `72h`; not a number if it is none. */
function minutesOf(duration: unknown): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(String(duration)) ?? [];
  return Number(count) * MINUTES[unit as keyof typeof MINUTES];
}

const outside = (value: number, least: number, most: number) => !(value >= least && value <= most);

/** Source: Datadog API reference, "Monitors" (v1), limits of the options and of the window of a log query. */
function limitProblems({ query, options }: JsonObject): string[] {
  const { group_retention_duration: retention, timeout_h: timeout } = (options ?? {}) as JsonObject;
  const window = /\.last\("(\w+)"\)/.exec(String(query))?.[1];
  return [
    ...(window !== undefined && outside(minutesOf(window), 1, 2 * MINUTES.d)
      ? ['The window of the query must be between 1 minute and 2 days']
      : []),
    ...(retention !== undefined && outside(minutesOf(retention), MINUTES.h, 72 * MINUTES.h)
      ? ['group_retention_duration must be between 1 hour and 72 hours']
      : []),
    ...(timeout !== undefined && outside(Number(timeout), 0, 24)
      ? ['timeout_h must be between 0 and 24']
      : []),
  ];
}

export const monitor: KindRules = {
  path: '/api/v1/monitor',
  scopes: { read: 'monitors_read', write: 'monitors_write' },
  problems: (body) => [...absent(body, 'type', 'query'), ...limitProblems(body)],
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Monitor not found']),
  id: (number) => String(1000 + number),
  unchangeable: (body, object) => changed('Monitor type', body.type, object.type),
  stored: (body, id) => ({
    message: '',
    tags: [],
    priority: null,
    multi: false,
    created: new Date().toISOString(),
    ...body,
    ...(body.options !== undefined && { options: withoutDefaults(body.options) }),
    id: Number(id),
    overall_state: 'No Data',
  }),
  listed: (objects, query) => {
    const named = objects.filter(({ name }) => String(name).includes(query.get('name') ?? ''));
    return json(200, pageOf(named, wholeNumber(query, 'page', 0), wholeNumber(query, 'page_size', 100)));
  },
  removed: (id) => json(200, { deleted_monitor_id: Number(id) }),
};
