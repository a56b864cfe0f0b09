/**
 * Bodies of Datadog's detection rules API, as far as this product's content uses them.
 * Source: Datadog API reference, "Security Monitoring" (v2); all names are Datadog's.
 */

/** Severities of a signal, the highest first. */
export const RULE_STATUSES = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type RuleStatus = (typeof RULE_STATUSES)[number];

/** How long a signal may stay open without another match, in seconds; nothing else is accepted. */
export const KEEP_ALIVES = [0, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600] as const;

/** Windows, and the longest life of a signal, in seconds; nothing else is accepted. */
export const WINDOWS = [...KEEP_ALIVES, 43_200, 86_400] as const;

export type KeepAlive = (typeof KEEP_ALIVES)[number];
export type Window = (typeof WINDOWS)[number];

/** Which logs a rule evaluates, and how it aggregates them for each group. */
export interface RuleQuery {
  /** Its name in conditions. */
  name: string;
  query: string;
  aggregation: 'cardinality' | 'new_value' | 'geo_data';
  /** A log that lacks one of them is ignored. */
  groupByFields: readonly string[];
  /** The attribute whose different values `cardinality` counts. */
  distinctFields: readonly string[];
  /** The attribute that `new_value` and `geo_data` evaluate. */
  metrics: readonly string[];
}

/** The severity of a signal; the first case whose condition holds decides. */
export interface RuleCase {
  name: string;
  status: RuleStatus;
  /** `failures >= 10 && successes > 0`. New values and impossible travel have none. */
  condition?: string;
}

/** Severity of a vendor's own alerts; the first case whose query matches decides. */
export interface ThirdPartyCase {
  name: string;
  status: RuleStatus;
  query: string;
}

/** When logs belong together, in seconds. Source: Datadog documentation, "Log Detection Rules". */
export interface Durations {
  /** Not above `keepAlive`. */
  evaluationWindow: KeepAlive;
  /** Of a sequence not below the window of a step or a transition either. */
  keepAlive: KeepAlive;
  /** Not below `keepAlive`. */
  maxSignalDuration: Window;
}

export interface ThresholdOptions extends Durations {
  detectionMethod: 'threshold';
}

export interface NewValueOptions extends Durations {
  detectionMethod: 'new_value';
  newValueOptions: {
    /** Days after which a value is new again. */
    forgetAfter: 7 | 14 | 21 | 28;
    learningMethod: 'duration';
    /** Days during which the rule learns values and creates no signal. */
    learningDuration: 0 | 1 | 7;
    learningThreshold: 0;
  };
}

export interface AnomalyOptions extends Durations {
  detectionMethod: 'anomaly_detection';
  anomalyDetectionOptions: {
    /** Seconds. */
    bucketDuration: 300 | 600 | 900 | 1800 | 3600 | 10_800;
    /** Hours. */
    learningDuration: 1 | 6 | 12 | 24 | 48 | 168 | 336;
    /** The higher, the larger the deviation that makes a signal. */
    detectionTolerance: 1 | 2 | 3 | 4 | 5;
  };
}

export interface ImpossibleTravelOptions extends Durations {
  detectionMethod: 'impossible_travel';
  /** Whether the places of a user's first day are learned first. */
  impossibleTravelOptions: { baselineUserLocations: boolean };
}

export interface SequenceOptions extends Durations {
  detectionMethod: 'sequence_detection';
  sequenceDetectionOptions: {
    steps: readonly { name: string; condition: string; evaluationWindow: KeepAlive }[];
    /** The child must follow its parent within the window. */
    stepTransitions: readonly { parent: string; child: string; evaluationWindow: KeepAlive }[];
  };
}

/** Datadog derives queries and cases from it, and uses only `maxSignalDuration` of the three durations. */
export interface ThirdPartyOptions extends Durations {
  detectionMethod: 'third_party';
  thirdPartyRuleOptions: {
    /** The severity of an alert that no case matches. */
    defaultStatus: RuleStatus;
    rootQueries: readonly { query: string; groupByFields: readonly string[] }[];
    signalTitleTemplate: string;
  };
}

export type RuleOptions =
  | ThresholdOptions
  | NewValueOptions
  | AnomalyOptions
  | ImpossibleTravelOptions
  | SequenceOptions
  | ThirdPartyOptions;

/** A detection rule of Cloud SIEM. */
export interface DetectionRule {
  type: 'log_detection';
  name: string;
  isEnabled: boolean;
  /** Whether a notification names the group. */
  hasExtendedTitle: boolean;
  /**
   * Markdown, shown with every signal; `{{@usr.name}}` is replaced by the value in the logs. Variables are in code spans of two
   * backticks, so that a value cannot become a link, an image or a mention.
   */
  message: string;
  /** `key:value` each; signals have them too. */
  tags: readonly string[];
  queries: readonly RuleQuery[];
  cases: readonly RuleCase[];
  thirdPartyCases?: readonly ThirdPartyCase[];
  options: RuleOptions;
}
