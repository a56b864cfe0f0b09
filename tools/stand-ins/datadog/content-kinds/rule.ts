import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { json, type Reply } from '../../http-server.ts';
import { absent, error, errors, type KindRules, objectsIn, pageOf, wholeNumber } from './kind.ts';

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

export const rule: KindRules = {
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
