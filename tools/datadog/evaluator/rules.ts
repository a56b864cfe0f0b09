import {
  type DetectionRule,
  type Durations,
  RULE_STATUSES,
  type RuleStatus,
} from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { matches } from '../interpreter/query/match.ts';
import { type Finding, newValues, overThreshold, sequences, vendorAlerts } from './rule-findings.ts';
import { groupsOf } from './rule-groups.ts';

/** A security signal. */
export interface Signal {
  /** The highest that it has had. */
  status: RuleStatus;
  /** Values of the rule's groups. */
  group: readonly string[];
  /** First and last finding, epoch seconds. */
  from: number;
  to: number;
}

/**
 * The signals that a rule makes of logs, each as Datadog holds it after the pipelines.
 * @throws {Error} when the method learns what cannot be known offline: anomalies and impossible travel
 */
export function signalsOf(rule: DetectionRule, logs: readonly ProcessedLog[]): Signal[] {
  const { options } = rule;
  switch (options.detectionMethod) {
    case 'threshold':
      return merged(overThreshold(rule, options, logs), options);
    case 'new_value':
      return merged(newValues(rule, options, logs), options);
    case 'sequence_detection':
      return merged(sequences(rule, options, logs), options);
    case 'third_party':
      // Of the three durations it knows the last one only.
      return merged(vendorAlerts(rule, options, logs), { ...options, keepAlive: options.maxSignalDuration });
    default:
      throw new Error(`${options.detectionMethod} is not modelled.`);
  }
}

/** Whether {@link signalsOf} can evaluate a rule. */
export const isEvaluated = ({ options }: DetectionRule): boolean =>
  !['anomaly_detection', 'impossible_travel'].includes(options.detectionMethod);

/** The logs that a rule looks at: those that a query of it finds and that have a group and what is looked at. */
export const logsSeenBy = ({ queries }: DetectionRule, logs: readonly ProcessedLog[]): ProcessedLog[] =>
  logs.filter((log) =>
    queries.some(
      ({ query, groupByFields, distinctFields }) =>
        matches(query, log) && groupsOf(log, [...groupByFields, ...distinctFields]).length > 0,
    ),
  );

/** What is found while a signal of the group is open belongs to it. */
function merged(
  findings: readonly Finding[],
  { keepAlive, maxSignalDuration }: Pick<Durations, 'maxSignalDuration'> & { keepAlive: number },
): Signal[] {
  const signals: Signal[] = [];
  for (const finding of findings) {
    const { group, at } = finding;
    const open = signals.findLast(
      (signal) =>
        signal.group.join('\n') === group.join('\n') &&
        at <= signal.to + keepAlive &&
        at <= signal.from + maxSignalDuration,
    );
    if (open) {
      open.status = higher(open.status, finding.case.status);
      open.to = at;
    } else {
      signals.push({ status: finding.case.status, group, from: at, to: at });
    }
  }
  return signals;
}

const higher = (left: RuleStatus, right: RuleStatus): RuleStatus =>
  RULE_STATUSES.indexOf(left) <= RULE_STATUSES.indexOf(right) ? left : right;
