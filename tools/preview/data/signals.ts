import { LOG_SOURCE } from '../../../lambda/contract.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { setAt } from '../../datadog/interpreter/paths.ts';
import type { Status } from '../../datadog/interpreter/status.ts';
import { evaluatedRules } from './evaluated-rules.ts';
import { titleOf } from './template.ts';

/** What the detection rules raise over logs, as widgets that show signals see it: a signal has what its rule groups by. */
export const signalLogs = (logs: readonly ProcessedLog[]): ProcessedLog[] =>
  evaluatedRules(logs).flatMap(({ rule, signals }) =>
    signals.map((signal) => {
      const { status, facets, group, to } = signal;
      const attributes = { workflow: { rule: { name: rule.name }, triage: { state: 'open' } } };
      for (const [index, facet] of facets.entries()) {
        if (facet.startsWith('@')) setAt(attributes, facet.slice(1), group[index]);
      }
      return {
        source: LOG_SOURCE,
        service: '',
        // A signal has severities that no log has.
        status: status as Status,
        timestamp: to * 1000,
        message: titleOf(rule, signal),
        tags: [...rule.tags],
        attributes,
      };
    }),
  );
