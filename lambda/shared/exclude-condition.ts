import { AUDIT_RECORD_FIELDS, OWN_ATTRIBUTE, type Stream } from '../contract.ts';
import {
  beginsWith,
  EACH,
  logPathProblem,
  parseRedactPath,
  type RedactRules,
  type Step,
} from './redact-path.ts';

/** What a value of a log is compared with. */
export type ComparedValue = string | number | boolean | null;

/** Leaves out the logs of a stream that have one of the given values at each of the paths (see redact-path.ts). */
export interface ExcludeCondition {
  stream: Stream;
  where: Readonly<Record<string, readonly ComparedValue[]>>;
}

/** The settings that name parts of a log by paths. */
export interface PathRules {
  redact?: RedactRules | undefined;
  exclude?: readonly ExcludeCondition[] | undefined;
}

/** All paths that the settings name. */
export const pathsIn = ({
  redact,
  exclude = [],
}: PathRules): { setting: keyof PathRules; path: string }[] => [
  ...[...(redact?.remove ?? []), ...(redact?.hash ?? [])].map((path) => ({
    setting: 'redact' as const,
    path,
  })),
  ...[...new Set(exclude.flatMap(({ where }) => Object.keys(where)))].map((path) => ({
    setting: 'exclude' as const,
    path,
  })),
];

/** The form of a condition, in words. */
export const EXCLUDE_FORM =
  '`{"stream":"audit-logs","where":{"action":["User signed in"],"success":[true]}}`: at each path (as in `redact`) one of the values';

/** Paths that lead to an object. */
const WITHOUT_VALUE: readonly (readonly Step[])[] = [
  [OWN_ATTRIBUTE, 'primary_event'],
  [OWN_ATTRIBUTE, 'extra'],
];

/** Beginnings of the paths that only logs of one stream have. Those of both are `message` and `event_time`. */
const ONLY_IN: Readonly<Record<Stream, readonly (readonly Step[])[]>> = {
  alerts: [['alert'], ['alert_type_details'], [OWN_ATTRIBUTE, 'primary_event']],
  'audit-logs': [...AUDIT_RECORD_FIELDS.map((field) => [field]), [OWN_ATTRIBUTE, 'extra']],
};

/** Whether logs of a stream can have something at a path. */
export const isInLogsOf = (stream: Stream, path: readonly Step[]): boolean =>
  !ONLY_IN[stream === 'alerts' ? 'audit-logs' : 'alerts'].some((start) => beginsWith(path, start));

/** What is wrong with a path of a condition. One that can never match is refused, because it would have no effect. */
export function excludePathProblem(stream: Stream, text: string): string | undefined {
  const problem = logPathProblem(text, 'a condition can compare');
  if (problem) return problem;
  const path = parseRedactPath(text) ?? [];
  if (WITHOUT_VALUE.some((start) => start.length === path.length && beginsWith(path, start))) {
    return 'names an object: compare a value in it';
  }
  return isInLogsOf(stream, path) ? undefined : `is in no log of ${stream}`;
}

/** What a hashed value looks like in a log. */
const HASH = /^[0-9a-f]{64}$/i;

/**
 * Whether a condition can never match, because `redact` takes away what it compares: the value is removed, or is a hash that is
 * none of the given values.
 */
export const isNeverMet = ({ where }: ExcludeCondition, { remove, hash }: RedactRules): boolean =>
  Object.entries(where).some(([text, values]) => {
    const path = parseRedactPath(text) ?? [];
    const remains = (rule: string) => remainderBelow(parseRedactPath(rule) ?? [], path);
    if (remove.some((rule) => remains(rule) !== undefined)) return true;
    const hashed = hash.map(remains).filter((remainder) => remainder !== undefined);
    return hashed.some(
      (remainder) => remainder > 0 || !values.some((value) => value === null || HASH.test(String(value))),
    );
  });

/** How many steps a path has below another one; undefined if it is not certain to lie there. */
function remainderBelow(above: readonly Step[], path: readonly Step[]): number | undefined {
  const isBelow = above.every((step, index) => {
    const own = path[index];
    return own !== undefined && (step === own || (step === EACH && index === above.length - 1));
  });
  return isBelow ? path.length - above.length : undefined;
}
