import {
  type DetectionRule,
  type Durations,
  RULE_STATUSES,
  type RuleStatus,
} from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { matches } from '../interpreter/query/match.ts';
import { type Finding, newValues, overThreshold, sequences, vendorAlerts } from './rule-findings.ts';
import { groupsReader } from './rule-groups.ts';

/** A security signal. */
export interface Signal {
  /** The highest that it has had. */
  status: RuleStatus;
  /** What its group is made of; a vendor's alerts may be grouped in several ways. */
  facets: readonly string[];
  /** The value of each. */
  group: readonly string[];
  /** First and last finding, epoch seconds. */
  from: number;
  to: number;
  /** The logs of the group behind it, from the first to the last one that counts. */
  logs: readonly ProcessedLog[];
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
export function logsSeenBy({ queries }: DetectionRule, logs: readonly ProcessedLog[]): ProcessedLog[] {
  const tests = queries.map(({ query, groupByFields, distinctFields }) => {
    const groupsOf = groupsReader([...groupByFields, ...distinctFields]);
    return (log: ProcessedLog) => matches(query, log) && groupsOf(log).length > 0;
  });
  return logs.filter((log) => tests.some((test) => test(log)));
}

interface OpenSignal extends Pick<Finding, 'group' | 'first' | 'last'> {
  status: RuleStatus;
  from: number;
  to: number;
}

/** What is found while a signal of the group is open belongs to it. @param findings of each group in the order of time */
function merged(
  findings: readonly Finding[],
  { keepAlive, maxSignalDuration }: Pick<Durations, 'maxSignalDuration'> & { keepAlive: number },
): Signal[] {
  const signals: OpenSignal[] = [];
  const latest = new Map<Finding['group'], OpenSignal>();
  for (const { group, at, first, last, case: met } of findings) {
    const open = latest.get(group);
    if (open && at <= open.to + keepAlive && at <= open.from + maxSignalDuration) {
      open.status = higher(open.status, met.status);
      open.to = at;
      open.first = Math.min(open.first, first);
      open.last = last;
    } else {
      const signal = { status: met.status, group, from: at, to: at, first, last };
      signals.push(signal);
      latest.set(group, signal);
    }
  }
  return signals.map(({ status, group, from, to, first, last }) => ({
    status,
    facets: group.facets,
    group: group.group,
    from,
    to,
    logs: group.logs.slice(first, last + 1).map(({ log }) => log),
  }));
}

const higher = (left: RuleStatus, right: RuleStatus): RuleStatus =>
  RULE_STATUSES.indexOf(left) <= RULE_STATUSES.indexOf(right) ? left : right;
