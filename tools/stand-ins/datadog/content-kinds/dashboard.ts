import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json } from '../../http-server.ts';
import { absent, changed, errors, idOfThreeParts, type KindRules, objectsIn, wholeNumber } from './kind.ts';

const MAX_TEAM_TAGS = 5;

/** The widgets of a board, those in its groups included. */
const widgetsIn = (body: JsonObject): JsonObject[] =>
  objectsIn(body.widgets).flatMap((widget) => [
    widget,
    ...widgetsIn((widget.definition ?? {}) as JsonObject),
  ]);

function dashboardProblems(body: JsonObject): string[] {
  const tags = Array.isArray(body.tags) ? body.tags.map(String) : [];
  return [
    ...absent(body, 'title', 'layout_type', 'widgets'),
    ...tags
      .filter((tag) => !tag.startsWith('team:'))
      .map((tag) => `Invalid tag ${tag}: only team: is allowed`),
    ...(tags.length > MAX_TEAM_TAGS ? ['At most 5 tags are allowed'] : []),
    ...(body.layout_type === 'ordered' &&
    body.reflow_type === 'fixed' &&
    widgetsIn(body).some(({ layout }) => layout === undefined)
      ? ['Every widget needs a layout when reflow_type is fixed']
      : []),
  ];
}

const SUMMARY_FIELDS = ['id', 'title', 'description', 'layout_type', 'url', 'author_handle', 'created_at'];

export const dashboard: KindRules = {
  path: '/api/v1/dashboard',
  scopes: { read: 'dashboards_read', write: 'dashboards_write' },
  problems: dashboardProblems,
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Dashboard not found']),
  id: (number) => idOfThreeParts('das', number),
  unchangeable: (body, object) => changed('layout_type', body.layout_type, object.layout_type),
  stored: (body, id) => ({
    created_at: new Date().toISOString(),
    description: null,
    template_variables: null,
    notify_list: null,
    ...body,
    id,
    widgets: objectsIn(body.widgets).map((widget, index) => ({ ...widget, id: index + 1 })),
    url: `/dashboard/${id}/content`,
    author_handle: 'author@example.com',
  }),
  listed: (objects, query) => {
    const start = wholeNumber(query, 'start', 0);
    const page = objects.slice(start, start + wholeNumber(query, 'count', 100));
    const dashboards = page.map((object) =>
      Object.fromEntries(SUMMARY_FIELDS.map((field) => [field, object[field]])),
    );
    return json(200, { dashboards });
  },
  removed: (id) => json(200, { deleted_dashboard_id: id }),
};
