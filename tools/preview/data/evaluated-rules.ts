import type { DetectionRule } from '../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, type RuleKey } from '../../../infra/datadog/rules.ts';
import { isEvaluated, type Signal, signalsOf } from '../../datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';

/** A rule with what it raises. */
export interface EvaluatedRule {
  key: RuleKey;
  rule: DetectionRule;
  /** None of a rule that cannot be evaluated offline. */
  signals: readonly Signal[];
}

const known = new WeakMap<readonly ProcessedLog[], readonly EvaluatedRule[]>();

/** What each detection rule raises over logs, which must not change any more: pages and boards ask the same many times. */
export function evaluatedRules(logs: readonly ProcessedLog[]): readonly EvaluatedRule[] {
  const evaluated =
    known.get(logs) ??
    Object.entries<DetectionRule>(DETECTION_RULES).map(([key, rule]) => ({
      key: key as RuleKey,
      rule,
      signals: isEvaluated(rule) ? signalsOf(rule, logs) : [],
    }));
  known.set(logs, evaluated);
  return evaluated;
}
