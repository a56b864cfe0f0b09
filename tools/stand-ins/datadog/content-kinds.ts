import type { JsonObject } from '../../../lambda/shared/json.ts';
import { json, type Reply } from '../http-server.ts';

/**
 * What Datadog's management API accepts of each kind of content, what it makes of it, and how it answers.
 * Sources: Datadog API reference (v1 and v2), and recorded exchanges where that is silent.
 */
export interface KindRules {
  readonly path: string;
  readonly scopes: { read: string; write: string };
  /** What is wrong with a body; empty when it is accepted. */
  problems(body: JsonObject): string[];
  /** A 400 in the form of this kind. */
  refuse(problems: readonly string[]): Reply;
  /** The answer to an unknown id. */
  missing(): Reply;
  /** What is stored of an accepted body: defaults filled in, and what the server adds. */
  stored(body: JsonObject, id: string): JsonObject;
  /** The list. */
  listed(objects: readonly JsonObject[], query: URLSearchParams): Reply;
  removed(id: string): Reply;
}

const errors = (status: number, messages: readonly string[]): Reply => json(status, { errors: messages });

const error = (code: string, message: string, details: readonly string[]): Reply =>
  json(400, { error: { code, message, details } });

const absent = (body: JsonObject, ...fields: string[]): string[] =>
  fields.filter((field) => body[field] === undefined).map((field) => `The field ${field} is required`);

const objectsIn = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];

const wholeNumber = (query: URLSearchParams, name: string, otherwise: number): number =>
  Number(query.get(name) ?? otherwise);

/** The n-th page of a size. */
const pageOf = (objects: readonly JsonObject[], number: number, size: number): JsonObject[] =>
  objects.slice(number * size, (number + 1) * size);

/** Off unless told otherwise, processors of nested pipelines included. */
const withSwitch = (processor: JsonObject): JsonObject => ({
  is_enabled: false,
  ...processor,
  ...(processor.processors !== undefined && { processors: objectsIn(processor.processors).map(withSwitch) }),
});

const pipeline: KindRules = {
  path: '/api/v1/logs/config/pipelines',
  scopes: { read: 'logs_read_config', write: 'logs_write_pipelines' },
  problems: (body) => absent(body, 'name', 'filter'),
  refuse: (problems) => error('InvalidArgument', 'Invalid pipeline', problems),
  // Not 404, whatever the method.
  missing: () => error('InvalidArgument', 'Non existing pipeline', []),
  stored: (body, id) => ({ processors: [], ...withSwitch(body), id, type: 'pipeline', is_read_only: false }),
  listed: (objects) => json(200, objects),
  removed: () => json(200, {}),
};

const MAX_TEAM_TAGS = 5;

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
    objectsIn(body.widgets).some(({ layout }) => layout === undefined)
      ? ['Every widget needs a layout when reflow_type is fixed']
      : []),
  ];
}

const SUMMARY_FIELDS = ['id', 'title', 'description', 'layout_type', 'url', 'author_handle', 'created_at'];

const dashboard: KindRules = {
  path: '/api/v1/dashboard',
  scopes: { read: 'dashboards_read', write: 'dashboards_write' },
  problems: dashboardProblems,
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Dashboard not found']),
  stored: (body, id) => ({
    description: null,
    template_variables: null,
    notify_list: null,
    ...body,
    id,
    widgets: objectsIn(body.widgets).map((widget, index) => ({ ...widget, id: index + 1 })),
    url: `/dashboard/${id}/content`,
    author_handle: 'somebody@example.com',
    created_at: '2026-01-01T00:00:00.000000+00:00',
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

const KEEP_ALIVES = [0, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];
const DURATIONS = [...KEEP_ALIVES, 43_200, 86_400];

function ruleProblems(body: JsonObject): string[] {
  const options = (body.options ?? {}) as JsonObject;
  const thirdParty = options.detectionMethod === 'third_party';
  const durations = [options.keepAlive, options.maxSignalDuration];
  return [
    ...absent(body, 'name', 'isEnabled', 'queries', 'options', 'cases', 'message'),
    ...(!thirdParty && objectsIn(body.queries).length === 0 ? ['At least one query is required'] : []),
    ...(!thirdParty && objectsIn(body.cases).length === 0 ? ['At least one case is required'] : []),
    ...(options.keepAlive !== undefined && !KEEP_ALIVES.includes(Number(options.keepAlive))
      ? ['options.keepAlive is not allowed']
      : []),
    ...(options.maxSignalDuration !== undefined && !DURATIONS.includes(Number(options.maxSignalDuration))
      ? ['options.maxSignalDuration is not allowed']
      : []),
    ...(durations.every((value) => value !== undefined) && Number(durations[1]) < Number(durations[0])
      ? ['options.maxSignalDuration must not be below options.keepAlive']
      : []),
  ];
}

/** A rule for a vendor's own alerts gets queries and cases that the server derives. */
function derived(body: JsonObject): JsonObject {
  if ((body.options as JsonObject | undefined)?.detectionMethod !== 'third_party') return {};
  const cases = objectsIn(body.thirdPartyCases);
  return {
    queries: cases.map(({ query }, index) => ({ name: String.fromCharCode(97 + index), query })),
    cases: cases.map(({ name, status }, index) => ({
      name,
      status,
      condition: `${String.fromCharCode(97 + index)} > 0`,
    })),
  };
}

const rule: KindRules = {
  path: '/api/v2/security_monitoring/rules',
  scopes: { read: 'security_monitoring_rules_read', write: 'security_monitoring_rules_write' },
  problems: ruleProblems,
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Threat detection rule not found']),
  stored: (body, id) => ({
    tags: [],
    hasExtendedTitle: false,
    type: 'log_detection',
    ...body,
    ...derived(body),
    id,
    isDefault: false,
    version: 1,
  }),
  listed: (objects, query) => {
    const size = Math.min(100, wholeNumber(query, 'page[size]', 10));
    return json(200, {
      data: pageOf(objects, wholeNumber(query, 'page[number]', 0), size),
      meta: { page: { total_count: objects.length } },
    });
  },
  removed: () => ({ status: 204 }),
};

/** Where a rule can be checked before it is created; its refusals have another form than those of creating it. */
export const RULE_VALIDATION_PATH = `${rule.path}/validation`;

export function validateRule(body: JsonObject): Reply {
  const problems = [...absent(body, 'type'), ...ruleProblems(body)];
  return problems.length === 0
    ? { status: 204 }
    : error('InvalidArgument', 'Invalid rule configuration', problems);
}

const monitor: KindRules = {
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

export const KIND_RULES = { pipeline, dashboard, rule, monitor } as const;
