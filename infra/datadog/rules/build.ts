import { LOG_SOURCE } from '../../../lambda/contract.ts';
import { notEmpty } from '../facts.ts';
import { type Attack, attackTags } from '../mitre.ts';
import {
  type AnomalyOptions,
  type DetectionRule,
  type Durations,
  KEEP_ALIVES,
  type KeepAlive,
  type NewValueOptions,
  type RuleCase,
  type RuleQuery,
  type RuleStatus,
  type Window,
} from '../rule-types.ts';
import { type Counted, datedByRecord } from './logs.ts';
import { type ExplainedCase, type Explanation, messageOf } from './message.ts';

/** Builders of rules, one for each detection method. Each writes the rule's message from an explanation. */

export interface Described extends Explanation {
  name: string;
  /** Tactic and technique of the attacker; left out where the alerts name them. */
  attack?: readonly Attack[];
  /** Reports weak protection rather than an attack. */
  compliance?: true;
}

/** A severity with its condition. */
interface Case extends ExplainedCase {
  when: string;
}

const HOUR: KeepAlive = 3600;
const DAY: Window = 86_400;

const longestOf = (...windows: readonly KeepAlive[]): KeepAlive =>
  KEEP_ALIVES.findLast((each) => windows.includes(each)) ?? HOUR;

/**
 * Further matches join an open signal: for as long as the rule's longest window, at least an hour, and at most a day in total.
 * @param evaluationWindow at most the longest `keepAlive`: Datadog refuses a rule whose window is longer than that
 * @param others windows of the steps of a sequence and of the transitions between them
 */
export const durations = (evaluationWindow: KeepAlive, others: readonly KeepAlive[] = []): Durations => ({
  evaluationWindow,
  keepAlive: longestOf(HOUR, evaluationWindow, ...others),
  maxSignalDuration: DAY,
});

/** What all rules have in common. */
export const described = (
  rule: Described,
  cases: readonly ExplainedCase[],
): Pick<DetectionRule, 'type' | 'name' | 'isEnabled' | 'hasExtendedTitle' | 'message' | 'tags'> => ({
  type: 'log_detection',
  name: rule.name,
  isEnabled: true,
  hasExtendedTitle: true,
  message: messageOf(rule, cases),
  tags: [
    `source:${LOG_SOURCE}`,
    `security:${rule.compliance ? 'compliance' : 'attack'}`,
    ...(rule.attack ?? []).flatMap(attackTags),
  ],
});

const toCase = ({ status, when }: ExplainedCase): RuleCase => ({
  name: status,
  status,
  ...(when !== undefined && { condition: when }),
});

/** A group, or a value that is learned, is never an empty text: a signal's title would end in nothing. */
const named = (query: string, attributes: readonly string[]) =>
  [query, ...new Set(attributes.map(notEmpty))].join(' ');

const countQuery = (name: string, { query, distinct }: Counted, groupBy: readonly string[]): RuleQuery => ({
  name,
  query: named(query, groupBy),
  aggregation: 'cardinality',
  groupByFields: groupBy,
  distinctFields: [distinct],
  metrics: [],
});

const metricQuery = (
  aggregation: 'new_value' | 'geo_data',
  name: string,
  { query }: Counted,
  groupBy: readonly string[],
  metric: string,
): RuleQuery => ({
  name,
  query: named(query, aggregation === 'new_value' ? [...groupBy, metric] : groupBy),
  aggregation,
  groupByFields: groupBy,
  distinctFields: [],
  metrics: [metric],
});

/** Counts within a sliding window, separately for each group. */
export function threshold(
  rule: Described & {
    /** By the names that the cases use. */
    queries: Readonly<Record<string, Counted>>;
    groupBy: readonly string[];
    window: KeepAlive;
    /** The highest severity first. */
    cases: readonly Case[];
  },
): DetectionRule {
  return {
    ...described(rule, rule.cases),
    queries: Object.entries(rule.queries).map(([name, counted]) => countQuery(name, counted, rule.groupBy)),
    cases: rule.cases.map(toCase),
    options: { detectionMethod: 'threshold', ...durations(rule.window) },
  };
}

