import type { DetectionRule } from '../../../infra/datadog/rule-types.ts';
import type { Signal } from '../../datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { facetValues } from '../../datadog/interpreter/query/match.ts';

/** Templates of rules, with the values of the logs behind a signal. */

/** Values of one variable that are shown; one signal may have hundreds. */
const SHOWN_VALUES = 5;

const VARIABLE = /\{\{\s*([@\w.-]+)\s*\}\}/g;

/** What the logs have for a facet, each value once. */
function valuesOf(facet: string, logs: readonly ProcessedLog[]): string {
  const values = new Set<string>();
  for (const log of logs) {
    for (const value of facetValues(log, facet)) values.add(String(value));
    if (values.size > SHOWN_VALUES) break;
  }
  const shown = [...values].slice(0, SHOWN_VALUES).join(', ');
  return values.size > SHOWN_VALUES ? `${shown}, …` : shown;
}

/** A template with the values of logs in place of its variables; a variable that no log has is left empty. */
export const filledIn = (template: string, logs: readonly ProcessedLog[]): string =>
  template.replace(VARIABLE, (_, facet: string) => valuesOf(facet, logs));

/** The title of a signal. */
export function titleOf({ name, options }: DetectionRule, { group, logs }: Signal): string {
  return 'thirdPartyRuleOptions' in options
    ? filledIn(options.thirdPartyRuleOptions.signalTitleTemplate, logs)
    : `${name} on ${group.join(', ')}`;
}
