import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json, type Reply } from '../../http-server.ts';
import {
  absent,
  changed,
  error,
  errors,
  idOfThreeParts,
  type KindRules,
  objectsIn,
  pageOf,
  wholeNumber,
} from './kind.ts';

const KEEP_ALIVES = [0, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600];
const DURATIONS = [...KEEP_ALIVES, 43_200, 86_400];

/** From the shortest to the longest. Source: Datadog documentation, "Log Detection Rules". */
const IN_ORDER = ['evaluationWindow', 'keepAlive', 'maxSignalDuration'] as const;

function durationProblems(options: JsonObject): string[] {
  const given = IN_ORDER.filter((name) => options[name] !== undefined);
  const refused = given.filter((name) => {
    const allowed = name === 'keepAlive' ? KEEP_ALIVES : DURATIONS;
    return !allowed.includes(Number(options[name]));
  });
  const inverted = given
    .slice(1)
    .filter((name, index) => Number(options[name]) < Number(options[given[index] ?? name]));
  return [
    ...refused.map((name) => `options.${name} is not allowed`),
    ...inverted.map((name) => `options.${name} must not be below options.${given[given.indexOf(name) - 1]}`),
  ];
}

/** The windows of a sequence are those of the rule, so a signal must stay open for as long as the longest. */
function sequenceProblems({ keepAlive, sequenceDetectionOptions }: JsonObject): string[] {
  const { steps, stepTransitions } = (sequenceDetectionOptions ?? {}) as JsonObject;
  return Object.entries({ steps, stepTransitions }).flatMap(([name, windows]) =>
    objectsIn(windows).flatMap(({ evaluationWindow }) => [
      ...(DURATIONS.includes(Number(evaluationWindow)) ? [] : [`a window of ${name} is not allowed`]),
      ...(Number(evaluationWindow) > Number(keepAlive)
        ? [`options.keepAlive must not be below a window of ${name}`]
        : []),
    ]),
  );
}

function ruleProblems(body: JsonObject): string[] {
  const options = (body.options ?? {}) as JsonObject;
  const thirdParty = options.detectionMethod === 'third_party';
  return [
    ...absent(body, 'name', 'isEnabled', 'queries', 'options', 'cases', 'message'),
    ...(!thirdParty && objectsIn(body.queries).length === 0 ? ['At least one query is required'] : []),
    ...(!thirdParty && objectsIn(body.cases).length === 0 ? ['At least one case is required'] : []),
    ...durationProblems(options),
    ...sequenceProblems(options),
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

/** The server leaves out empty lists of a query, and analyses anomalies over half an hour at least. */
function echoed({ queries, options }: JsonObject): JsonObject {
  const { detectionMethod, evaluationWindow } = (options ?? {}) as JsonObject;
  return {
    queries: objectsIn(queries).map(({ metrics, ...query }) =>
      Array.isArray(metrics) && metrics.length > 0 ? { ...query, metrics } : query,
    ),
    ...(detectionMethod === 'anomaly_detection' && {
      options: {
        ...(options as JsonObject),
        evaluationWindow: Math.max(1800, Number(evaluationWindow ?? 0)),
      },
    }),
  };
}

/** A search of rules: every term is a tag, the type, or part of the name. */
const matches = ({ name, type, tags }: JsonObject, search: string): boolean =>
  search
    .split(/\s+/)
    .filter((term) => term !== '')
    .every(
      (term) =>
        (Array.isArray(tags) && tags.includes(term)) ||
        term === `type:${type}` ||
        String(name).toLowerCase().includes(term.toLowerCase()),
    );

const detectionMethodOf = ({ options }: JsonObject): unknown =>
  (options as JsonObject | undefined)?.detectionMethod;

export const rule: KindRules = {
  path: '/api/v2/security_monitoring/rules',
  scopes: { read: 'security_monitoring_rules_read', write: 'security_monitoring_rules_write' },
  problems: ruleProblems,
  refuse: (problems) => errors(400, problems),
  missing: () => errors(404, ['Threat detection rule not found']),
  id: (number) => idOfThreeParts('rul', number),
  unchangeable: (body, object) => [
    ...changed('type', body.type, object.type),
    ...changed('options.detectionMethod', detectionMethodOf(body), detectionMethodOf(object)),
  ],
  stored: (body, id) => ({
    createdAt: Date.now(),
    tags: [],
    hasExtendedTitle: false,
    type: 'log_detection',
    ...body,
    ...echoed(body),
    ...derived(body),
    id,
    isDefault: false,
    version: 1,
  }),
  listed: (all, query) => {
    const objects = all.filter((object) => matches(object, query.get('query') ?? ''));
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
