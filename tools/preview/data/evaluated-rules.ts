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

const RULES = Object.entries<DetectionRule>(DETECTION_RULES) as [RuleKey, DetectionRule][];

export const RULE_COUNT = RULES.length;

const known = new WeakMap<readonly ProcessedLog[], EvaluatedRule[]>();

/**
 * What each detection rule raises over logs, one after the other. Pages and boards ask the same many times, so that what was found stays
 * known.
 * @param logs must not change any more
 */
export function* eachEvaluatedRule(logs: readonly ProcessedLog[]): Generator<EvaluatedRule> {
  const evaluated = known.get(logs) ?? [];
  known.set(logs, evaluated);
  for (const [index, [key, rule]] of RULES.entries()) {
    const result = evaluated[index] ?? { key, rule, signals: isEvaluated(rule) ? signalsOf(rule, logs) : [] };
    evaluated[index] = result;
    yield result;
  }
}

/** The same at once. */
export const evaluatedRules = (logs: readonly ProcessedLog[]): readonly EvaluatedRule[] => [
  ...eachEvaluatedRule(logs),
];
