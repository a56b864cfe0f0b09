import { withTable } from '../document-table.ts';
import type { DetectionRule } from './rule-types.ts';
import { goalIn } from './rules/message.ts';
import { DETECTION_RULES } from './rules.ts';

/** The document that shows the rules. */
export const RULES_DOCUMENT = 'docs/datadog-content.md';

const statuses = ({ cases, thirdPartyCases = [] }: DetectionRule) =>
  [...cases, ...thirdPartyCases].map(({ status }) => status).join(', ');

/** `TA0003 T1098`; a rule without one evaluates alerts of any technique. */
function attack({ tags }: DetectionRule): string {
  const ids = (kind: string) =>
    tags.flatMap((tag) => (tag.startsWith(`${kind}:`) ? [tag.slice(kind.length + 1).split('-')[0]] : []));
  const techniques = ids('technique');
  if (techniques.length > 0)
    return ids('tactic')
      .map((tactic, index) => `${tactic} ${techniques[index]}`)
      .join(', ');
  return tags.includes('security:compliance') ? 'none' : 'any';
}

/** Every detection rule as a Markdown table. */
export function rulesTable(): string {
  const rows = Object.entries<DetectionRule>(DETECTION_RULES).map(([key, rule]) =>
    [
      rule.name.replace('Valence: ', ''),
      `\`${key}\``,
      goalIn(rule.message),
      statuses(rule),
      attack(rule),
    ].join(' | '),
  );
  return [
    '| Rule | Key | What it is for | Severity | ATT&CK |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** A document with the table of rules up to date. */
export const withRules = (document: string): string => withTable(document, 'rules', rulesTable());
