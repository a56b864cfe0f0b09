import type { RuleStatus } from '../rule-types.ts';

/** The message of a rule, for the analyst who handles a signal. */
export interface Explanation {
  /** What the rule finds and why that matters; one paragraph. */
  goal: string;
  /** How the rule finds it. */
  strategy: string;
  /** Harmless causes of the same signal. */
  falsePositives: string;
  /** What to do, step by step. */
  triage: readonly string[];
}

/** A severity and the reason for its threshold. */
export interface ExplainedCase {
  status: RuleStatus;
  /** The condition or query; left out where the rule has none. */
  when?: string;
  because: string;
}

/** The value of an attribute in a message. Between two backticks it cannot become a link, an image or a mention. */
export const shown = (attribute: string): string => `\`\` {{${attribute}}} \`\``;

/** The search for everything with the same value as the signal. */
export const searchFor = (attribute: string): string => `\`\` ${attribute}:"{{${attribute}}}" \`\``;

const GOAL = '## Goal\n';

/** The message of a rule, in Markdown. */
export function messageOf(explanation: Explanation, cases: readonly ExplainedCase[]): string {
  const thresholds = cases.map(({ status, when, because }) =>
    when ? `- **${status}** at \`${when}\`: ${because}` : `- **${status}**: ${because}`,
  );
  const steps = explanation.triage.map((step, index) => `${index + 1}. ${step}`);
  return [
    `${GOAL}${explanation.goal}`,
    `## Strategy\n${explanation.strategy}`,
    `### Severity\n${thresholds.join('\n')}`,
    `### False positives\n${explanation.falsePositives}`,
    `## Triage and response\n${steps.join('\n')}`,
  ].join('\n\n');
}

/** The goal that a rule's message begins with. */
export const goalIn = (message: string): string => message.slice(GOAL.length, message.indexOf('\n\n'));
