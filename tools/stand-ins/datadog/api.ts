import { CONTENT_KINDS, type ContentKind } from '../../../lambda/content-installer/content-item.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import {
  json,
  type Reply,
  type StandIn,
  type StandInOptions,
  type StandInRequest,
  serve,
} from '../http-server.ts';
import { KIND_RULES } from './content-kinds/kinds.ts';
import { RULE_VALIDATION_PATH, validateRule } from './content-kinds/rule.ts';

export interface DatadogApiOptions extends StandInOptions {
  apiKey: string;
  appKey: string;
  /** What the application key may do; everything when left out. */
  scopes?: readonly string[];
}

/** Datadog's management API for pipelines, dashboards, detection rules and monitors, on one origin. */
export interface DatadogApi extends StandIn {
  /** The objects of the organisation, by kind and id. A test may add objects that the installer did not create. */
  readonly objects: Readonly<Record<ContentKind, Map<string, JsonObject>>>;
  /** The keys that are accepted now; assign them to rotate. */
  apiKey: string;
  appKey: string;
  /** What the application key may do. */
  scopes: readonly string[];
  /** How many reads of a new dashboard find nothing, by id as well as in the list. */
  unseenLooks: number;
  /** The next calls are refused with 429, each entry being the seconds in `X-RateLimit-Reset`. */
  readonly rateLimits: number[];
  /** What refers to an object, by its id: Datadog then refuses its deletion. An object with `restricted_roles` refuses every change. */
  readonly references: Map<string, string>;
  /**
   * Adds a log pipeline of an integration below all others; it is read-only.
   * @param source the `source:` that it filters
   */
  addIntegrationPipeline(name: string, source?: string): string;
}

/** Every permission that a call of this API may need. */
const ALL_SCOPES = Object.values(KIND_RULES).flatMap(({ scopes }) => [scopes.read, scopes.write]);

const PIPELINE_ORDER_PATH = '/api/v1/logs/config/pipeline-order';

const forbidden = (): Reply => json(403, { errors: ['Forbidden'] });

function parsed({ body }: StandInRequest): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes that an object keeps if a replacement does not name them. */
const LASTING = ['created', 'created_at', 'createdAt', 'restricted_roles', 'type'];

const lasting = (object: JsonObject = {}): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => LASTING.includes(name)));

/** The kind that a path belongs to, and the id that it names. */
function target(path: string): { kind: ContentKind; id: string | undefined } | undefined {
  for (const kind of CONTENT_KINDS) {
    const base = KIND_RULES[kind].path;
    if (path === base) return { kind, id: undefined };
    if (path.startsWith(`${base}/`)) return { kind, id: decodeURIComponent(path.slice(base.length + 1)) };
  }
  return undefined;
}