/** Makes a signal at a value that a group has not had for four weeks, after it has learned the group's values for a week. */
export function newValue(
  rule: Described & {
    of: Counted;
    groupBy: readonly string[];
    /** The attribute whose values are learned. */
    value: string;
    status: RuleStatus;
    because: string;
  },
): DetectionRule {
  const newValueOptions: NewValueOptions['newValueOptions'] = {
    forgetAfter: 28,
    learningMethod: 'duration',
    learningDuration: 7,
    learningThreshold: 0,
  };
  return {
    ...described(rule, [rule]),
    queries: [metricQuery('new_value', 'new_value', rule.of, rule.groupBy, rule.value)],
    cases: [toCase(rule)],
    options: { detectionMethod: 'new_value', ...durations(0), newValueOptions },
  };
}

/** Makes a signal when a count is unusual for its group. */
export function anomaly(
  rule: Described & {
    of: Counted;
    groupBy: readonly string[];
    window: KeepAlive;
    learning: AnomalyOptions['anomalyDetectionOptions'];
    status: RuleStatus;
    /** How unusual, from 0 to 1. */
    above: number;
    because: string;
  },
): DetectionRule {
  const cases = [{ ...rule, when: `count > ${rule.above}` }];
  return {
    ...described(rule, cases),
    queries: [countQuery('count', rule.of, rule.groupBy)],
    cases: cases.map(toCase),
    options: {
      detectionMethod: 'anomaly_detection',
      ...durations(rule.window),
      anomalyDetectionOptions: rule.learning,
    },
  };
}

const TRAVEL_WINDOW: KeepAlive = 900;

/** Makes a signal when one user is in two places and cannot have travelled in between. */
export function impossibleTravel(
  rule: Described & { of: Counted; groupBy: readonly string[]; status: RuleStatus; because: string },
): DetectionRule {
  return {
    ...described(rule, [rule]),
    queries: [
      metricQuery('geo_data', 'places', datedByRecord(rule.of), rule.groupBy, '@network.client.geoip'),
    ],
    cases: [toCase(rule)],
    options: {
      detectionMethod: 'impossible_travel',
      ...durations(TRAVEL_WINDOW),
      impossibleTravelOptions: { baselineUserLocations: true },
    },
  };
}

/** A step of a sequence. */
export interface Step {
  name: string;
  of: Counted;
  /** How many logs the step needs. */
  atLeast: number;
  /** The window in which they are counted, in seconds. */
  window: KeepAlive;
}

export interface FollowingStep extends Step {
  /** The longest time since the step before, in seconds. */
  within: KeepAlive;
}

const stepName = ({ name }: Step) => `step_${name}`;

/** Makes a signal when a group completes all steps in their order. */
export function sequence(
  rule: Described & {
    groupBy: readonly string[];
    first: Step;
    followedBy: readonly [FollowingStep, ...FollowingStep[]];
    status: RuleStatus;
    because: string;
  },
): DetectionRule {
  const steps = [rule.first, ...rule.followedBy];
  const transitions = rule.followedBy.map((child, index) => ({ parent: steps[index] ?? rule.first, child }));
  const last = rule.followedBy.at(-1) ?? rule.first;
  const cases = [{ ...rule, when: `${stepName(last)} > 0` }];
  return {
    ...described(rule, cases),
    queries: steps.map(({ name, of }) => countQuery(name, datedByRecord(of), rule.groupBy)),
    cases: cases.map(toCase),
    options: {
      detectionMethod: 'sequence_detection',
      ...durations(0, [...steps.map(({ window }) => window), ...rule.followedBy.map(({ within }) => within)]),
      sequenceDetectionOptions: {
        steps: steps.map((step) => ({
          name: stepName(step),
          condition: `${step.name} >= ${step.atLeast}`,
          evaluationWindow: step.window,
        })),
        stepTransitions: transitions.map(({ parent, child }) => ({
          parent: stepName(parent),
          child: stepName(child),
          evaluationWindow: child.within,
        })),
      },
    },
  };
}
