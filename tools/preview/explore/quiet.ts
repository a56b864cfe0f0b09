import type {
  DetectionRule,
  RuleQuery,
  SequenceOptions,
  ThresholdOptions,
} from '../../../infra/datadog/rule-types.ts';
import { groupsOf } from '../../../infra/datadog/rules.ts';
import { count, counted, duration } from '../../cli/format.ts';
import { alternativesIn, type Comparison } from '../../datadog/evaluator/rule-conditions.ts';
import { completionsOf } from '../../datadog/evaluator/rule-findings.ts';
import { type Group, groupedLogs, WindowCounts, windowStarts } from '../../datadog/evaluator/rule-groups.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { facetsOf, logTest } from '../../datadog/interpreter/query/match.ts';
import { needsThreatIntelligence } from '../data/external.ts';
import type { Quiet } from './answers.ts';

/** Why a rule raises nothing, in words. */

const DAY = 86_400;
const HOUR = 3_600;

/** The queries by which a rule finds logs. */
const queriesOf = ({ queries, options }: DetectionRule): readonly { query: string }[] =>
  'thirdPartyRuleOptions' in options ? options.thirdPartyRuleOptions.rootQueries : queries;

/** The search for all logs that a rule looks at. */
export const searchOf = (rule: DetectionRule): string => {
  const queries = [...new Set(queriesOf(rule).map(({ query }) => query))];
  return queries.length === 1 ? (queries[0] ?? '') : queries.map((query) => `(${query})`).join(' OR ');
};

/**
 * Why a rule raises nothing over logs.
 * @param rule one that raises nothing, or cannot be evaluated
 */
export function quietOf(rule: DetectionRule, logs: readonly ProcessedLog[]): Quiet {
  const search = searchOf(rule);
  if (needsThreatIntelligence(facetsOf(search))) {
    return {
      reason: 'external',
      text: 'Only Datadog has the threat intelligence that it searches for.',
      matching: 0,
    };
  }
  const test = logTest(search);
  const found = logs.filter(test);
  const matching = found.length;
  if (matching === 0) return { reason: 'no-log', text: 'No log matches its search.', matching };
  const groups = 'thirdPartyRuleOptions' in rule.options ? [] : groupedLogs(rule.queries, found);
  if (groups.length === 0) {
    const facets = groupsOf(rule).join(', ');
    const text = `${counted(matching, 'log')} match its search, but none has ${facets}, by which it groups.`;
    return { reason: 'no-group', text, matching };
  }
  return { ...reasonOf(rule, groups), matching };
}

function reasonOf(rule: DetectionRule, groups: readonly Group[]): Pick<Quiet, 'reason' | 'text'> {
  const { options } = rule;
  switch (options.detectionMethod) {
    case 'threshold':
      return { reason: 'below', text: nearest(rule, options, groups) };
    case 'sequence_detection':
      return { reason: 'below', text: furthest(rule.queries, options.sequenceDetectionOptions, groups) };
    case 'new_value':
      return learned(options.newValueOptions.learningDuration * DAY, groups);
    case 'anomaly_detection': {
      const learning = duration(options.anomalyDetectionOptions.learningDuration * HOUR);
      const text = `Datadog first learns for ${learning} what is usual, and compares then. The preview does not imitate that.`;
      return { reason: 'history', text };
    }
    case 'impossible_travel':
      return {
        reason: 'history',
        text: 'Datadog first learns the usual places of each user for a day, and knows how far addresses are apart. The preview does not imitate that.',
      };
    case 'third_party':
      throw new Error('A rule on alerts of a vendor raises a signal for each alert.');
  }
}

/** How close a group came to a condition. */
interface Attempt {
  group: Group['group'];
  all: readonly Comparison[];
  counts: number[];
  /** From 0 to 1; the comparison that is furthest away decides. */
  share: number;
}

const neededFor = ({ sign, number }: Comparison) =>
  sign === '>' ? Math.floor(number) + 1 : Math.ceil(number);

const attempt = (
  group: Group['group'],
  all: readonly Comparison[],
  countOf: (name: string) => number,
): Attempt => {
  const counts = all.map(({ name }) => countOf(name));
  const shares = all.map((each, index) => (counts[index] as number) / neededFor(each));
  return { group, all, counts, share: Math.min(...shares) };
};

/** What came closest to any of the cases. */
function nearest(
  { queries, cases }: DetectionRule,
  { evaluationWindow }: ThresholdOptions,
  groups: readonly Group[],
): string {
  const alternatives = cases.flatMap(({ condition }) =>
    condition === undefined ? [] : alternativesIn(condition),
  );
  let best: Attempt | undefined;
  for (const { group, logs } of groups) {
    const counts = new WindowCounts(logs, queries);
    for (const [last, first] of windowStarts(logs, evaluationWindow).entries()) {
      counts.move(first, last + 1);
      for (const all of alternatives) {
        const next = attempt(group, all, (name) => counts.of(name));
        // Of two cases that are as far away, the later one is the less severe one, which needs less.
        if (!best || next.share >= best.share) best = next;
      }
    }
  }
  if (!best) return 'It has no condition.';
  const { all, counts, group } = best;
  const parts = all.map(
    (each, index) => `${count(counts[index] as number)} of ${count(neededFor(each))} ${each.name}`,
  );
  return `Below the threshold: at most ${parts.join(' and ')} within ${duration(evaluationWindow)}, for ${group.join(', ')}.`;
}

/** How many steps were completed. */
function furthest(
  queries: readonly RuleQuery[],
  sequence: SequenceOptions['sequenceDetectionOptions'],
  groups: readonly Group[],
): string {
  const steps = sequence.steps.map(({ name, condition }) => ({ name, condition, groups: 0 }));
  for (const { logs } of groups) {
    const completions = completionsOf(queries, sequence, logs);
    for (const step of steps) if ((completions.get(step.name)?.size ?? 0) > 0) step.groups++;
  }
  const done = steps.filter((step) => step.groups > 0).length;
  const missing = steps.find((step) => step.groups === 0);
  return `Not in its order: ${done} of ${steps.length} steps were completed in time. Missing for every one of ${count(groups.length)} groups: ${missing?.condition ?? 'the last one'}.`;
}

/** Whether the logs of any group go on for longer than the rule learns. */
function learned(learningSeconds: number, groups: readonly Group[]): Pick<Quiet, 'reason' | 'text'> {
  const longest = Math.max(...groups.map(({ logs }) => (logs.at(-1)?.at ?? 0) - (logs[0]?.at ?? 0)));
  if (longest > learningSeconds)
    return { reason: 'usual', text: 'It has learned long enough, and no value was new.' };
  const text = `It needs more history: it learns values for ${duration(learningSeconds)}, and these logs cover ${duration(longest)}.`;
  return { reason: 'history', text };
}
