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
import { facetReader, logTest } from '../interpreter/query/match.ts';
import { holds } from './rule-conditions.ts';
import { type Group, type GroupedLog, groupedLogs, WindowCounts, windowStarts } from './rule-groups.ts';

/**
 * What each detection method finds. Every log is looked at a bounded number of times, so that many logs of one group take no longer
 * than the same number in many groups.
 * Source: Datadog documentation, "Log detection rules"; where it is silent the model is the stricter one.
 */

/** A moment at which a case of a rule holds for a group. */
export interface Finding {
  group: Group;
  /** Epoch seconds. */
  at: number;
  case: Pick<RuleCase, 'name' | 'status'>;
  /** Indices of the first and the last log of the group that count. */
  first: number;
  last: number;
}

const DAY = 86_400;

/** Sliding windows: each log is looked at together with those of the same group that are not older than the window. */
export function overThreshold(
  { queries, cases }: DetectionRule,
  { evaluationWindow }: ThresholdOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  return groupedLogs(queries, all).flatMap((group) => {
    const { logs } = group;
    const counts = new WindowCounts(logs, queries);
    const starts = windowStarts(logs, evaluationWindow);
    return logs.flatMap(({ at }, last) => {
      const first = starts[last] as number;
      counts.move(first, last + 1);
      const met = cases.find(
        ({ condition }) => condition !== undefined && holds(condition, (name) => counts.of(name)),
      );
      return met ? [{ group, at, case: met, first, last }] : [];
    });
  });
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
  const valuesOf = facetReader(metric);
  return groupedLogs(queries, all).flatMap((group) => {
    const { logs } = group;
    const seen = new Map<unknown, number>();
    const learnedAt = (logs[0]?.at ?? 0) + learningDuration * DAY;
    return logs.flatMap(({ log, at }, index) =>
      valuesOf(log).flatMap((value) => {
        const known = at - (seen.get(value) ?? Number.NEGATIVE_INFINITY) <= forgetAfter * DAY;
        seen.set(value, at);
        return !known && at > learnedAt ? [{ group, at, case: only, first: index, last: index }] : [];
      }),
    );
  });
}

type Sequence = SequenceOptions['sequenceDetectionOptions'];

/** Indices of the last log of a completed chain of steps, with the first log that counts for it. */
export type Completions = ReadonlyMap<number, number>;

/**
 * Where a chain of steps is complete in the logs of a group, by the name of its last step. Each step is made of logs that come after
 * those of its parent. Counts grow with their window, so of several parents the first one decides.
 * @throws {Error} when a transition names a step that does not exist
 */
export function completionsOf(
  queries: readonly RuleQuery[],
  { steps, stepTransitions }: Sequence,
  logs: readonly GroupedLog[],
): ReadonlyMap<string, Completions> {
  const known = new Map<string, Completions>();
  const of = (stepName: string): Completions => {
    const done = known.get(stepName);
    if (done) return done;
    const step = steps.find(({ name }) => name === stepName);
    if (!step) throw new Error(`There is no step "${stepName}".`);
    const transition = stepTransitions.find(({ child }) => child === stepName);
    const parents = transition && [...of(transition.parent)];
    const counts = new WindowCounts(logs, queries);
    const starts = windowStarts(logs, step.evaluationWindow);
    const found = new Map<number, number>();
    let parent = 0;
    logs.forEach(({ at, by }, last) => {
      let start = starts[last] as number;
      let first: number | undefined;
      if (transition && parents) {
        const timeAt = (index: number) => (logs[index] as GroupedLog).at;
        while (
          parents[parent] &&
          at - timeAt((parents[parent] as [number, number])[0]) > transition.evaluationWindow
        )
          parent++;
        const earliest = parents[parent];
        if (!earliest || earliest[0] >= last) return;
        start = Math.max(start, earliest[0] + 1);
        first = earliest[1];
      }
      counts.move(start, last + 1);
      const isMet = holds(step.condition, (name) => (by.has(name) ? counts.of(name) : 0));
      if (isMet) found.set(last, first ?? start);
    });
    known.set(stepName, found);
    return found;
  };
  for (const { name } of steps) of(name);
  return known;
}

export function sequences(
  rule: DetectionRule,
  { sequenceDetectionOptions }: SequenceOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  return groupedLogs(rule.queries, all).flatMap((group) => {
    const completions = completionsOf(rule.queries, sequenceDetectionOptions, group.logs);
    return group.logs.flatMap(({ at }, last) => {
      const done = [...completions].filter(([, step]) => step.has(last));
      const count = (step: string) => (done.some(([name]) => name === step) ? 1 : 0);
      const met = rule.cases.find(({ condition }) => condition !== undefined && holds(condition, count));
      const first = Math.min(last, ...done.map(([, step]) => step.get(last) ?? last));
      return met ? [{ group, at, case: met, first, last }] : [];
    });
  });
}

/** The first case that a vendor's alert matches gives the severity. */
export function vendorAlerts(
  { thirdPartyCases = [] }: DetectionRule,
  { thirdPartyRuleOptions: { rootQueries, defaultStatus } }: ThirdPartyOptions,
  all: readonly ProcessedLog[],
): Finding[] {
  const severities = thirdPartyCases.map((each) => ({ case: each, test: logTest(each.query) }));
  const otherwise = { name: 'default', status: defaultStatus };
  return rootQueries
    .flatMap((root) => groupedLogs([{ name: 'alerts', ...root }], all))
    .flatMap((group) =>
      group.logs.map(({ log, at }, index) => ({
        group,
        at,
        case: severities.find(({ test }) => test(log))?.case ?? otherwise,
        first: index,
        last: index,
      })),
    )
    .sort((one, other) => one.at - other.at);
}
