import type { DetectionRule } from '../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, groupsOf } from '../../../infra/datadog/rules.ts';
import { LOG_SOURCE } from '../../../lambda/contract.ts';
import { isEvaluated, signalsOf } from '../../datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { setAt } from '../../datadog/interpreter/paths.ts';
import type { Status } from '../../datadog/interpreter/status.ts';

/** What the detection rules raise over logs, as widgets that show signals see it: a signal has what its rule groups by. */
export const signalLogs = (logs: readonly ProcessedLog[]): ProcessedLog[] =>
  Object.values<DetectionRule>(DETECTION_RULES)
    .filter(isEvaluated)
    .flatMap((rule) =>
      signalsOf(rule, logs).map(({ status, group, to }) => {
        const attributes = { workflow: { rule: { name: rule.name }, triage: { state: 'open' } } };
        groupsOf(rule).forEach((facet, index) => {
          if (facet.startsWith('@')) setAt(attributes, facet.slice(1), group[index]);
        });
        return {
          source: LOG_SOURCE,
          service: '',
          // A signal has severities that no log has.
          status: status as Status,
          timestamp: to * 1000,
          message: rule.name,
          tags: [...rule.tags],
          attributes,
        };
      }),
    );
