import type { RuleKey } from '../../../../infra/datadog/rules.ts';
import { ACTOR_SAMPLES } from './actors.ts';
import { ADMINISTRATION_SAMPLES } from './administration.ts';
import { ALERT_SAMPLES } from './alerts.ts';
import { CHAIN_SAMPLES } from './chains.ts';
import { ORIGIN_SAMPLES } from './origins.ts';
import { PROTECTION_SAMPLES } from './protection.ts';
import type { RuleSample } from './sample.ts';
import { SIGN_IN_SAMPLES } from './sign-ins.ts';
import { UPDATE_SAMPLES } from './updates.ts';

/** Samples for every rule there is. */
export const RULE_SAMPLES: Readonly<Record<RuleKey, RuleSample>> = {
  ...ALERT_SAMPLES,
  ...UPDATE_SAMPLES,
  ...ACTOR_SAMPLES,
  ...CHAIN_SAMPLES,
  ...SIGN_IN_SAMPLES,
  ...ORIGIN_SAMPLES,
  ...ADMINISTRATION_SAMPLES,
  ...PROTECTION_SAMPLES,
};
