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

export const monitor: KindRules = {
  path: '/api/v1/monitor',
  scopes: { read: 'monitors_read', write: 'monitors_write' },
  problems: (body) => absent(body, 'type', 'query'),
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
