import type { RuleStatus } from '../../../../infra/datadog/rule-types.ts';
import type { SampleRecord } from './records.ts';

/** What a rule must tell of, and what it must not. */
export interface RuleSample {
  /** Records that make one signal, for each severity that the rule knows. */
  readonly fires: readonly {
    readonly status: RuleStatus;
    /** What the signal is about: the values of the rule's groups. */
    readonly about: readonly string[];
    readonly records: readonly SampleRecord[];
  }[];
  /** Records that make none, by the reason. */
  readonly quiet: Readonly<Record<string, readonly SampleRecord[]>>;
}
