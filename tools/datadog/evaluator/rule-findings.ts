import type {
  DetectionRule,
  NewValueOptions,
  RuleCase,
  RuleQuery,
  SequenceOptions,
  ThirdPartyOptions,
  ThresholdOptions,
} from '../../../infra/datadog/rule-types.ts';
import type { ProcessedLog } from '../interpreter/log.ts';
import { facetValues, matches } from '../interpreter/query/match.ts';
import { holds } from './rule-conditions.ts';
import { cardinality, type GroupedLog, groupedLogs, groupsOf, inTime } from './rule-groups.ts';

/**
 * What each detection method finds.
 * Source: Datadog documentation, "Log detection rules"; where it is silent the model is the stricter one.
 */

/** A moment at which a case of a rule holds for a group. */
export interface Finding {
  group: readonly string[];
  /** Epoch seconds. */
  at: number;
  case: Pick<RuleCase, 'name' | 'status'>;
}

const DAY = 86_400;

/** Sliding windows: each log is looked at together with those of the same group that are not older than the window. */
export function overThreshold(
  { queries, cases }: DetectionRule,
  { evaluationWindow }: ThresholdOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  return groupedLogs(queries, all).flatMap(({ group, logs }) =>
    logs.flatMap(({ at }, index) => {
      const window = logs.slice(0, index + 1).filter((earlier) => earlier.at > at - evaluationWindow);
      const count = (name: string) => {
        const query = queries.find((each) => each.name === name);
        if (!query) throw new Error(`A condition counts "${name}", and no query is called that.`);
        return cardinality(query, window);
      };
      const first = cases.find(({ condition }) => condition !== undefined && holds(condition, count));
      return first ? [{ group, at, case: first }] : [];
    }),
  );
}

/** Values are learned for each group, from its first log on. */
export function newValues(
  { queries, cases }: DetectionRule,
  { newValueOptions: { forgetAfter, learningDuration } }: NewValueOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  const [query] = queries;
  const [only] = cases;
  const [metric] = query?.metrics ?? [];
  if (!only || !metric) throw new Error('A rule on new values needs a case and a metric.');
  return groupedLogs(queries, all).flatMap(({ group, logs }) => {
    const seen = new Map<unknown, number>();
    const learnedAt = (logs[0]?.at ?? 0) + learningDuration * DAY;
    return logs.flatMap(({ log, at }) =>
      facetValues(log, metric).flatMap((value) => {
        const known = at - (seen.get(value) ?? Number.NEGATIVE_INFINITY) <= forgetAfter * DAY;
        seen.set(value, at);
        return !known && at > learnedAt ? [{ group, at, case: only }] : [];
      }),
    );
  });
}

/** Positions at which a chain of steps is complete. Each step is made of logs that come after those of its parent. */
function completions(
  queries: readonly RuleQuery[],
  sequence: SequenceOptions['sequenceDetectionOptions'],
  logs: readonly GroupedLog[],
  stepName: string,
): number[] {
  const { steps, stepTransitions } = sequence;
  const step = steps.find(({ name }) => name === stepName);
  if (!step) throw new Error(`There is no step "${stepName}".`);
  const transition = stepTransitions.find(({ child }) => child === stepName);
  const parents = transition ? completions(queries, sequence, logs, transition.parent) : [-1];
  const at = (index: number) => logs[index]?.at ?? 0;
  return logs.flatMap((last, index) => {
    const complete = parents.some((parent) => {
      if (parent >= index) return false;
      if (transition && last.at - at(parent) > transition.evaluationWindow) return false;
      const window = logs
        .slice(parent + 1, index + 1)
        .filter((log) => log.at > last.at - step.evaluationWindow);
      return holds(step.condition, (name) => {
        const query = queries.find((each) => each.name === name);
        return query && last.by.has(name) ? cardinality(query, window) : 0;
      });
    });
    return complete ? [index] : [];
  });
}

export function sequences(
  rule: DetectionRule,
  { sequenceDetectionOptions }: SequenceOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  return groupedLogs(rule.queries, all).flatMap(({ group, logs }) =>
    logs.flatMap(({ at }, index) => {
      const count = (step: string) =>
        completions(rule.queries, sequenceDetectionOptions, logs, step).includes(index) ? 1 : 0;
      const first = rule.cases.find(({ condition }) => condition !== undefined && holds(condition, count));
      return first ? [{ group, at, case: first }] : [];
    }),
  );
}

/** The first case that a vendor's alert matches gives the severity. */
export function vendorAlerts(
  { thirdPartyCases = [] }: DetectionRule,
  { thirdPartyRuleOptions: { rootQueries, defaultStatus } }: ThirdPartyOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  return inTime(all).flatMap((log) =>
    rootQueries
      .filter(({ query }) => matches(query, log))
      .flatMap(({ groupByFields }) => groupsOf(log, groupByFields))
      .map((group) => ({
        group,
        at: log.timestamp / 1000,
        case: thirdPartyCases.find(({ query }) => matches(query, log)) ?? {
          name: 'default',
          status: defaultStatus,
        },
      })),
  );
}
