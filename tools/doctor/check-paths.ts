import { AUDIT_RECORD_FIELDS } from '../../lambda/contract.ts';
import type { EndpointName } from '../../lambda/settings/api-profile.ts';
import { type PathRules, pathsIn } from '../../lambda/shared/exclude-condition.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { EACH, parseRedactPath, type Step } from '../../lambda/shared/redact-path.ts';
import { type Finding, ok, warn } from './finding.ts';

/** The newest records that were read of each list. */
export type ShownRecords = Partial<Record<EndpointName, readonly JsonObject[]>>;

/** What a path is looked for in: records, and the path in them. Undefined for what the forwarder itself makes of a record. */
function placeOf(
  path: readonly Step[],
  shown: ShownRecords,
): [readonly unknown[], readonly Step[]] | undefined {
  const [root, ...rest] = path;
  if (root === 'alert') return [shown.alerts ?? [], rest];
  if (root === 'alert_type_details') {
    const embedded = (shown.alerts ?? []).flatMap(({ alertType }) => (alertType ? [alertType] : []));
    return [[...(shown.alertTypes ?? []), ...embedded], rest];
  }
  return AUDIT_RECORD_FIELDS.some((field) => field === root) ? [shown.auditLogs ?? [], path] : undefined;
}

function hasValue(value: unknown, [step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) return true;
  if (value === null || typeof value !== 'object') return false;
  if (step === EACH) return Object.values(value).some((element) => hasValue(element, rest));
  return Object.hasOwn(value, step) && hasValue(Reflect.get(value, step), rest);
}

/**
 * Reports paths of `redact` and `exclude` at which no record has anything: what they are for may have another name.
 * @param shown records to look at; nothing is reported where there are none
 */
export function checkPaths(rules: PathRules, shown: ShownRecords): Finding[] {
  const looked = pathsIn(rules).flatMap(({ setting, path: text }) => {
    const [records, path] = placeOf(parseRedactPath(text) ?? [], shown) ?? [[], []];
    const isFound = records.some((record) => hasValue(record, path));
    return records.length === 0 ? [] : [{ setting, text, count: records.length, isFound }];
  });
  const missing = looked.filter(({ isFound }) => !isFound);
  const complete = [...new Set(looked.map(({ setting }) => setting))].filter((setting) =>
    missing.every((each) => each.setting !== setting),
  );
  return [
    ...complete.map((setting) => ok(setting, 'records have something at every path')),
    ...missing.map(({ setting, text, count }) =>
      warn(
        setting,
        `none of the ${count} newest records has anything at ${text}`,
        'Compare it with docs/wire-format.md. If such values are rare, there is nothing to do.',
      ),
    ),
  ];
}
