import { json } from '../../http-server.ts';
import { absent, errors, type KindRules, pageOf, wholeNumber } from './kind.ts';

export const monitor: KindRules = {
  path: '/api/v1/monitor',
  scopes: { read: 'monitors_read', write: 'monitors_write' },
  problems: (body) => absent(body, 'type', 'query'),
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Monitor not found']),
  stored: (body, id) => ({
    message: '',
    tags: [],
    priority: null,
    multi: false,
    ...body,
    id: Number(id),
    overall_state: 'No Data',
  }),
  listed: (objects, query) =>
    json(200, pageOf(objects, wholeNumber(query, 'page', 0), wholeNumber(query, 'page_size', 100))),
  removed: (id) => json(200, { deleted_monitor_id: Number(id) }),
};
