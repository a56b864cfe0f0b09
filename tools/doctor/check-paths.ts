import { STREAMS, type Stream } from '../../lambda/contract.ts';
import { buildLog } from '../../lambda/forwarder/core/logs/build.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import { recordTime } from '../../lambda/forwarder/core/records/time.ts';
import { ENDPOINT_OF, type EndpointName } from '../../lambda/settings/api-profile.ts';
import { isInLogsOf, type PathRules, pathsIn } from '../../lambda/shared/exclude-condition.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import { EACH, parseRedactPath, type Step } from '../../lambda/shared/redact-path.ts';
import { type Finding, ok, warn } from './finding.ts';

/** The newest records that were read of each list. */
export type ShownRecords = Partial<Record<EndpointName, readonly JsonObject[]>>;

const CONTEXT = { tenant: '', version: '', runId: '', tags: [] };

/** The logs of a record: sent in time, and late, when a log has another place for its time. */
function logsOf(stream: Stream, record: JsonObject, alertType: JsonObject | undefined): Log[] {
  const source = { stream, record, alertType, fingerprint: '', update: false, backfill: false };
  const time = recordTime(stream, record) ?? 0;
  return [time, Number.MAX_SAFE_INTEGER].map((now) => buildLog(source, CONTEXT, now));
}

/** The type of an alert among those that were read. */
const typeOf = ({ alertType, alertTypeVuid }: JsonObject, types: readonly JsonObject[]) =>
  isObject(alertType) ? alertType : types.find(({ vuid }) => vuid === alertTypeVuid);

/** What a path is looked for in: the logs of each record that may have it. A type counts without an alert, too. */
function logsFor(path: readonly Step[], shown: ShownRecords): Partial<Log>[][] {
  const types = shown.alertTypes ?? [];
  const logs = STREAMS.filter((stream) => isInLogsOf(stream, path)).flatMap((stream) =>
    (shown[ENDPOINT_OF[stream]] ?? []).map((record) =>
      logsOf(stream, record, stream === 'alerts' ? typeOf(record, types) : undefined),
    ),
  );
  if (path[0] !== 'alert_type_details') return logs;
  const ofTypes = types.map((type) => logsOf('alerts', {}, type));
  return [...logs, ...ofTypes].filter(([log]) => log?.alert_type_details);
}

function hasValue(value: unknown, [step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) return true;
  if (value === null || typeof value !== 'object') return false;
  if (step === EACH) return Object.values(value).some((element) => hasValue(element, rest));
  return Object.hasOwn(value, step) && hasValue(Reflect.get(value, step), rest);
}

/**
 * Reports paths of `redact` and `exclude` at which the log of no record has anything: what they are for may have another name.
 * @param shown records to look at; nothing is reported where there are none
 */
export function checkPaths(rules: PathRules, shown: ShownRecords): Finding[] {
  const looked = pathsIn(rules).flatMap(({ setting, path: text }) => {
    const path = parseRedactPath(text) ?? [];
    const records = logsFor(path, shown);
    const isFound = records.flat().some((log) => hasValue(log, path));
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
