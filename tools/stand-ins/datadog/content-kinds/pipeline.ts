import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json } from '../../http-server.ts';
import { absent, error, type KindRules, objectsIn } from './kind.ts';

/** A processor is off by default; so are those of nested pipelines. */
const withSwitch = (processor: JsonObject): JsonObject => ({
  is_enabled: false,
  ...processor,
  ...(processor.processors !== undefined && { processors: objectsIn(processor.processors).map(withSwitch) }),
});

export const pipeline: KindRules = {
  path: '/api/v1/logs/config/pipelines',
  scopes: { read: 'logs_read_config', write: 'logs_write_pipelines' },
  problems: (body) => absent(body, 'name', 'filter'),
  refuse: (problems) => error('InvalidArgument', 'Invalid pipeline', problems),
  // Not 404, whatever the method.
  missing: () => error('InvalidArgument', 'Non existing pipeline', []),
  id: (number) => `pipeline-${String(number).padStart(13, '0')}`,
  stored: (body, id) => ({ processors: [], ...withSwitch(body), id, type: 'pipeline', is_read_only: false }),
  listed: (objects) => json(200, objects),
  removed: () => json(200, {}),
};
