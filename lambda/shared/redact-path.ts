import { AUDIT_RECORD_FIELDS, OWN_ATTRIBUTE } from '../contract.ts';
import { didYouMean, isKnownPath } from './log-paths.ts';

/** Every element of a list, or every value of an object. */
export const EACH = Symbol('[*]');

/** The name of a field, or {@link EACH}. */
export type Step = string | typeof EACH;

const STEP = /\.([^.[\]"*\s]+)|\[(\*)\]|\["([^"]+)"\]/y;

/**
 * The parts of a log that come from its record. All other parts are needed by Datadog and this product to distinguish logs. The
 * alert and its type cannot be removed as a whole, because Datadog's integration expects them.
 */
const REDACTABLE: readonly (readonly Step[])[] = [
  ['alert', EACH],
  ['alert_type_details', EACH],
  ['message'],
  ...AUDIT_RECORD_FIELDS.map((field) => [field]),
  [OWN_ATTRIBUTE, 'primary_event'],
  [OWN_ATTRIBUTE, 'extra'],
  [OWN_ATTRIBUTE, 'event_time'],
];

/** What {@link logPathProblem} accepts, in words. */
export const REDACT_PATH_FORM = `paths such as actor, alert.events[*].aux or alert.events[*].aux["Target[3]"], below alert or alert_type_details, or at message, ${AUDIT_RECORD_FIELDS.join(', ')}, ${OWN_ATTRIBUTE}.primary_event, .extra or .event_time`;

/**
 * The steps of a path: names separated by dots, `[*]` for each element, `["..."]` for a name with other characters.
 * @returns undefined when the text is not a path
 */
export function parseRedactPath(text: string): Step[] | undefined {
  const path = `.${text}`;
  const steps: Step[] = [];
  for (STEP.lastIndex = 0; STEP.lastIndex < path.length; ) {
    const match = STEP.exec(path);
    if (!match) return undefined;
    const [, name, each, quoted] = match;
    steps.push(each ? EACH : ((name ?? quoted) as string));
  }
  return steps;
}

/** Where a log has what its record has elsewhere: beginnings of paths at which a log has nothing, and where it is instead. */
const MOVED: readonly (readonly [from: readonly string[], to: string])[] = [
  [['alert', 'alertType'], 'alert_type_details'],
  ...AUDIT_RECORD_FIELDS.map((field) => [[OWN_ATTRIBUTE, 'extra', field], field] as const),
];

/** Whether a path leads to a place, or below it. */
export const beginsWith = (path: readonly Step[], start: readonly Step[]): boolean =>
  start.every((step, index) => path[index] === step);

/**
 * What is wrong with a path on a log. A path that can never match is refused, because its user would believe that it has an
 * effect: that it protects something, or leaves something out.
 * @param use what cannot be done at a place that is no part of a record: `can be removed from a log`
 */
export function logPathProblem(text: string, use: string): string | undefined {
  const steps = parseRedactPath(text);
  if (!steps) return 'is not a path';
  const moved = MOVED.find(([from]) => beginsWith(steps, from));
  if (moved) return `is at ${moved[1]} in a log`;
  const allowed = REDACTABLE.some((root) =>
    root.every((step, index) => (step === EACH ? steps.length > index : steps[index] === step)),
  );
  if (allowed && !isUnknownOfOurs(text, steps) && !isInMessage(steps)) return undefined;
  return `names nothing that ${use}${didYouMean(text)}`;
}

/** What is wrong with a path of `redact`. */
export const redactPathProblem = (text: string): string | undefined =>
  logPathProblem(text, 'can be removed from a log');

/** A message is text. */
const isInMessage = ([root, ...rest]: readonly Step[]): boolean => root === 'message' && rest.length > 0;

/** What this product adds to a log has no other fields than the known ones. */
const isUnknownOfOurs = (text: string, [root]: readonly Step[]): boolean =>
  root === OWN_ATTRIBUTE && !isKnownPath(text);

/** Paths on the log, see redact-path.ts. */
export interface RedactRules {
  remove: readonly string[];
  /** Replaced by the keyed hash of the value, so that equal values stay recognisable. */
  hash: readonly string[];
}
