import type { ProcessedLog } from '../interpreter/log.ts';
import { conditionsOf } from '../interpreter/query/match.ts';

const findings = new WeakMap<readonly ProcessedLog[], Map<string, readonly ProcessedLog[]>>();

/**
 * The logs that a search finds, in their order. Widgets and rules look for the same logs with a few more conditions each, so that what
 * the first conditions find is kept.
 * @param logs must not change any more
 * @throws {NotModelled} as `logTest` does
 */
export function found(search: string, logs: readonly ProcessedLog[]): readonly ProcessedLog[] {
  const known = findings.get(logs) ?? new Map<string, readonly ProcessedLog[]>();
  findings.set(logs, known);
  let result = logs;
  let path = '';
  for (const { key, test } of conditionsOf(search)) {
    path += `${key} `;
    result = known.get(path) ?? result.filter(test);
    known.set(path, result);
  }
  return result;
}
