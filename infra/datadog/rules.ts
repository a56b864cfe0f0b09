import type { DetectionRule } from './rule-types.ts';
import { ACTOR_RULES } from './rules/actors.ts';
import { ADMINISTRATION_RULES } from './rules/administration.ts';
import { ALERT_RULES } from './rules/alerts.ts';
import { CHAIN_RULES } from './rules/chains.ts';
import { ORIGIN_RULES } from './rules/origins.ts';
import { PROTECTION_RULES } from './rules/protection.ts';
import { SIGN_IN_RULES } from './rules/sign-ins.ts';
import { UPDATE_RULES } from './rules/updates.ts';

/** The detection rules by their stable keys. */
export const DETECTION_RULES = {
  ...ALERT_RULES,
  ...UPDATE_RULES,
  ...ACTOR_RULES,
  ...CHAIN_RULES,
  ...SIGN_IN_RULES,
  ...ORIGIN_RULES,
  ...ADMINISTRATION_RULES,
  ...PROTECTION_RULES,
} as const satisfies Readonly<Record<string, DetectionRule>>;

/** The attributes that a rule groups by. Its signals have these of the logs, and hardly any other. */
export const groupsOf = ({ queries, options }: DetectionRule): string[] => [
  ...new Set(
    [
      ...queries,
      ...('thirdPartyRuleOptions' in options ? options.thirdPartyRuleOptions.rootQueries : []),
    ].flatMap(({ groupByFields }) => groupByFields),
  ),
];

export type RuleKey = keyof typeof DETECTION_RULES;