/** Starts the management API on a free port of 127.0.0.1. */
export async function startDatadogApi(options: DatadogApiOptions): Promise<DatadogApi> {
  let made = 0;
  /** How many further reads of each new dashboard find nothing. */
  const unseen = new Map<string, number>();

  const isUnseen = (id: string): boolean => {
    const looks = unseen.get(id) ?? 0;
    if (looks > 0) unseen.set(id, looks - 1);
    return looks > 0;
  };

  const newId = (kind: ContentKind): string => {
    made++;
    return KIND_RULES[kind].id(made);
  };

  function create(kind: ContentKind, body: JsonObject): Reply {
    const id = newId(kind);
    const object = KIND_RULES[kind].stored(body, id);
    api.objects[kind].set(id, object);
    if (kind === 'dashboard') unseen.set(id, api.unseenLooks);
    return json(200, object);
  }

  function serveKind(kind: ContentKind, id: string | undefined, request: StandInRequest): Reply {
    const rules = KIND_RULES[kind];
    const stored = api.objects[kind];
    const { method, query } = request;
    if (id === undefined && method === 'GET') {
      return rules.listed(
        [...stored].filter(([listed]) => !isUnseen(listed)).map(([, object]) => object),
        query,
      );
    }
    const object = id === undefined ? undefined : stored.get(id);
    if (id !== undefined && (!object || isUnseen(id))) return rules.missing();
    if (method === 'GET') return json(200, object);
    if (object?.is_read_only) return rules.refuse(['The pipeline is read-only']);
    if (Array.isArray(object?.restricted_roles) && object.restricted_roles.length > 0) return forbidden();
    if (method === 'DELETE' && id !== undefined) {
      const referring = api.references.get(id);
      if (referring) return json(400, { errors: [`${kind} [${id}] is referenced in ${referring}`] });
      stored.delete(id);
      return rules.removed(id);
    }
    const body = parsed(request);
    if (!body) return rules.refuse(['The body is not a JSON object']);
    const replaces = method === 'PUT' && id !== undefined;
    if (!replaces && (method !== 'POST' || id !== undefined)) return json(405, { errors: ['Not allowed'] });
    const problems = rules.problems(body);
    if (problems.length > 0) return rules.refuse(problems);
    if (!replaces) return create(kind, body);
    const fixed = object ? (rules.unchangeable?.(body, object) ?? []) : [];
    if (fixed.length > 0) return rules.refuse(fixed);
    stored.set(id, rules.stored({ ...lasting(object), ...body }, id));
    return json(200, stored.get(id));
  }

  /** Pipelines run in the order in which they are stored; a new one is the last. */
  function servePipelineOrder(request: StandInRequest): Reply {
    const { read, write } = KIND_RULES.pipeline.scopes;
    if (!api.scopes.includes(request.method === 'GET' ? read : write)) return forbidden();
    const stored = api.objects.pipeline;
    if (request.method !== 'PUT') return json(200, { pipeline_ids: [...stored.keys()] });
    const ids = parsed(request)?.['pipeline_ids'];
    const wanted = Array.isArray(ids) ? ids.map(String) : [];
    if ([...wanted].sort().join() !== [...stored.keys()].sort().join()) {
      return json(422, { errors: ['The list of pipelines is not complete'] });
    }
    for (const id of wanted) {
      const object = stored.get(id) as JsonObject;
      stored.delete(id);
      stored.set(id, object);
    }
    return json(200, { pipeline_ids: wanted });
  }

  const standIn = await serve((request) => {
    const { headers, method, path } = request;
    const apiKeyValid = headers['dd-api-key'] === api.apiKey;
    if (path === '/api/v1/validate') return apiKeyValid ? json(200, { valid: true }) : forbidden();
    if (!apiKeyValid || headers['dd-application-key'] !== api.appKey) return forbidden();
    if (path === '/api/v2/validate_keys') return json(200, { status: 'ok' });

    const reset = api.rateLimits.shift();
    if (reset !== undefined) {
      return json(429, { errors: ['Too many requests'] }, { 'x-ratelimit-reset': String(reset) });
    }
    if (path === PIPELINE_ORDER_PATH) return servePipelineOrder(request);
    const validates = method === 'POST' && path === RULE_VALIDATION_PATH;
    const aimed = validates ? { kind: 'rule' as const, id: undefined } : target(path);
    if (!aimed) return json(404, { errors: ['Not found'] });
    const { read, write } = KIND_RULES[aimed.kind].scopes;
    if (!api.scopes.includes(method === 'GET' ? read : write)) return forbidden();
    return validates ? validateRule(parsed(request) ?? {}) : serveKind(aimed.kind, aimed.id, request);
  }, options);

  const api: DatadogApi = Object.assign(standIn, {
    objects: {
      pipeline: new Map<string, JsonObject>(),
      dashboard: new Map<string, JsonObject>(),
      rule: new Map<string, JsonObject>(),
      monitor: new Map<string, JsonObject>(),
    },
    apiKey: options.apiKey,
    appKey: options.appKey,
    scopes: options.scopes ?? ALL_SCOPES,
    unseenLooks: 0,
    rateLimits: [],
    references: new Map<string, string>(),
    addIntegrationPipeline(name: string, source = 'integration') {
      const id = newId('pipeline');
      const filter = { query: `source:${source}` };
      const integration = { id, name, type: 'integration', is_enabled: true, is_read_only: true, filter };
      api.objects.pipeline.set(id, { ...integration, processors: [] });
      return id;
    },
  });
  return api;
}
